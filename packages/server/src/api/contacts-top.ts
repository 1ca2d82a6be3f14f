/** The chats that somebody writes to most. */
import type { TopPeerCategory } from '@cablegram/tl/api'
import { countTopPeers, forgetTopPeer, topPeersOf } from '../rules/people/top-peers.ts'
import type { TopCategory } from '../rules/people/words.ts'
import type { Handler, RequestOf } from './handler.ts'
import { listHash } from './list-hash.ts'
import { peerBook } from './peer-book.ts'
import { peerOf, tlPeer } from './peers.ts'

const NAMES = {
  correspondents: 'topPeerCategoryCorrespondents',
  bots: 'topPeerCategoryBotsPM',
  groups: 'topPeerCategoryGroups',
} as const satisfies Record<TopCategory, TopPeerCategory['_']>

/** Lists the chats that the caller writes to most, of the kinds asked for. Calls, inline bots and channels have no list here. */
export const getTopPeers: Handler<'contacts.getTopPeers'> = async (request, context) => {
  const found = await topPeersOf(context.on, context.caller, askedFor(request), request)
  if (found === undefined) return { _: 'contacts.topPeersDisabled' }
  const peerIds = found.flatMap(({ peers }) => peers.map(({ peerId }) => peerId))
  const isSame = request.hash !== 0n && request.hash === listHash(peerIds.map((id) => (id < 0n ? -id : id)))
  if (isSame) return { _: 'contacts.topPeersNotModified' }
  const book = peerBook(context)
  book.add(...peerIds)
  return {
    _: 'contacts.topPeers',
    categories: found
      .filter(({ count }) => count > 0)
      .map(({ category, count, peers }) => ({
        _: 'topPeerCategoryPeers',
        category: { _: NAMES[category] },
        count,
        peers: peers.map(({ peerId, rating }) => ({ _: 'topPeer', peer: tlPeer(peerId), rating })),
      })),
    ...(await book.lists()),
  }
}

function askedFor({ correspondents, botsPm, groups }: RequestOf<'contacts.getTopPeers'>): TopCategory[] {
  return [
    ...(correspondents ? (['correspondents'] as const) : []),
    ...(botsPm ? (['bots'] as const) : []),
    ...(groups ? (['groups'] as const) : []),
  ]
}

/** Has the past of a chat count no more. */
export const resetTopPeerRating: Handler<'contacts.resetTopPeerRating'> = async (
  { category, peer },
  context,
) => {
  const peerId = await peerOf(peer, context)
  const named = (['correspondents', 'bots', 'groups'] as const).find((each) => NAMES[each] === category._)
  if (named !== undefined) await forgetTopPeer(context.on, context.caller, named, peerId)
  return true
}

/** Sets whether the caller's chats are counted. */
export const toggleTopPeers: Handler<'contacts.toggleTopPeers'> = async ({ enabled }, { on, caller }) => {
  await countTopPeers(on, caller, enabled)
  return true
}
