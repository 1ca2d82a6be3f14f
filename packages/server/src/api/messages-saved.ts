/** The chats inside Saved Messages: what was saved from each chat. */
import type { SavedDialog } from '@cablegram/tl/api'
import { requireUserId } from '../rules/accounts/keys.ts'
import { deleteSaved } from '../rules/chats/delete-messages.ts'
import {
  orderSavedDialogs,
  type SavedDialogList,
  savedDialogsOf,
  setSavedDialogPinned,
  someSavedDialogs,
} from '../rules/dialogs/saved-dialogs.ts'
import { refusal } from '../rules/index.ts'
import { ANY_MESSAGE } from '../rules/messages/decide-search.ts'
import { searchMessages } from '../rules/messages/search-messages.ts'
import { dialogPeerOf } from './dialog-peer.ts'
import type { Handler, HandlerContext, ResultOf } from './handler.ts'
import { isKnownList } from './known-lists.ts'
import { messageParts } from './message-parts.ts'
import { peerBook } from './peer-book.ts'
import { peerOf, peersOf, tlPeer } from './peers.ts'
import { viewerIn } from './side-view.ts'
import { historyHash, tlMessage } from './tl-messages.ts'

/** Chats that clients name at once. */
const MAX_PEERS = 200

/** Lists the chats inside Saved Messages. */
export const getSavedDialogs: Handler<'messages.getSavedDialogs'> = async (request, context) => {
  const { excludePinned, offsetId: id, offsetDate: dateS, offsetPeer, limit } = request
  const peerId = offsetPeer._ === 'inputPeerEmpty' ? undefined : await peerOf(offsetPeer, context)
  const query = { excludesPinned: excludePinned === true, offset: { dateS, id, peerId }, limit }
  const list = await savedDialogsOf(context.on, context.caller, query)
  const parts = await savedParts(list, context)
  const { count } = list
  if (isKnownList(request, parts, context)) return { _: 'messages.savedDialogsNotModified', count }
  if (list.dialogs.length === count) return { _: 'messages.savedDialogs', ...parts }
  return { _: 'messages.savedDialogsSlice', count, ...parts }
}

/** Lists the pinned chats inside Saved Messages, in their order. */
export const getPinnedSavedDialogs: Handler<'messages.getPinnedSavedDialogs'> = async (_, context) => {
  const list = await someSavedDialogs(context.on, context.caller, 'pinned')
  return { _: 'messages.savedDialogs', ...(await savedParts(list, context)) }
}

/** Gives some chats inside Saved Messages. */
export const getSavedDialogsByID: Handler<'messages.getSavedDialogsByID'> = async ({ ids }, context) => {
  if (ids.length > MAX_PEERS) throw refusal('LIMIT_INVALID')
  const list = await someSavedDialogs(context.on, context.caller, await peersOf(ids, context))
  return { _: 'messages.savedDialogs', ...(await savedParts(list, context)) }
}

async function savedParts(
  { dialogs, messages }: SavedDialogList,
  context: HandlerContext,
): Promise<Omit<Extract<ResultOf<'messages.getSavedDialogs'>, { _: 'messages.savedDialogs' }>, '_'>> {
  const book = peerBook(context)
  book.add(...dialogs.map(({ peerId }) => peerId))
  book.addMessages(messages)
  return {
    dialogs: dialogs.map(
      ({ peerId, topId, place }): SavedDialog => ({
        _: 'savedDialog',
        ...(place > 0 && { pinned: true }),
        peer: tlPeer(peerId),
        topMessage: topId,
      }),
    ),
    messages: messages.map((message) => tlMessage(message, viewerIn(context))),
    ...(await book.lists()),
  }
}

/** Gives a part of what was saved from a chat, the newest first. */
export const getSavedHistory: Handler<'messages.getSavedHistory'> = async (request, context) => {
  const { offsetId, offsetDate, addOffset, limit, maxId, minId, hash } = request
  const savedPeerId = await peerOf(request.peer, context)
  const peerId = requireUserId(context.caller.state)
  // The date of an offset is that of the message before which the part begins.
  const maxDateS = offsetId === 0 && offsetDate > 0 ? offsetDate - 1 : 0
  const choice = { ...ANY_MESSAGE, peerId, savedPeerId, maxDateS }
  const page = { offsetId, addOffset, limit, maxId, minId }
  const { messages, count, skipped } = await searchMessages(context.on, context.caller, {
    choice,
    words: '',
    page,
  })
  if (hash !== 0n && hash === historyHash(messages)) return { _: 'messages.messagesNotModified', count }
  const parts = await messageParts(messages, context)
  if (messages.length === count) return { _: 'messages.messages', ...parts }
  return { _: 'messages.messagesSlice', count, offsetIdOffset: skipped, ...parts }
}

/** Takes away what was saved from a chat, a part with each call. */
export const deleteSavedHistory: Handler<'messages.deleteSavedHistory'> = async (request, context) => {
  const { pts, ptsCount, left } = await deleteSaved(context.on, context.caller, {
    savedPeerId: await peerOf(request.peer, context),
    maxId: request.maxId,
    minDateS: request.minDate ?? 0,
    maxDateS: request.maxDate ?? 0,
  })
  return { _: 'messages.affectedHistory', pts, ptsCount, offset: left }
}

/** Pins a chat inside Saved Messages, or takes the pin away. */
export const toggleSavedDialogPin: Handler<'messages.toggleSavedDialogPin'> = async (
  { peer, pinned },
  context,
) => {
  const peerId = await dialogPeerOf(peer, context)
  await setSavedDialogPinned(context.on, context.caller, peerId, pinned === true)
  return true
}

/** Puts the pinned chats inside Saved Messages in order. */
export const reorderPinnedSavedDialogs: Handler<'messages.reorderPinnedSavedDialogs'> = async (
  { order, force },
  context,
) => {
  if (order.length > MAX_PEERS) throw refusal('LIMIT_INVALID')
  const peerIds = await Promise.all(order.map((peer) => dialogPeerOf(peer, context)))
  await orderSavedDialogs(context.on, context.caller, { peerIds, keepsOthers: force !== true })
  return true
}
