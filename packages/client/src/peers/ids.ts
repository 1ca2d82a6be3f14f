import type { Peer } from '@cablegram/tl/api'

/** Ids of channels and supergroups are this much, negative, and their number. */
const CHANNEL_BASE = 1_000_000_000_000n

/**
 * The id of a peer in one space for all, as bots know them: users positive, basic groups negative, channels and supergroups
 * from -1,000,000,000,001 down.
 */
export function idOfPeer(peer: Peer): bigint {
  switch (peer._) {
    case 'peerUser':
      return peer.userId
    case 'peerChat':
      return -peer.chatId
    case 'peerChannel':
      return -CHANNEL_BASE - peer.channelId
  }
}

/** The peer that an id means; undefined for 0, which is none. */
export function peerOfId(id: bigint): Peer | undefined {
  if (id > 0n) return { _: 'peerUser', userId: id }
  if (id < -CHANNEL_BASE) return { _: 'peerChannel', channelId: -CHANNEL_BASE - id }
  if (id < 0n && id > -CHANNEL_BASE) return { _: 'peerChat', chatId: -id }
  return undefined
}
