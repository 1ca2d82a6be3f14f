import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { aloneToAct, chargeAct, findSpentAct } from '../codes/act-budgets.ts'
import { accepted, refusal } from '../refusal.ts'
import { type Found, search } from './decide-search.ts'

const MIN_QUERY = 2
const MAX_QUERY = 64
const MAX_FOUND = 50

/** Finds people by the beginning of a name or username. @throws {RpcError} SEARCH_QUERY_EMPTY, QUERY_TOO_SHORT */
export async function searchPeople(
  { store, clock, settings }: Ground,
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
  const { actLimits } = settings
  const find = () => search({ viewerId, nowS }, words, bounded)
  if (!actLimits.some(({ act }) => act === 'searchPeople')) return await store.look(find)
  const act = { act: 'searchPeople', userId: viewerId, nowMs: clock.nowMs() } as const
  const { found } = accepted(
    await store.decide(function* () {
      yield* aloneToAct(actLimits, act)
      const spent = yield* findSpentAct(actLimits, act)
      if (spent !== undefined) return spent
      yield* chargeAct(actLimits, act)
      return { kind: 'found' as const, found: yield* find() }
    }),
  )
  return found
}
