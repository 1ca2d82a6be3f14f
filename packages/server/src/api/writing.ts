/** The parts that all requests have that write messages. */
import type { InputPeer, InputReplyTo, MessageEntity } from '@cablegram/tl/api'
import { requireUserId } from '../rules/accounts/keys.ts'
import type { ReplyTo, Writing } from '../rules/chats/decide-write.ts'
import { refusal } from '../rules/index.ts'
import type { PeerId, TextEntity } from '../rules/messages/words.ts'
import type { HandlerContext, RequestOf } from './handler.ts'
import { knownUserIdOf, peerOf } from './peers.ts'
import { textEntities } from './tl-entities.ts'
import { markupOf } from './tl-markup.ts'

/** A request that may ask for another sender, for a quick reply or for a post. */
type Named = Pick<RequestOf<'messages.sendMessage'>, 'sendAs' | 'quickReplyShortcut' | 'suggestedPost'>

/** The message that a request sends, without its media. */
export async function writingOf(
  request: RequestOf<'messages.sendMessage' | 'messages.sendMedia'>,
  peerId: PeerId,
  context: HandlerContext,
): Promise<Writing> {
  const { message: text, randomId, silent, noforwards, clearDraft, replyMarkup } = request
  const markup = replyMarkup && (await markupOf(replyMarkup, (user) => knownUserIdOf(user, context)))
  return {
    peerId,
    content: {
      text,
      entities: await entitiesOf(request.entities, context),
      ...(markup && { markup }),
      ...(silent && { isSilent: true }),
      ...(noforwards && { isProtected: true }),
    },
    randomId,
    replyTo: await replyOf(request.replyTo, peerId, context),
    clearsDraft: clearDraft,
  }
}

/** @throws {RpcError} if the message is not sent in the user's own name */
export function refuseMore(request: Named, context: HandlerContext): void {
  refuseOtherSender(request.sendAs, context)
  if (request.quickReplyShortcut !== undefined) throw refusal('QUICK_REPLIES_TOO_MUCH')
  if (request.suggestedPost !== undefined) throw refusal('SUGGESTED_POST_PEER_INVALID')
}

/** People write in their own name. @throws {RpcError} SEND_AS_PEER_INVALID */
export function refuseOtherSender(sendAs: InputPeer | undefined, { caller }: HandlerContext): void {
  if (sendAs === undefined || sendAs._ === 'inputPeerSelf') return
  if (sendAs._ === 'inputPeerUser' && sendAs.userId === requireUserId(caller.state)) return
  throw refusal('SEND_AS_PEER_INVALID')
}

/** A client's formatting. @throws {RpcError} ENTITY_MENTION_USER_INVALID */
export async function entitiesOf(
  entities: readonly MessageEntity[] = [],
  context: HandlerContext,
): Promise<TextEntity[]> {
  return await textEntities(entities, (user) => knownUserIdOf(user, context))
}

/** The message that is replied to, which is in the same chat. @throws {RpcError} REPLY_MESSAGE_ID_INVALID */
export async function replyOf(
  replyTo: InputReplyTo | undefined,
  peerId: PeerId,
  context: HandlerContext,
): Promise<ReplyTo | undefined> {
  if (replyTo === undefined) return undefined
  if (replyTo._ !== 'inputReplyToMessage') throw refusal('REPLY_MESSAGE_ID_INVALID')
  const { replyToMsgId: id, replyToPeerId, quoteText: text, quoteEntities, quoteOffset: offset = 0 } = replyTo
  // Some clients fill the field in for every message.
  if (id === 0) return undefined
  if (replyToPeerId !== undefined && (await peerOf(replyToPeerId, context)) !== peerId) {
    throw refusal('REPLY_MESSAGE_ID_INVALID')
  }
  if (text === undefined || text === '') return { id }
  return { id, quote: { text, entities: await entitiesOf(quoteEntities, context), offset } }
}
