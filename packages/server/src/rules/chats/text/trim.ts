import type { FormattedText, TextEntity } from '../../messages/words.ts'
import { endOf, inOrder, isStyle, moved } from './spans.ts'

/** Nothing that anybody would see. */
const INVISIBLE = /^[\p{Z}\p{Cc}\p{Cf}]*$/u
/** Kinds in which every blank counts. */
const EXACT: ReadonlySet<TextEntity['kind']> = new Set([
  'pre',
  'code',
  'blockquote',
  'date',
  'diffInsert',
  'diffReplace',
  'diffDelete',
])

/** Tells whether a text shows nothing at all. */
export function isInvisible(text: string): boolean {
  return INVISIBLE.test(text)
}

/**
 * Takes the blanks around a text away. Those at the beginning stay from where something that keeps blanks covers them, as an
 * indented block of code does.
 *
 * @param entities nested, without control characters in the text
 */
export function trimText({ text, entities }: FormattedText): FormattedText {
  const end = withoutBlanks(text, text.length, 0)
  const firstExact = entities.find(({ kind }) => EXACT.has(kind))?.offset ?? end
  const start = withBlanks(text, Math.min(end, firstExact))
  const kept = entities.flatMap((entity) => {
    const clipped = Math.min(endOf(entity), end)
    const offset = Math.max(entity.offset, start)
    const last = EXACT.has(entity.kind) || isStyle(entity) ? clipped : withoutBlanks(text, clipped, offset)
    return last > offset ? [moved(entity, offset - start, last - start)] : []
  })
  return { text: text.slice(start, end), entities: kept.sort(inOrder) }
}

/** Ends styles at their last letter, but not inside of what they contain. */
export function trimStyles({ text, entities }: FormattedText): FormattedText {
  const fixed = entities.filter((entity) => !isStyle(entity))
  const trimmed = entities.flatMap((entity) => {
    if (!isStyle(entity)) return [entity]
    const inner = fixed.filter((other) => other.offset >= entity.offset && endOf(other) <= endOf(entity))
    const end = Math.max(withoutBlanks(text, endOf(entity), entity.offset), ...inner.map(endOf))
    return end > entity.offset ? [moved(entity, entity.offset, end)] : []
  })
  return { text, entities: trimmed.sort(inOrder) }
}

/** The end of a stretch without the blanks behind it. */
function withoutBlanks(text: string, end: number, start: number): number {
  let at = end
  while (at > start && isBlank(text, at - 1)) at -= 1
  return Math.max(at, start)
}

/** The place behind the blanks that a text begins with. */
function withBlanks(text: string, end: number): number {
  let at = 0
  while (at < end && isBlank(text, at)) at += 1
  return at
}

function isBlank(text: string, at: number): boolean {
  const character = text[at]
  return character === ' ' || character === '\n'
}
