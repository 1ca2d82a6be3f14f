import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { findPeople } from './decide-people.ts'
import {
  findContactsWithStatus,
  findStatusNews,
  findUnseen,
  goOffline,
  goOnline,
  type StatusNews,
  seeAgain,
} from './decide-statuses.ts'
import type { SeenPerson } from './words.ts'

/** Time that an account counts as online after account.updateStatus. */
const ONLINE_FOR_S = 300
/** Accounts that one look asks about. */
const ACCOUNTS_AT_ONCE = 100

/** Notes that somebody is there, or has gone. */
export async function updateStatus(on: Ground, { state }: Caller, isOffline: boolean): Promise<void> {
  const userId = requireUserId(state)
  const nowS = secondOf(on)
  await on.store.decide(() =>
    isOffline ? goOffline(userId, nowS) : goOnline(userId, nowS, nowS + ONLINE_FOR_S),
  )
}

/** Notes that the last session of an account has been gone for this long. One that came back at another node stays online. */
export async function noteGone(on: Ground, userId: bigint, forMs: number): Promise<void> {
  const nowS = secondOf(on)
  const goneAtS = Math.floor((on.clock.nowMs() - forMs) / 1000)
  await on.store.decide(() => goOffline(userId, nowS, goneAtS))
}

/** Notes that accounts have connections here, where another node may take them for gone. @param staleS not noted for so long */
export async function noteStillHere(
  { store, clock }: Pick<Ground, 'store' | 'clock'>,
  userIds: readonly bigint[],
  staleS: number,
): Promise<void> {
  const nowS = secondOf({ clock })
  for (let at = 0; at < userIds.length; at += ACCOUNTS_AT_ONCE) {
    const some = userIds.slice(at, at + ACCOUNTS_AT_ONCE)
    const stale = await store.look(() => findUnseen(some, nowS, nowS - staleS))
    if (stale.length > 0) await store.decide(() => seeAgain(stale, nowS))
  }
}

/** The status of an account for those of the viewers who are told of it. */
export async function statusNews(
  on: Pick<Ground, 'store' | 'clock'>,
  userId: bigint,
  viewerIds: readonly bigint[],
): Promise<StatusNews[]> {
  const nowS = secondOf(on)
  return await on.store.look(() => findStatusNews(userId, viewerIds, nowS))
}

/** The caller's contacts, with the status of each. */
export async function contactStatuses(on: Ground, { state }: Caller): Promise<SeenPerson[]> {
  const viewerId = requireUserId(state)
  const nowS = secondOf(on)
  return await on.store.look(function* () {
    return yield* findPeople({ viewerId, nowS }, yield* findContactsWithStatus(viewerId))
  })
}

function secondOf({ clock }: Pick<Ground, 'clock'>): number {
  return Math.floor(clock.nowMs() / 1000)
}
