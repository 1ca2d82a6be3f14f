import type { InputPeer } from '@cablegram/tl/api'
import type { User } from '../rules/accounts/words.ts'
import { refusal } from '../rules/index.ts'
import type { Handler, RequestOf } from './handler.ts'
import { usersById } from './known-users.ts'
import { textEntity, tlBoxEvent } from './tl-messages.ts'

/** Keeps a text in the chat with oneself, the only one that people can write in. */
export const sendMessage: Handler<'messages.sendMessage'> = async (request, context) => {
  refuseMore(request, await context.requireUser())
  const { message: text, randomId } = request
  const entities = (request.entities ?? []).flatMap((entity) => textEntity(entity) ?? [])
  const { event, notice } = await context.domain.savedMessages.send(context.caller, {
    text,
    entities,
    randomId,
  })
  const told = notice === undefined ? [event] : [event, notice]
  return {
    _: 'updates',
    updates: [
      { _: 'updateMessageID', id: event.message.id, randomId },
      ...told.map((each) => tlBoxEvent(each, context.nowS)),
    ],
    users: await usersById(
      told.map(({ message }) => message.fromId),
      context,
    ),
    chats: [],
    date: context.nowS,
    seq: 0,
  }
}

/** @throws {RpcError} of what would make it another message than a text, sent now and in one's own name */
function refuseMore(request: RequestOf<'messages.sendMessage'>, self: User): void {
  if (!isSelf(request.peer, self)) throw refusal('PEER_ID_INVALID')
  if (request.sendAs !== undefined && !isSelf(request.sendAs, self)) throw refusal('SEND_AS_PEER_INVALID')
  if (request.richMessage !== undefined) throw refusal('MESSAGE_EMPTY')
  if (request.replyMarkup !== undefined) throw refusal('REPLY_MARKUP_INVALID')
  if (request.scheduleDate !== undefined) throw refusal('SCHEDULE_TOO_MUCH')
  if (request.quickReplyShortcut !== undefined) throw refusal('QUICK_REPLIES_TOO_MUCH')
  if (request.suggestedPost !== undefined) throw refusal('SUGGESTED_POST_PEER_INVALID')
}

function isSelf(peer: InputPeer, self: User): boolean {
  return peer._ === 'inputPeerSelf' || (peer._ === 'inputPeerUser' && peer.userId === self.id)
}
