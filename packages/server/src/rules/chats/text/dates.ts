import type { DatePart, TextEntity } from '../../messages/words.ts'
import { refusal } from '../../refusal.ts'

const MAX_AHEAD_S = 1_098 * 86_400
/** Code units that a date may cover: fewer if each client writes it anew. */
const [MAX_WRITTEN, MAX_KEPT] = [31, 127]
/** Parts that say the same in two ways. */
const CONTRADICTIONS: readonly (readonly [DatePart, DatePart])[] = [
  ['shortTime', 'longTime'],
  ['shortDate', 'longDate'],
]

/**
 * Checks the dates among the entities of a text.
 *
 * @throws {RpcError} ENTITY_DATE_INVALID, ENTITY_DATE_FORMAT_INVALID, ENTITY_DATE_TOO_LONG
 */
export function checkDates(entities: readonly TextEntity[], nowS: number): void {
  for (const entity of entities) {
    if (entity.kind !== 'date') continue
    const { dateS, parts, length } = entity
    if (dateS < 0 || dateS > nowS + MAX_AHEAD_S) throw refusal('ENTITY_DATE_INVALID')
    if (isContradictory(parts)) throw refusal('ENTITY_DATE_FORMAT_INVALID')
    if (length > (parts.length > 0 ? MAX_WRITTEN : MAX_KEPT)) throw refusal('ENTITY_DATE_TOO_LONG')
  }
}

function isContradictory(parts: readonly DatePart[]): boolean {
  if (parts.includes('relative') && parts.length > 1) return true
  return CONTRADICTIONS.some((pair) => pair.every((part) => parts.includes(part)))
}
