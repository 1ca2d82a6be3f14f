import type { Peer } from '@cablegram/tl/api'

/** Channels are told from groups by this, as bots know them. */
const CHANNEL_MARK = 1_000_000_000_000n

/** The id of a peer as bots know it: users positive, groups negative, channels from -100… down. */
export function peerIdOf(peer: Peer): bigint {
  switch (peer._) {
    case 'peerUser':
      return peer.userId
    case 'peerChat':
      return -peer.chatId
    case 'peerChannel':
      return channelIdOf(peer.channelId)
  }
}

/** The id of a channel as bots know it. */
export function channelIdOf(channelId: bigint): bigint {
  return -CHANNEL_MARK - channelId
}
