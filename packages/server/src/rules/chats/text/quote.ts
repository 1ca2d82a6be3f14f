import type { FormattedText, TextEntity } from '../../messages/words.ts'
import { isLongerThan, plainText } from './format.ts'

/** A part of the message that somebody replies to. */
export interface Quote extends FormattedText {
  /** The place in that message, in UTF-16 code units; of a quote as it is written: about there. */
  readonly offset: number
}

/** Longest quote, in characters. */
const MAX_QUOTE_CHARACTERS = 1024

/** Kinds that a quote may have. */
const KINDS: ReadonlySet<TextEntity['kind']> = new Set([
  'bold',
  'italic',
  'underline',
  'strike',
  'spoiler',
  'customEmoji',
  'date',
])

/**
 * The quote as it is kept, with its true place: of several ones, the nearest to that which was named.
 *
 * @param text of the message that is quoted
 * @returns undefined if the quote does not occur there, or is too long
 * @throws {RpcError} ENTITY_BOUNDS_INVALID
 */
export function findQuote(written: Quote, text: string): Quote | undefined {
  const allowed = written.entities.filter(({ kind }) => KINDS.has(kind))
  const quote = plainText({ text: written.text, entities: allowed })
  if (quote.text === '' || isLongerThan(quote.text, MAX_QUOTE_CHARACTERS)) return undefined
  const offset = nearest(text, quote.text, written.offset)
  return offset < 0 ? undefined : { ...quote, offset }
}

/** The place of a part of a text that is nearest to another place; -1: there is none. */
function nearest(text: string, part: string, to: number): number {
  const behind = text.indexOf(part, to)
  const before = text.lastIndexOf(part, to)
  if (behind < 0 || before < 0) return Math.max(behind, before)
  return to - before <= behind - to ? before : behind
}
