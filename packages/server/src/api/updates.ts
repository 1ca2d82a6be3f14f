import type { updates } from '@cablegram/tl/api'
import { differenceSince } from '../rules/messages/messages.ts'
import type { BoxEvent } from '../rules/messages/words.ts'
import { boxState, START, tlState } from './box-state.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { tlBoxEvent, tlMessage } from './tl-messages.ts'

/** Gives the state of the account's box. */
export const getState: Handler<'updates.getState'> = (_request, context) => boxState(context)

/** Gives the events that a client has missed since its last state. */
export const getDifference: Handler<'updates.getDifference'> = async (request, context) => {
  const { pts, date: dateS, ptsLimit: limit, ptsTotalLimit: totalLimit } = request
  const slice = await differenceSince(context.on, context.caller, { pts, dateS, limit, totalLimit })
  if (slice.kind === 'trimmed') return { _: 'updates.differenceTooLong', pts: slice.pts }
  const { nowS } = context
  const isComplete = slice.upToPts === slice.pts
  if (isComplete && slice.events.length === 0) {
    return { _: 'updates.differenceEmpty', date: nowS, seq: START.seq }
  }
  const missed = await missedOf(slice.events, context)
  const state = tlState({ ...slice, pts: slice.upToPts }, nowS)
  if (isComplete) return { _: 'updates.difference', ...missed, state }
  return { _: 'updates.differenceSlice', ...missed, intermediateState: state }
}

async function missedOf(
  events: readonly BoxEvent[],
  context: HandlerContext,
): Promise<Omit<updates.difference, '_' | 'state'>> {
  const messages = events.flatMap((event) => (event.kind === 'newMessage' ? event.message : []))
  const book = peerBook(context)
  book.addMessages(messages)
  return {
    newMessages: messages.map((message) => tlMessage(message, context.nowS)),
    newEncryptedMessages: [],
    otherUpdates: events
      .filter(({ kind }) => kind !== 'newMessage')
      .map((event) => tlBoxEvent(event, context.nowS)),
    ...(await book.lists()),
  }
}
