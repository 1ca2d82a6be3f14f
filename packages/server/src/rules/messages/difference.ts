import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
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
      }
    /** The client has to begin anew. */
    | { readonly kind: 'tooLong' }
  )

/** Changes without a pts in one answer: the newest of each kind about each subject are many only after a long time. */
const MAX_SIDE_EVENTS = 1_000

/** The state of the caller's box. */
export async function stateOf({ store }: Ground, { state }: Caller): Promise<BoxState> {
  const userId = requireUserId(state)
  return await store.look(() => boxState(userId))
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
  { pts, dateS, limit, totalLimit }: Since,
): Promise<Difference> {
  if (pts === 0) throw refusal('PERSISTENT_TIMESTAMP_EMPTY')
  if (pts < 0) throw refusal('PERSISTENT_TIMESTAMP_INVALID')
  if (dateS === 0) throw refusal('DATE_EMPTY')
  const atOnce = Math.min(settings.maxDifference, Math.max(1, limit ?? settings.maxDifference))
  const userId = requireUserId(state)
  const { slice, now, sideEvents } = await store.look(function* () {
    return {
      slice: yield* eventsAfter(store.secret, userId, pts, atOnce),
      now: yield* boxState(userId),
      sideEvents: yield* sideEventsSince(userId, dateS, MAX_SIDE_EVENTS),
    }
  })
  if (pts > now.pts) throw refusal('PERSISTENT_TIMESTAMP_INVALID')
  const mayBegin = totalLimit !== undefined
  if (mayBegin && now.pts - pts > totalLimit) return { kind: 'tooLong', ...now }
  if (slice.kind === 'events') return { ...slice, ...now, events: told(slice.events, atOnce), sideEvents }
  if (mayBegin || settings.trimmedDifference === 'tooLong') return { kind: 'tooLong', ...now }
  const upToPts = slice.keptAfterPts
  return { kind: 'events', ...now, events: [], sideEvents: upToPts === now.pts ? sideEvents : [], upToPts }
}

/** A client that asks for a single event gets one, also if the message it was about is gone. */
function told(events: readonly BoxEvent[], atOnce: number): BoxEvent[] {
  if (atOnce === 1) return [...events]
  return mergeEvents(events.filter((event) => !('standsIn' in event)))
}
