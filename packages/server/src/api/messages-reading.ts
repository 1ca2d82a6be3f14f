import type { InputPeer } from '@cablegram/tl/api'
import { checkEditable } from '../rules/chats/edit-message.ts'
import { readContents, readMentions as seeMentions } from '../rules/chats/read-contents.ts'
import { outboxReadDate, readersOf } from '../rules/chats/read-times.ts'
import { refusal } from '../rules/index.ts'
import { messagesOf } from '../rules/messages/messages.ts'
import type { Handler, HandlerContext } from './handler.ts'
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

/** Gives the messages of a thread. Only supergroups and channels have threads. */
export const getReplies: Handler<'messages.getReplies'> = ({ peer, msgId }, context) =>
  refuseThread(peer, msgId, context)

/** Gives the post that a thread is about. Only supergroups and channels have threads. */
export const getDiscussionMessage: Handler<'messages.getDiscussionMessage'> = ({ peer, msgId }, context) =>
  refuseThread(peer, msgId, context)

/** Marks a thread as read. Only supergroups and channels have threads. */
export const readDiscussion: Handler<'messages.readDiscussion'> = ({ peer, msgId }, context) =>
  refuseThread(peer, msgId, context)

/** @throws {RpcError} MSG_ID_INVALID for a message that the chat does not have, PEER_ID_INVALID for the others */
async function refuseThread(peer: InputPeer, msgId: number, context: HandlerContext): Promise<never> {
  const peerId = await peerOf(peer, context)
  const [message] = await messagesOf(context.on, context.caller, [msgId])
  throw refusal(message?.peerId === peerId ? 'PEER_ID_INVALID' : 'MSG_ID_INVALID')
}

/** Tells whether a message can be edited, and whether its text is a caption. */
export const getMessageEditData: Handler<'messages.getMessageEditData'> = async ({ peer, id }, context) => {
  const peerId = await peerOf(peer, context)
  const { isCaption } = await checkEditable(context.on, context.caller, { peerId, id })
  return { _: 'messages.messageEditData', ...(isCaption && { caption: true }) }
}
