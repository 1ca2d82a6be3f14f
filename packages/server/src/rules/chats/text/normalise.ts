import type { FormattedText, TextEntity } from '../../messages/words.ts'
import { refusal } from '../../refusal.ts'
import { endOf, moved } from './spans.ts'

/** Characters that go: carriage returns, and marks that separate lines or turn the direction of writing. */
const DROPPED = /[\r\u2028-\u202e]/g
/** Characters that become spaces. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to find
const BLANKED = /[\u0000-\u0009\u000b\u000c\u000e-\u001f]/g

/**
 * Takes control characters out of a text. Its entities move along.
 *
 * @throws {RpcError} ENTITY_BOUNDS_INVALID if an entity is empty, leaves the text or cuts a character in two
 */
export function normaliseText(written: FormattedText): FormattedText {
  for (const entity of written.entities) checkBounds(written.text, entity)
  const text = written.text.toWellFormed().replace(BLANKED, ' ')
  const places = [...text.matchAll(DROPPED)].map(({ index }) => index)
  if (places.length === 0) return { text, entities: written.entities }
  const entities = written.entities.flatMap((entity) => {
    const offset = entity.offset - countBelow(places, entity.offset)
    const end = endOf(entity) - countBelow(places, endOf(entity))
    return end > offset ? [moved(entity, offset, end)] : []
  })
  return { text: text.replace(DROPPED, ''), entities }
}

/** @throws {RpcError} ENTITY_BOUNDS_INVALID */
function checkBounds(text: string, entity: TextEntity): void {
  const { offset, length } = entity
  const isWithin = offset >= 0 && length > 0 && endOf(entity) <= text.length
  if (!isWithin || cutsCharacter(text, offset) || cutsCharacter(text, endOf(entity)))
    throw refusal('ENTITY_BOUNDS_INVALID')
}

/** Tells whether a place lies between the two halves of a character. */
function cutsCharacter(text: string, at: number): boolean {
  return at > 0 && at < text.length && (text.codePointAt(at - 1) ?? 0) > 0xffff
}

/** The number of ascending numbers below a limit. */
function countBelow(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] ?? 0) < limit) low = middle + 1
    else high = middle
  }
  return low
}
