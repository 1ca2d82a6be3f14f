import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import { type Found, search } from './decide-search.ts'

const MIN_QUERY = 2
const MAX_QUERY = 64
const MAX_FOUND = 50

/** Finds people by the beginning of a name or username. @throws {RpcError} SEARCH_QUERY_EMPTY, QUERY_TOO_SHORT */
export async function searchPeople(
  { store, clock }: Ground,
  { state }: Caller,
  query: string,
  limit: number,
): Promise<Found> {
  const viewerId = requireUserId(state)
  const words = query.trim().replace(/^@/, '').toLowerCase().replace(/\s+/g, ' ').slice(0, MAX_QUERY)
  if (words === '') throw refusal('SEARCH_QUERY_EMPTY')
  if ([...words].length < MIN_QUERY) throw refusal('QUERY_TOO_SHORT')
  const nowS = Math.floor(clock.nowMs() / 1000)
  const bounded = Math.min(MAX_FOUND, Math.max(0, limit))
  return await store.look(() => search({ viewerId, nowS }, words, bounded))
}
