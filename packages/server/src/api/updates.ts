import type { Update, updates } from '@cablegram/tl/api'
import type { BotLogSlice } from '../rules/bots/words.ts'
import type { Settings } from '../rules/index.ts'
import { type Difference, differenceSince } from '../rules/messages/difference.ts'
import type { BoxEvent, Place } from '../rules/messages/words.ts'
import { botUpdates } from './bot-events.ts'
import { boxState, START, tlState } from './box-state.ts'
import { addEvents } from './box-updates.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { sideUpdates } from './side-updates.ts'
import { viewerIn } from './side-view.ts'
import { tlBoxEvent, tlMessage } from './tl-messages.ts'

/** Gives the state of the account's box. */
export const getState: Handler<'updates.getState'> = (_request, context) => boxState(context)

/** Gives the events that a client has missed since its last state. */
export const getDifference: Handler<'updates.getDifference'> = async (request, context) => {
  const { pts, qts, date: dateS, ptsLimit, ptsTotalLimit: totalLimit, qtsLimit } = request
  const { nowS } = context
  const fault = await context.takeDifferenceFault?.()
  const limit = fault === 'slice' ? 1 : ptsLimit
  const found = await differenceSince(context.on, context.caller, {
    pts,
    qts,
    dateS,
    limit,
    totalLimit,
    qtsLimit,
  })
  if (found.kind === 'tooLong' || fault === 'tooLong')
    return { _: 'updates.differenceTooLong', pts: found.pts }
  const missed = await missedOf(found, context)
  const { upToPts, bot = NO_BOT_EVENTS } = found
  const state = tlState({ ...found, pts: upToPts, qts: bot.upToQts }, nowS)
  const isMoved = upToPts > pts || bot.events.length > 0
  const hasMore = upToPts < found.pts || (bot.events.length > 0 && bot.upToQts < bot.qts)
  if (hasMore || (fault === 'slice' && isMoved))
    return { _: 'updates.differenceSlice', ...missed, intermediateState: state }
  const isEmpty = !isMoved && missed.otherUpdates.length === 0
  return isEmpty
    ? { _: 'updates.differenceEmpty', date: nowS, seq: START.seq }
    : { _: 'updates.difference', ...missed, state }
}

/** The qts of people never moves. */
const NO_BOT_EVENTS: BotLogSlice = { events: [], upToQts: START.qts, qts: START.qts }

type Missed = Extract<Difference, { readonly kind: 'events' }>
type Lists = Omit<updates.difference, '_' | 'state'>

async function missedOf(
  { events, sideEvents, upToPts, bot = NO_BOT_EVENTS }: Missed,
  context: HandlerContext,
): Promise<Lists> {
  const { on } = context
  const book = peerBook(context)
  addEvents(book, events)
  const place = placing(on.settings.differencePts, upToPts)
  const hasOwn = on.settings.differencePts === 'own'
  const others = events.filter(({ kind }) => kind !== 'newMessage')
  const viewer = viewerIn(context)
  const otherUpdates = [
    ...events.flatMap(messageIds),
    ...others.map((event) => tlBoxEvent({ ...event, ...place(event) }, viewer)),
    ...(await botUpdates(bot.events, { ...viewer, book }, hasOwn)),
    ...(await sideUpdates(sideEvents, { ...viewer, book })),
  ]
  return {
    newMessages: events.flatMap((event) =>
      event.kind === 'newMessage' ? tlMessage(event.message, viewer) : [],
    ),
    newEncryptedMessages: [],
    otherUpdates,
    ...(await book.lists()),
  }
}

/** Tells the client which of its messages arrived though the answer was lost. */
function messageIds(event: BoxEvent): Update[] {
  if (event.kind !== 'newMessage' || !event.message.isOut || event.randomId === undefined) return []
  return [{ _: 'updateMessageID', id: event.message.id, randomId: event.randomId }]
}

/** The numbers that events have in a difference. */
function placing(kind: Settings['differencePts'], pts: number): (own: Place) => Place {
  switch (kind) {
    case 'telegram':
      return () => ({ pts, ptsCount: 0 })
    case 'zero':
      return () => ({ pts: 0, ptsCount: 0 })
    case 'own':
      return ({ pts: own, ptsCount }) => ({ pts: own, ptsCount })
  }
}
