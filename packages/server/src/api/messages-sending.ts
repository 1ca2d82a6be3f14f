import type { InputMedia, Updates } from '@cablegram/tl/api'
import { closePoll } from '../rules/chats/close-poll.ts'
import { deleteByIds, deleteHistory as deleteChat } from '../rules/chats/delete-messages.ts'
import { editMarkup, editMedia, editText } from '../rules/chats/edit-message.ts'
import { forwardMessages as forward } from '../rules/chats/forward-messages.ts'
import { pinMessage, unpinAll } from '../rules/chats/pin-messages.ts'
import { editWaiting } from '../rules/chats/scheduled/edit-waiting.ts'
import { scheduleForwards, scheduleMedia, scheduleText } from '../rules/chats/scheduled/schedule.ts'
import { sendMedia as sendMediaIn } from '../rules/chats/send-media.ts'
import { isBot, sendText } from '../rules/chats/send-message.ts'
import { pollResults } from '../rules/chats/votes.ts'
import { refusal } from '../rules/index.ts'
import type { Handler, HandlerContext, RequestOf } from './handler.ts'
import { knownUserIdOf, peerOf } from './peers.ts'
import { pollUpdates, together } from './poll-updates.ts'
import { editedWaiting, scheduledUpdates } from './scheduled-updates.ts'
import { sentText, sentUpdates } from './sent-updates.ts'
import { markupOf } from './tl-markup.ts'
import { fileMediaOf, isFileMedia, mediaOf } from './tl-media.ts'
import { entitiesOf, refuseMore, refuseOtherSender, replyOf, writingOf } from './writing.ts'

/** Writes a text in a chat. */
export const sendMessage: Handler<'messages.sendMessage'> = async (request, context) => {
  refuseMore(request, context)
  const peerId = await peerOf(request.peer, context)
  if (request.richMessage !== undefined) throw refusal('MESSAGE_EMPTY')
  const writing = await writingOf(request, peerId, context)
  if (request.scheduleDate !== undefined) {
    const scheduled = await scheduleText(context.on, context.caller, writing, request.scheduleDate)
    return await scheduledUpdates(context, scheduled)
  }
  return await sentText(context, await sendText(context.on, context.caller, writing))
}

/** Sends a photo, a document, a poll, a dice, a contact or a place. */
export const sendMedia: Handler<'messages.sendMedia'> = async (request, context) => {
  refuseMore(request, context)
  const peerId = await peerOf(request.peer, context)
  const writing = await writingOf(request, peerId, context)
  const media = await mediaOf(request.media, (entities) => entitiesOf(entities, context))
  if (request.scheduleDate !== undefined) {
    const later = { media, dateS: request.scheduleDate }
    return await scheduledUpdates(context, await scheduleMedia(context.on, context.caller, writing, later))
  }
  const { event, others } = await sendMediaIn(context.on, context.caller, writing, media)
  return await sentUpdates(context, [event, ...others])
}

/** Changes the text of a message, its buttons, and its photo or document. */
export const editMessage: Handler<'messages.editMessage'> = async (request, context) => {
  const { id, message: text, media: given } = request
  if (request.richMessage !== undefined) throw refusal('MESSAGE_EMPTY')
  if (given !== undefined && !isFileMedia(given)) return await closePollOf(given, request, context)
  if (given?.ttlSeconds !== undefined) throw refusal('MEDIA_TTL_INVALID')
  const media = given && fileMediaOf(given)
  const { replyMarkup } = request
  const markup = replyMarkup && (await markupOf(replyMarkup, (user) => knownUserIdOf(user, context)))
  const peerId = await peerOf(request.peer, context)
  const entities = await entitiesOf(request.entities, context)
  if (request.scheduleDate !== undefined) {
    // Bots schedule nothing.
    if (markup !== undefined) throw refusal('REPLY_MARKUP_INVALID')
    const edit = {
      peerId,
      id,
      dateS: request.scheduleDate,
      text: text === undefined ? text : { text, entities },
      media,
    }
    return await editedWaiting(context, await editWaiting(context.on, context.caller, edit))
  }
  const { on, caller } = context
  if (media !== undefined) {
    const caption = text === undefined ? undefined : { text, entities }
    const { events } = await editMedia(on, caller, { peerId, id, text: caption, markup, media })
    return await sentUpdates(context, events)
  }
  const isMarkupOnly = text === undefined && (markup !== undefined || isBot(caller))
  const { events } = isMarkupOnly
    ? await editMarkup(on, caller, { peerId, id, markup })
    : await editText(on, caller, { peerId, id, text: text ?? '', entities, markup })
  return await sentUpdates(context, events)
}

/** Closes a poll: the only change of media besides photos and documents. @throws {RpcError} MEDIA_NEW_INVALID */
async function closePollOf(
  media: InputMedia,
  { peer, id: messageId }: RequestOf<'messages.editMessage'>,
  context: HandlerContext,
): Promise<Updates> {
  if (media._ !== 'inputMediaPoll' || media.poll.closed !== true) throw refusal('MEDIA_NEW_INVALID')
  const place = { peerId: await peerOf(peer, context), messageId }
  const event = await closePoll(context.on, context.caller, place)
  // Clients read the poll from the first update.
  const news = await pollUpdates(await pollResults(context.on, context.caller, place), context)
  return together(news, await sentUpdates(context, [event]))
}

/** Forwards messages to a chat. */
export const forwardMessages: Handler<'messages.forwardMessages'> = async (request, context) => {
  refuseOtherSender(request.sendAs, context)
  if (request.quickReplyShortcut !== undefined) throw refusal('QUICK_REPLIES_TOO_MUCH')
  if (request.suggestedPost !== undefined) throw refusal('SUGGESTED_POST_PEER_INVALID')
  const toPeerId = await peerOf(request.toPeer, context)
  const forwarding = {
    fromPeerId: await peerOf(request.fromPeer, context),
    toPeerId,
    replyTo: await replyOf(request.replyTo, toPeerId, context),
    ids: request.id,
    randomIds: request.randomId,
    dropsAuthor: request.dropAuthor === true,
    isSilent: request.silent === true,
    isProtected: request.noforwards === true,
  }
  if (request.scheduleDate !== undefined) {
    const scheduled = await scheduleForwards(context.on, context.caller, forwarding, request.scheduleDate)
    return await scheduledUpdates(context, scheduled)
  }
  const { events } = await forward(context.on, context.caller, forwarding)
  return await sentUpdates(context, events)
}

/** Takes messages from the caller's box, or from everybody's. A bot always takes them from everybody's. */
export const deleteMessages: Handler<'messages.deleteMessages'> = async ({ id: ids, revoke }, context) => {
  const { state } = context.caller
  const isForAll = revoke === true || (state.at === 'authorized' && state.isBot)
  const { pts, ptsCount } = await deleteByIds(context.on, context.caller, ids, isForAll)
  return { _: 'messages.affectedMessages', pts, ptsCount }
}

/** Takes away the messages of a chat, a part with each call. */
export const deleteHistory: Handler<'messages.deleteHistory'> = async (request, context) => {
  const { pts, ptsCount, left } = await deleteChat(context.on, context.caller, {
    peerId: await peerOf(request.peer, context),
    maxId: request.maxId,
    minDateS: request.minDate ?? 0,
    maxDateS: request.maxDate ?? 0,
    isForAll: request.revoke === true,
    staysListed: request.justClear === true,
  })
  return { _: 'messages.affectedHistory', pts, ptsCount, offset: left }
}

/** Pins or unpins a message. */
export const updatePinnedMessage: Handler<'messages.updatePinnedMessage'> = async (request, context) => {
  const { events } = await pinMessage(context.on, context.caller, {
    peerId: await peerOf(request.peer, context),
    id: request.id,
    isPinned: request.unpin !== true,
    isForOneself: request.pmOneside === true,
    isSilent: request.silent === true,
  })
  return await sentUpdates(context, events)
}

/** Unpins all messages of a chat, a part with each call. */
export const unpinAllMessages: Handler<'messages.unpinAllMessages'> = async (
  { peer, savedPeerId },
  context,
) => {
  const peerId = await peerOf(peer, context)
  const saved = savedPeerId && (await peerOf(savedPeerId, context))
  const { pts, ptsCount, left } = await unpinAll(context.on, context.caller, peerId, saved)
  return { _: 'messages.affectedHistory', pts, ptsCount, offset: left }
}
