import type { Update } from '@cablegram/tl/api'
import { deleteWaiting, sendWaiting, waitingIn } from '../rules/chats/scheduled/queue.ts'
import type { Message } from '../rules/messages/words.ts'
import { addEvents } from './box-updates.ts'
import type { Handler, HandlerContext, ResultOf } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { peerOf } from './peers.ts'
import { viewerIn } from './side-view.ts'
import { tlBoxEvent } from './tl-messages.ts'
import { leftQueueUpdate, queueHash, tlWaiting } from './tl-scheduled.ts'

/** Lists the messages of a chat that wait to be sent, the last one first. */
export const getScheduledHistory: Handler<'messages.getScheduledHistory'> = async (
  { peer, hash },
  context,
) => {
  const waiting = await waitingIn(context.on, context.caller, await peerOf(peer, context))
  if (hash !== 0n && waiting.length > 0 && hash === queueHash(waiting)) {
    return { _: 'messages.messagesNotModified', count: waiting.length }
  }
  return await waitingMessages(waiting, context)
}

/** Gives messages that wait, by their ids; missing ones are left out. */
export const getScheduledMessages: Handler<'messages.getScheduledMessages'> = async (
  { peer, id: ids },
  context,
) => {
  const peerId = await peerOf(peer, context)
  return await waitingMessages(await waitingIn(context.on, context.caller, peerId, ids), context)
}

async function waitingMessages(
  waiting: readonly Message[],
  context: HandlerContext,
): Promise<Extract<ResultOf<'messages.getScheduledHistory'>, { _: 'messages.messages' }>> {
  const book = peerBook(context)
  book.addMessages(waiting)
  return {
    _: 'messages.messages',
    messages: waiting.map((message) => tlWaiting(message, viewerIn(context))),
    topics: [],
    ...(await book.lists()),
  }
}

/** Sends messages now that wait for their time. */
export const sendScheduledMessages: Handler<'messages.sendScheduledMessages'> = async (
  { peer, id: ids },
  context,
) => {
  const peerId = await peerOf(peer, context)
  const { events, gone } = await sendWaiting(context.on, context.caller, peerId, ids)
  const book = peerBook(context)
  book.add(peerId)
  addEvents(book, events)
  const left = {
    peerId,
    ids: gone.map(({ id }) => id),
    sentIds: gone.flatMap(({ sentId }) => sentId ?? []),
  }
  const sent = events.map((event) => tlBoxEvent(event, viewerIn(context)))
  const updates: Update[] = [...sent, leftQueueUpdate(left)]
  return { _: 'updates', updates, ...(await book.lists()), date: context.nowS, seq: 0 }
}

/** Deletes messages that wait to be sent. */
export const deleteScheduledMessages: Handler<'messages.deleteScheduledMessages'> = async (
  { peer, id: ids },
  context,
) => {
  const peerId = await peerOf(peer, context)
  await deleteWaiting(context.on, context.caller, peerId, ids)
  const book = peerBook(context)
  book.add(peerId)
  const updates = [leftQueueUpdate({ peerId, ids, sentIds: [] })]
  return { _: 'updates', updates, ...(await book.lists()), date: context.nowS, seq: 0 }
}
