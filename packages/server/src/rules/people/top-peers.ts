import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import type { PeerId } from '../messages/words.ts'
import { findSetting, keepSetting } from './decide-account-settings.ts'
import { listResets, listWritten, resetTopPeer } from './decide-top-peers.ts'
import type { TopCategory, TopPeer, TopPeers } from './words.ts'

/** The time in which the weight of a message falls to a third. help.getConfig has the same. */
const DECAY_S = 2_419_200
const MAX_AT_ONCE = 100

/**
 * The chats that the caller writes to most: each message counts, and the less the older it is.
 *
 * @returns undefined where the caller does not want them to be counted
 */
export async function topPeersOf(
  { store, clock }: Ground,
  { state }: Caller,
  categories: readonly TopCategory[],
  { offset, limit }: { readonly offset: number; readonly limit: number },
): Promise<readonly TopPeers[] | undefined> {
  const userId = requireUserId(state)
  const nowS = Math.floor(clock.nowMs() / 1000)
  const [isOff, written, resets] = await store.look(function* () {
    const kept = yield* findSetting(userId, 'topPeers')
    return [kept === 'false', yield* listWritten(userId), yield* listResets(userId)] as const
  })
  if (isOff) return undefined
  const ratings = new Map<TopCategory, Map<PeerId, number>>()
  for (const { category, peerId, dateS } of written) {
    if (dateS <= (resets.get(`${category} ${peerId}`) ?? 0)) continue
    const ofCategory = ratings.get(category) ?? new Map<PeerId, number>()
    ratings.set(category, ofCategory)
    ofCategory.set(peerId, (ofCategory.get(peerId) ?? 0) + Math.exp((dateS - nowS) / DECAY_S))
  }
  const from = Math.max(0, offset)
  const upTo = from + Math.min(MAX_AT_ONCE, Math.max(0, limit))
  return categories.map((category) => {
    const peers = [...(ratings.get(category) ?? [])].map(([peerId, rating]) => ({ peerId, rating }))
    return { category, count: peers.length, peers: peers.sort(byRating).slice(from, upTo) }
  })
}

function byRating(one: TopPeer, other: TopPeer): number {
  return other.rating - one.rating || (one.peerId < other.peerId ? -1 : 1)
}

/** Has the past of a chat count no more. */
export async function forgetTopPeer(
  { store, clock }: Ground,
  { state }: Caller,
  category: TopCategory,
  peerId: PeerId,
): Promise<void> {
  const userId = requireUserId(state)
  const nowS = Math.floor(clock.nowMs() / 1000)
  await store.decide(() => resetTopPeer(userId, category, peerId, nowS))
}

/** Sets whether the caller wants their chats to be counted. */
export async function countTopPeers({ store }: Ground, { state }: Caller, isOn: boolean): Promise<void> {
  const userId = requireUserId(state)
  await store.decide(() => keepSetting(userId, 'topPeers', String(isOn)))
}
