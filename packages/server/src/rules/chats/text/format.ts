import type { FormattedText } from '../../messages/words.ts'
import { refusal } from '../../refusal.ts'
import { checkDates } from './dates.ts'
import { FOUND_KINDS, findEntities } from './find.ts'
import { nestEntities, withFound } from './nest.ts'
import { normaliseText } from './normalise.ts'
import { inOrder, MAX_ENTITIES } from './spans.ts'
import { isInvisible, trimStyles, trimText } from './trim.ts'

/** Longest text of a message, in characters. */
export const MAX_MESSAGE_CHARACTERS = 4096

/**
 * Makes what somebody wrote the text of a message: cleaned, with nested entities, and with those that the server finds.
 *
 * @throws {RpcError} MESSAGE_EMPTY, MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID, ENTITY_DATE_INVALID,
 *   ENTITY_DATE_FORMAT_INVALID, ENTITY_DATE_TOO_LONG
 */
export function messageText(written: FormattedText, nowS: number): FormattedText {
  if (isLongerThan(written.text, MAX_MESSAGE_CHARACTERS * 2)) throw refusal('MESSAGE_TOO_LONG')
  checkDates(written.entities, nowS)
  const formatted = formatText(written)
  if (isInvisible(formatted.text)) throw refusal('MESSAGE_EMPTY')
  if (isLongerThan(formatted.text, MAX_MESSAGE_CHARACTERS)) throw refusal('MESSAGE_TOO_LONG')
  return formatted
}

/**
 * Cleans a text, nests its entities and finds more. The outcome of the outcome is the same.
 *
 * @throws {RpcError} ENTITY_BOUNDS_INVALID
 */
export function formatText(written: FormattedText): FormattedText {
  const { text, entities } = trimmed(written)
  return trimStyles({ text, entities: withFound(entities, findEntities(text)) })
}

/** Cleans a text in which nothing is to be found. @throws {RpcError} ENTITY_BOUNDS_INVALID */
export function plainText(written: FormattedText): FormattedText {
  return trimStyles(trimmed(written))
}

/** Tells whether a text has more characters (not code units) than that. */
export function isLongerThan(text: string, characters: number): boolean {
  if (text.length <= characters) return false
  if (text.length > 2 * characters) return true
  let count = 0
  for (const _ of text) count += 1
  return count > characters
}

/** Entities that were cut may begin and end elsewhere in the shorter text, so they are nested again. */
function trimmed(written: FormattedText): FormattedText {
  return nested(trimText(nested(ownOnly(normaliseText(written)))))
}

function ownOnly({ text, entities }: FormattedText): FormattedText {
  const own = entities.filter(({ kind }) => !FOUND_KINDS.has(kind))
  return { text, entities: own.sort(inOrder).slice(0, MAX_ENTITIES) }
}

function nested({ text, entities }: FormattedText): FormattedText {
  return { text, entities: nestEntities(entities) }
}
