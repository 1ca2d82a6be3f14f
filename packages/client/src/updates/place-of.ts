import type { InputChannel, InputPeer, Message, Update } from '@cablegram/tl/api'
import type { Place, Space } from './words.ts'

/** Updates that count in the account's box. */
const OF_BOX: ReadonlySet<string> = new Set([
  'updateNewMessage',
  'updateEditMessage',
  'updateDeleteMessages',
  'updateReadHistoryInbox',
  'updateReadHistoryOutbox',
  'updateReadMessagesContents',
  'updatePinnedMessages',
  'updateFolderPeers',
  'updateWebPage',
])

/** Updates that count in a channel. */
const OF_CHANNEL: ReadonlySet<string> = new Set([
  'updateNewChannelMessage',
  'updateEditChannelMessage',
  'updateDeleteChannelMessages',
  'updatePinnedChannelMessages',
  'updateChannelWebPage',
  'updateReadChannelInbox',
])

const UNNUMBERED: Place = { space: 'state', pts: 0, count: 0 }

/**
 * The counter that an update stands in. A box update about a channel, or the reverse, stands where its name says.
 *
 * @see https://core.telegram.org/api/updates
 */
export function placeOf(update: Update): Place {
  if (OF_BOX.has(update._)) return numbered('box', update)
  if (OF_CHANNEL.has(update._)) {
    const channelId = channelOf(update)
    return channelId === undefined ? UNNUMBERED : numbered(channelId, update)
  }
  // A qts of 0 stands in differences, and counts nothing.
  if ('qts' in update && update.qts > 0) return { space: 'qts', pts: update.qts, count: 1 }
  return UNNUMBERED
}

function numbered(space: Space, update: Update): Place {
  const pts = 'pts' in update ? (update.pts ?? 0) : 0
  const count = 'ptsCount' in update ? update.ptsCount : 0
  return { space, pts, count }
}

/** The channel that an update is about, if it counts in one. */
function channelOf(update: Update): bigint | undefined {
  if ('channelId' in update) return update.channelId
  return 'message' in update ? channelOfMessage(update.message as Message) : undefined
}

function channelOfMessage(message: Message): bigint | undefined {
  return message.peerId?._ === 'peerChannel' ? message.peerId.channelId : undefined
}

/** The counter that a call moves whose answer has nothing but numbers. */
export function spaceOfCall(params: object): Space {
  if ('channel' in params) return channelIdOf(params.channel as InputChannel) ?? 'box'
  if ('peer' in params) return channelIdOf(params.peer as InputPeer) ?? 'box'
  return 'box'
}

function channelIdOf(input: InputChannel | InputPeer): bigint | undefined {
  return 'channelId' in input ? input.channelId : undefined
}
