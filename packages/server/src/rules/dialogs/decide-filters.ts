import { int, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import type { Owner } from './decide-drafts.ts'
import type { DialogFilter } from './words.ts'

const find = sql`SELECT filter FROM dialog_filters WHERE user_id = :userId AND id = :id`
const list = sql`SELECT id, filter FROM dialog_filters WHERE user_id = :userId ORDER BY place, id`
const count = sql`
  SELECT count(*) AS n, coalesce(max(place), 0) AS last_place FROM dialog_filters
  WHERE user_id = :userId AND id <> :id`
const keep = sql`
  INSERT INTO dialog_filters (user_id, id, place, filter) VALUES (:userId, :id, :place, :filter)
  ON CONFLICT (user_id, id) DO UPDATE SET filter = excluded.filter`
const remove = sql`DELETE FROM dialog_filters WHERE user_id = :userId AND id = :id`
const place = sql`UPDATE dialog_filters SET place = :place WHERE user_id = :userId AND id = :id`

/** Folders that one account may have. */
export const MAX_FILTERS = 10

/** Makes a folder or changes it, and tells the owner's other sessions. @returns false if there are too many */
export function* keepFilter(
  { userId, authKeyId }: Owner,
  filter: DialogFilter,
  atS: number,
): Decision<boolean> {
  const { id } = filter
  yield* alone('box', userId)
  const row = (yield* count.row({ userId, id })) ?? {}
  if (int(row, 'n') >= MAX_FILTERS) return false
  yield* keep.send({ userId, id, place: int(row, 'last_place') + 1, filter: toJson(filter) })
  yield* addSideEvent(userId, { kind: 'dialogFilter', subject: BigInt(id), atS }, authKeyId)
  return true
}

/** Deletes a folder, if there is one, and tells the owner's other sessions. */
export function* dropFilter({ userId, authKeyId }: Owner, id: number, atS: number): Decision<void> {
  yield* alone('box', userId)
  if ((yield* remove.run({ userId, id })) === 0) return
  yield* addSideEvent(userId, { kind: 'dialogFilter', subject: BigInt(id), atS }, authKeyId)
}

/** Puts folders in order, and tells the owner's other sessions. Folders that are not named come last. */
export function* orderFilters(
  { userId, authKeyId }: Owner,
  ids: readonly number[],
  atS: number,
): Decision<void> {
  yield* alone('box', userId)
  const before = (yield* listFilters(userId)).map(({ id }) => id)
  const named = [...new Set(ids)].filter((id) => before.includes(id))
  const after = [...named, ...before.filter((id) => !named.includes(id))]
  if (after.join() === before.join()) return
  for (const [index, id] of after.entries()) yield* place.send({ userId, id, place: index + 1 })
  yield* addSideEvent(userId, { kind: 'dialogFilterOrder', subject: 0n, atS }, authKeyId)
}

/** A folder; undefined if there is none of this id. */
export function* findFilter(userId: bigint, id: number): Decision<DialogFilter | undefined> {
  const row = yield* find.row({ userId, id })
  return row && ofJson(text(row, 'filter'))
}

/** The folders of an account, in their order. */
export function* listFilters(userId: bigint): Decision<DialogFilter[]> {
  const rows = yield* list.rows({ userId })
  return rows.map((row) => ofJson(text(row, 'filter')))
}

/** JSON has no 64-bit integers: they are decimal strings, in fields whose names end in Id or Ids. */
function toJson(filter: DialogFilter): string {
  return JSON.stringify(filter, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

function ofJson(json: string): DialogFilter {
  return JSON.parse(json, (key, value: unknown) => {
    if (key.endsWith('Ids') && Array.isArray(value)) return value.map(BigInt)
    return key.endsWith('Id') && typeof value === 'string' ? BigInt(value) : value
  })
}
