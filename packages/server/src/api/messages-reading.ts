import { checkEditable } from '../rules/chats/edit-message.ts'
import { readContents, readMentions as seeMentions } from '../rules/chats/read-contents.ts'
import { outboxReadDate, readersOf } from '../rules/chats/read-times.ts'
import { refusal } from '../rules/index.ts'
import type { Handler } from './handler.ts'
import { peerOf } from './peers.ts'

/** Marks mentions as seen, and recordings as listened to. */
export const readMessageContents: Handler<'messages.readMessageContents'> = async ({ id: ids }, context) => {
  const { pts, ptsCount } = await readContents(context.on, context.caller, ids)
  return { _: 'messages.affectedMessages', pts, ptsCount }
}

/** Marks all mentions of a chat as seen. */
export const readMentions: Handler<'messages.readMentions'> = async ({ peer }, context) => {
  const { pts, ptsCount, left } = await seeMentions(context.on, context.caller, await peerOf(peer, context))
  return { _: 'messages.affectedHistory', pts, ptsCount, offset: left }
}

/** Tells when the other one read a message of the caller's. */
export const getOutboxReadDate: Handler<'messages.getOutboxReadDate'> = async (
  { peer, msgId: id },
  context,
) => {
  const peerId = await peerOf(peer, context)
  const atS = await outboxReadDate(context.on, context.caller, { peerId, id })
  return { _: 'outboxReadDate', date: Math.min(atS, context.nowS) }
}

/** Lists those who have read a message of a group. */
export const getMessageReadParticipants: Handler<'messages.getMessageReadParticipants'> = async (
  { peer, msgId: id },
  context,
) => {
  const peerId = await peerOf(peer, context)
  const readers = await readersOf(context.on, context.caller, { peerId, id })
  return readers.map(({ userId, atS }) => ({
    _: 'readParticipantDate',
    userId,
    date: Math.min(atS, context.nowS),
  }))
}

const MAX_VIEWED = 100

/** Counts the views of messages: only posts of channels have any. */
export const getMessagesViews: Handler<'messages.getMessagesViews'> = async ({ peer, id: ids }, context) => {
  await peerOf(peer, context)
  if (ids.length === 0) throw refusal('MSG_ID_INVALID')
  if (ids.length > MAX_VIEWED) throw refusal('LIMIT_INVALID')
  return { _: 'messages.messageViews', views: ids.map(() => ({ _: 'messageViews' })), chats: [], users: [] }
}

/** Tells whether a message can be edited, and whether its text is a caption. */
export const getMessageEditData: Handler<'messages.getMessageEditData'> = async ({ peer, id }, context) => {
  const peerId = await peerOf(peer, context)
  const { isCaption } = await checkEditable(context.on, context.caller, { peerId, id })
  return { _: 'messages.messageEditData', ...(isCaption && { caption: true }) }
}
