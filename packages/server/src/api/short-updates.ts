import type { Message, Updates } from '@cablegram/tl/api'

type FullUpdates = Extract<Updates, { _: 'updates' }>
type FullMessage = Extract<Message, { _: 'message' }>

/** Fields of a message that short updates have, too. */
const SHORT_FIELDS: ReadonlySet<string> = new Set([
  '_',
  'out',
  'mentioned',
  'mediaUnread',
  'silent',
  'id',
  'fromId',
  'peerId',
  'date',
  'message',
  'entities',
  'replyTo',
])

/** The short form of an update that tells of one text, as Telegram pushes it; others stay as they are. */
export function shortened(updates: FullUpdates): Updates {
  const [update] = updates.updates
  if (updates.updates.length !== 1 || update?._ !== 'updateNewMessage') return updates
  const { message, pts, ptsCount } = update
  if (!isShort(message)) return updates
  const { _: __, fromId, peerId, ...text } = message
  if (peerId._ === 'peerUser') {
    return { _: 'updateShortMessage', ...text, userId: peerId.userId, pts, ptsCount }
  }
  if (peerId._ !== 'peerChat' || fromId?._ !== 'peerUser') return updates
  return {
    _: 'updateShortChatMessage',
    ...text,
    fromId: fromId.userId,
    chatId: peerId.chatId,
    pts,
    ptsCount,
  }
}

/** The short form of the answer to a text that somebody has sent; others stay as they are. */
export function shortSent(updates: FullUpdates): Updates {
  const [known, update] = updates.updates
  const isOne = updates.updates.length === 2 && known?._ === 'updateMessageID'
  if (!isOne || update?._ !== 'updateNewMessage' || !isShort(update.message)) return updates
  const { out, id, date, entities } = update.message
  const { pts, ptsCount } = update
  return {
    _: 'updateShortSentMessage',
    ...(out && { out }),
    id,
    pts,
    ptsCount,
    date,
    ...(entities && { entities }),
  }
}

/** True for a text that names nobody but its chat and its author. */
function isShort(message: Message): message is FullMessage {
  if (message._ !== 'message') return false
  const hasOnlyShort = Object.entries(message).every(
    ([name, value]) => value === undefined || SHORT_FIELDS.has(name),
  )
  return hasOnlyShort && !(message.entities ?? []).some(({ _ }) => _ === 'messageEntityMentionName')
}
