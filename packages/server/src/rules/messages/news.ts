import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { type BoxEnds, eventsAfter, findEnds } from './decide-box-log.ts'
import { findMessages } from './decide-history.ts'
import { messageOfPoll } from './decide-polls.ts'
import { sideEventsAfter } from './decide-side-log.ts'
import type { BoxEvent, LoggedSideEvent, Message } from './words.ts'

/** A part of the two logs of a box, and the ends of that part. */
export interface LogPart {
  readonly events: readonly BoxEvent[]
  readonly sideEvents: readonly LoggedSideEvent[]
  readonly upTo: BoxEnds
  /** The logs go no further at the moment. */
  readonly isLast: boolean
}

const AT_ONCE = 100
const NOWHERE: BoxEnds = { pts: 0, sideSeq: 0 }

/** The ends of the caller's logs. */
export async function endsOf({ store }: Ground, { state }: Caller): Promise<BoxEnds> {
  const userId = requireUserId(state)
  return (await store.look(() => findEnds([userId]))).get(userId) ?? NOWHERE
}

/** The caller's events after a place in both logs. Those that the log has no more are passed over. */
export async function newsAfter({ store }: Ground, { state }: Caller, after: BoxEnds): Promise<LogPart> {
  const userId = requireUserId(state)
  return await store.look(function* () {
    const { pts, sideSeq } = (yield* findEnds([userId])).get(userId) ?? NOWHERE
    const slice = yield* eventsAfter(store.secret, userId, after.pts, AT_ONCE)
    const sideEvents = sideSeq > after.sideSeq ? yield* sideEventsAfter(userId, after.sideSeq, AT_ONCE) : []
    const isWhole = sideEvents.length < AT_ONCE
    const upTo = {
      pts: slice.kind === 'events' ? slice.upToPts : slice.keptAfterPts,
      sideSeq: isWhole ? Math.max(sideSeq, after.sideSeq) : (sideEvents.at(-1)?.seq ?? after.sideSeq),
    }
    const events = slice.kind === 'events' ? slice.events : []
    return { events, sideEvents, upTo, isLast: isWhole && upTo.pts >= pts }
  })
}

/** The caller's message that a change without a pts is about: reactions to it, or votes in its poll. */
export async function messageOfNews(
  { store }: Ground,
  { state }: Caller,
  { kind, subject }: LoggedSideEvent,
): Promise<Message | undefined> {
  const userId = requireUserId(state)
  return await store.look(function* () {
    const id = kind === 'poll' ? yield* messageOfPoll(userId, subject) : Number(subject)
    return id === undefined ? undefined : (yield* findMessages(store.secret, userId, [id]))[0]
  })
}
