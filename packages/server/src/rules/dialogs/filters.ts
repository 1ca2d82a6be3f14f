import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { isLongerThan, plainText } from '../chats/text/format.ts'
import { refusal } from '../refusal.ts'
import { dropFilter, findFilter, keepFilter, listFilters, orderFilters } from './decide-filters.ts'
import { nowS, ownerOf } from './drafts.ts'
import type { DialogFilter } from './words.ts'

/** Ids of folders: 0 is the list of all chats, 1 the archive. */
const [MIN_ID, MAX_ID] = [2, 255]
const MAX_TITLE_CHARACTERS = 12
/** Chats that a folder may name in each of its lists. */
export const MAX_FILTER_CHATS = 100

/**
 * Makes a folder of the caller's, or changes the one of this id.
 *
 * @throws {RpcError} FILTER_ID_INVALID, FILTER_TITLE_EMPTY, MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID, FILTER_INCLUDE_EMPTY,
 *   LIMIT_INVALID
 */
export async function setFilter(
  { store, clock }: Ground,
  caller: Caller,
  filter: DialogFilter,
): Promise<void> {
  checkId(filter.id)
  const { text: title, entities } = plainText({ text: filter.title, entities: filter.titleEntities })
  if (title === '') throw refusal('FILTER_TITLE_EMPTY')
  if (isLongerThan(title, MAX_TITLE_CHARACTERS)) throw refusal('MESSAGE_TOO_LONG')
  checkChats(filter)
  const owner = ownerOf(caller)
  const atS = nowS(clock)
  const kept = { ...filter, title, titleEntities: entities }
  if (!(await store.decide(() => keepFilter(owner, kept, atS)))) throw refusal('LIMIT_INVALID')
}

function checkChats({ kinds, pinnedIds, includedIds, excludedIds }: DialogFilter): void {
  const count = pinnedIds.length + includedIds.length
  if (count + kinds.length === 0) throw refusal('FILTER_INCLUDE_EMPTY')
  if (count > MAX_FILTER_CHATS || excludedIds.length > MAX_FILTER_CHATS) throw refusal('LIMIT_INVALID')
}

/** Deletes a folder of the caller's. @throws {RpcError} FILTER_ID_INVALID */
export async function removeFilter({ store, clock }: Ground, caller: Caller, id: number): Promise<void> {
  checkId(id)
  const owner = ownerOf(caller)
  const atS = nowS(clock)
  await store.decide(() => dropFilter(owner, id, atS))
}

/** Puts the caller's folders in order. */
export async function setFilterOrder(
  { store, clock }: Ground,
  caller: Caller,
  ids: readonly number[],
): Promise<void> {
  const owner = ownerOf(caller)
  const atS = nowS(clock)
  await store.decide(() => orderFilters(owner, ids, atS))
}

/** The folders of somebody, in their order. */
export async function filtersOf(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
): Promise<readonly DialogFilter[]> {
  return await store.look(() => listFilters(userId))
}

/** A folder of somebody's; undefined if there is none of this id. */
export async function filterOf(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
  id: number,
): Promise<DialogFilter | undefined> {
  return await store.look(() => findFilter(userId, id))
}

function checkId(id: number): void {
  if (id < MIN_ID || id > MAX_ID) throw refusal('FILTER_ID_INVALID')
}
