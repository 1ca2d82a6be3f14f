import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import type { BotLogSlice } from '../bots/words.ts'
import { refusal } from '../refusal.ts'
import { botEventsAfter, FIRST_QTS, findQts } from './decide-bot-log.ts'
import { boxState, eventsAfter } from './decide-box-log.ts'
import { sideEventsSince } from './decide-side-log.ts'
import { mergeEvents } from './event-rows.ts'
import type { BoxEvent, BoxState, LoggedSideEvent } from './words.ts'

/** The state that a client has, and the answers that it accepts. */
export interface Since {
  readonly pts: number
  readonly dateS: number
  /** Events that the client takes at once; undefined: as many as we like. */
  readonly limit: number | undefined
  /** Of a bot; below 1: the client asks for no events of bots. Default 0. */
  readonly qts?: number
  /** Events of a bot that the client takes at once; undefined: as many as we like. */
  readonly qtsLimit?: number | undefined
  /** The client would rather begin anew than hear of more events; undefined: of all. */
  readonly totalLimit: number | undefined
}

/** The part of the log that a client has missed. */
export type Difference = BoxState &
  (
    | {
        readonly kind: 'events'
        readonly events: readonly BoxEvent[]
        readonly sideEvents: readonly LoggedSideEvent[]
        /** The pts of a client that knows these events. */
        readonly upToPts: number
        /** Events that only bots are told of, for a bot. */
        readonly bot?: BotLogSlice
      }
    /** The client has to begin anew. */
    | { readonly kind: 'tooLong' }
  )

/**
 * A change has the time at which its call began, and may be committed so much later, after a difference in between: each is
 * told again for so long. Clients take the newest state, as often as it comes.
 */
const LATE_S = 5
/** Changes without a pts in one answer: the newest of each kind about each subject are many only after a long time. */
const MAX_SIDE_EVENTS = 1_000

/** The state of the caller's box, and of the events that only bots are told of. */
export async function stateOf(
  { store }: Ground,
  { state }: Caller,
): Promise<BoxState & { readonly qts?: number }> {
  const userId = requireUserId(state)
  return await store.look(function* () {
    return { ...(yield* boxState(userId)), ...(isBot(state) && { qts: yield* findQts(userId) }) }
  })
}

function isBot(state: Caller['state']): boolean {
  return state.at === 'authorized' && state.isBot
}

/**
 * The events that a client has missed since a state, with the state of the box at the same moment. A client whose next
 * events are in the log no more is led to those that are.
 *
 * @throws {RpcError} PERSISTENT_TIMESTAMP_EMPTY, PERSISTENT_TIMESTAMP_INVALID, DATE_EMPTY
 */
export async function differenceSince(
  { store, settings }: Ground,
  { state }: Caller,
  since: Since,
): Promise<Difference> {
  const { pts, qts = 0, dateS, limit, totalLimit } = since
  if (pts === 0) throw refusal('PERSISTENT_TIMESTAMP_EMPTY')
  if (pts < 0) throw refusal('PERSISTENT_TIMESTAMP_INVALID')
  if (dateS === 0) throw refusal('DATE_EMPTY')
  const atOnce = Math.min(settings.maxDifference, Math.max(1, limit ?? settings.maxDifference))
  const userId = requireUserId(state)
  const { slice, now, sideEvents, bot } = await store.look(function* () {
    return {
      slice: yield* eventsAfter(store.secret, userId, pts, atOnce),
      now: yield* boxState(userId),
      sideEvents: yield* sideEventsSince(userId, dateS - LATE_S, MAX_SIDE_EVENTS),
      bot: isBot(state) ? yield* botSlice(userId, since, settings.maxDifference) : undefined,
    }
  })
  if (pts > now.pts || (bot !== undefined && qts > bot.qts)) throw refusal('PERSISTENT_TIMESTAMP_INVALID')
  const mayBegin = totalLimit !== undefined
  if (mayBegin && now.pts - pts > totalLimit) return { kind: 'tooLong', ...now }
  if (slice.kind === 'events')
    return { ...slice, ...now, events: told(slice.events, atOnce), sideEvents, ...(bot && { bot }) }
  if (mayBegin || settings.trimmedDifference === 'tooLong') return { kind: 'tooLong', ...now }
  const upToPts = slice.keptAfterPts
  return {
    kind: 'events',
    ...now,
    events: [],
    sideEvents: upToPts === now.pts ? sideEvents : [],
    upToPts,
    ...(bot && { bot }),
  }
}

/** Clients that repair a single pts ask for no events of the bot, and clients that know no qts for none of before. */
function* botSlice(botId: bigint, { qts = 0, qtsLimit }: Since, most: number): Decision<BotLogSlice> {
  if (qts >= FIRST_QTS && qtsLimit !== 0) {
    return yield* botEventsAfter(botId, qts, Math.min(most, Math.max(1, qtsLimit ?? most)))
  }
  const now = yield* findQts(botId)
  return { events: [], upToQts: qts >= FIRST_QTS ? Math.min(qts, now) : now, qts: now }
}

/** A client that asks for a single event gets one, also if the message it was about is gone. */
function told(events: readonly BoxEvent[], atOnce: number): BoxEvent[] {
  if (atOnce === 1) return [...events]
  return mergeEvents(events.filter((event) => !('standsIn' in event)))
}
