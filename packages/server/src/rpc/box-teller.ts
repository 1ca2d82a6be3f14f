import { type BoxNews, boxPush, updatesOf } from '../api/index.ts'
import type { OnKeys } from '../rules/accounts/key-records.ts'
import { findKey } from '../rules/accounts/keys.ts'
import { type BoxEnds, eventsAfter } from '../rules/messages/decide-box-log.ts'
import { sideEventsAfter } from '../rules/messages/decide-side-log.ts'
import { mergeEvents } from '../rules/messages/event-rows.ts'
import type { BoxEvent, LoggedSideEvent, LogSlice, Place } from '../rules/messages/words.ts'
import { type ActiveSessions, isSame } from './active-sessions.ts'
import { FreshEvents } from './fresh-events.ts'
import type { LayerCodecs } from './layer-codecs.ts'
import type { PushGate } from './push-gate.ts'
import { type Outlet, pushWritten, type Written, writeUpdates } from './push-writer.ts'
import type { Send, SendOrder } from './send-order.ts'

const EVENTS_AT_ONCE = 100
/** A text has up to 16 KiB. */
const EVENTS_OF_UPDATE = 20

/** The ends of the logs, as far as the sessions of an account were told. */
interface Told {
  pts: number
  /** Undefined before anything without a pts was heard of. */
  sideSeq: number | undefined
}

/** The ends of a box's logs, as a nudge says. */
export interface BoxNudge {
  readonly boxId: bigint
  readonly pts: number
  /** The last events, which are new. */
  readonly ptsCount: number
  /** Undefined: nothing without a pts is new. */
  readonly sideSeq?: number | undefined
  /** The new events, if they are known. */
  readonly fresh?: readonly BoxEvent[] | undefined
}

/** Parts that a teller works with. */
export interface TellerParts {
  readonly on: OnKeys
  readonly codecs: LayerCodecs
  readonly sessions: ActiveSessions
  readonly order: SendOrder
  readonly gate: PushGate
}

/** Sessions that are told of a box: those of these keys, which are signed in to its account. */
interface Listeners {
  readonly boxId: bigint
  readonly keys: readonly bigint[]
  readonly outlet: Outlet
}

/** A part of the logs of a box. */
interface LogNews {
  readonly slice: LogSlice
  readonly sideEvents: readonly LoggedSideEvent[]
}

/** Neighbours in a log that the same key of this node has caused, or none of them. */
interface Run<T> {
  readonly causedBy: bigint | undefined
  readonly events: T[]
}

/** Tells the sessions of this node of what happens in the boxes of their accounts, in the order of the logs. */
export class BoxTeller {
  readonly #parts: TellerParts
  /** Only of accounts with keys here. */
  readonly #told = new Map<bigint, Told>()
  readonly #fresh = new FreshEvents()

  constructor(parts: TellerParts) {
    this.#parts = parts
  }

  /** The boxes of which it is known how far they were told. */
  get boxIds(): bigint[] {
    return [...this.#told.keys()]
  }

  knows(boxId: bigint): boolean {
    return this.#told.has(boxId)
  }

  /** Tells whether a box goes further than was told. */
  isBehind(boxId: bigint, { pts, sideSeq }: BoxEnds): boolean {
    const told = this.#told.get(boxId)
    return told !== undefined && (told.pts < pts || (told.sideSeq ?? 0) < sideSeq)
  }

  /** Tells whether everything that was heard of a box is told. */
  isTold(boxId: bigint, { pts, sideSeq }: BoxEnds): boolean {
    const told = this.#told.get(boxId)
    return told === undefined || (told.pts >= pts && (told.sideSeq ?? sideSeq) >= sideSeq)
  }

  /** Notes the news of a box of which nothing is known: all from there on is told, also if this is not. */
  beginWith(news: BoxNudge): void {
    this.#fresh.add(news)
    if (!this.#told.has(news.boxId)) this.#told.set(news.boxId, beginOf(news))
  }

  /** Notes how far a box goes: what comes later is told. */
  begin(boxId: bigint, { pts, sideSeq }: BoxEnds): void {
    if (!this.#told.has(boxId)) this.#told.set(boxId, { pts, sideSeq })
  }

  forget(boxId: bigint): void {
    this.#fresh.forget(boxId, Number.POSITIVE_INFINITY)
    this.#told.delete(boxId)
  }

  forgetAll(): void {
    this.#fresh.clear()
    this.#told.clear()
  }

  /**
   * Tells of what is new in a box. Calls about one box come one after the other.
   *
   * @throws what kept a layer from carrying it; the sessions of other layers were told
   */
  async tell(
    { boxId, pts, ptsCount, sideSeq = 0 }: BoxNudge,
    outlet: Outlet,
    isOver: () => boolean,
  ): Promise<void> {
    const told = this.#told.get(boxId) ?? beginOf({ pts, ptsCount })
    if (sideSeq > 0) told.sideSeq ??= sideSeq - 1
    const failures: unknown[] = []
    while ((told.pts < pts || (told.sideSeq ?? 0) < sideSeq) && !isOver()) {
      const before = { ...told }
      const hasSide = (told.sideSeq ?? 0) < sideSeq
      const fresh = hasSide ? [] : this.#fresh.after(boxId, told.pts)
      const news = fresh.length > 0 ? freshNews(fresh) : await this.#read(boxId, told, sideSeq)
      failures.push(...(await this.#tellNews(boxId, told, { ...news, sideSeq }, outlet)))
      if (this.#parts.sessions.hasUser(boxId)) this.#told.set(boxId, told)
      if (told.pts <= before.pts && told.sideSeq === before.sideSeq) break
    }
    this.#fresh.forget(boxId, told.pts)
    if (failures.length > 0) throw failures[0]
  }

  async #read(boxId: bigint, { pts, sideSeq: sideSince = 0 }: Told, sideSeq: number): Promise<LogNews> {
    const { store } = this.#parts.on
    return await store.look(function* () {
      return {
        slice: yield* eventsAfter(store.secret, boxId, pts, EVENTS_AT_ONCE),
        sideEvents: sideSeq > sideSince ? yield* sideEventsAfter(boxId, sideSince, EVENTS_AT_ONCE) : [],
      }
    })
  }

  /** @returns failures of layers */
  async #tellNews(
    boxId: bigint,
    told: Told,
    { slice, sideEvents, sideSeq }: LogNews & { readonly sideSeq: number },
    outlet: Outlet,
  ): Promise<unknown[]> {
    const { on, sessions, order } = this.#parts
    const keys = await signedInKeys(on, boxId, sessions.keysHere(boxId))
    const listeners = { boxId, keys, outlet }
    const failures = await this.#tellLog(listeners, slice)
    told.pts = slice.kind === 'trimmed' ? slice.pts : slice.upToPts
    order.told(boxId, told.pts)
    for (const { causedBy, events } of runsOf(sideEvents, listeners.keys)) {
      failures.push(await this.#tellOthers(listeners, causedBy, { events: [], sideEvents: events }))
    }
    const isWhole = sideEvents.length < EVENTS_AT_ONCE
    if (sideSeq > 0)
      told.sideSeq = Math.max(told.sideSeq ?? 0, sideEvents.at(-1)?.seq ?? 0, isWhole ? sideSeq : 0)
    return failures.filter((failure) => failure !== undefined)
  }

  async #tellLog(listeners: Listeners, slice: LogSlice): Promise<unknown[]> {
    if (slice.kind === 'trimmed') return [await this.#tellTooLong(listeners)]
    const failures: unknown[] = []
    for (const { causedBy, events } of runsOf(slice.events, listeners.keys)) {
      const news = { events: mergeEvents(events), sideEvents: [] }
      failures.push(await this.#tellOthers(listeners, causedBy, news))
      if (causedBy !== undefined) this.#expectAnswers(listeners, causedBy, events)
    }
    return failures
  }

  async #tellTooLong({ boxId, keys, outlet }: Listeners): Promise<unknown> {
    const { codecs, order, sessions } = this.#parts
    const subscribers = keys.flatMap((authKeyId) => sessions.of(authKeyId))
    const written = await writeUpdates(codecs, updatesOf({ kind: 'tooLong' }, outlet.nowS()), subscribers)
    for (const authKeyId of keys) order.push(authKeyId, this.#sending(boxId, authKeyId, written, outlet))
    return written.failure
  }

  /** Tells everybody but the key that caused it: the answer to its call has it. */
  async #tellOthers(
    { boxId, keys, outlet }: Listeners,
    causedBy: bigint | undefined,
    news: BoxNews,
  ): Promise<unknown> {
    const { codecs, order, sessions } = this.#parts
    const others = keys.filter((authKeyId) => authKeyId !== causedBy)
    if (others.length === 0) return undefined
    const updates = await boxPush(news, this.#viewer(boxId, outlet))
    const subscribers = others.flatMap((authKeyId) => sessions.of(authKeyId))
    const written = await writeUpdates(codecs, updates, subscribers)
    for (const authKeyId of others) order.push(authKeyId, this.#sending(boxId, authKeyId, written, outlet))
    return written.failure
  }

  /** Answers to calls of this key have these events. Its other sessions are told, and all of them where no answer comes. */
  #expectAnswers({ boxId, outlet }: Listeners, causedBy: bigint, events: readonly BoxEvent[]): void {
    const { codecs, order, sessions, gate } = this.#parts
    const subscribers = sessions.of(causedBy)
    for (const event of events) {
      order.expect(causedBy, { boxId, pts: event.pts }, (except) => {
        const others = subscribers.filter(({ session }) => except === undefined || !isSame(session, except))
        if (others.length === 0) return undefined
        return boxPush({ events: [event], sideEvents: [] }, this.#viewer(boxId, outlet))
          .then((updates) => writeUpdates(codecs, updates, others))
          .then((written) => pushWritten({ written, subscribers: others, userId: boxId }, gate, outlet))
      })
    }
  }

  #sending(userId: bigint, authKeyId: bigint, written: Written, outlet: Outlet): Send {
    const subscribers = this.#parts.sessions.of(authKeyId)
    return (except) => pushWritten({ written, subscribers, userId, except }, this.#parts.gate, outlet)
  }

  #viewer(viewerId: bigint, { nowS }: Outlet) {
    return { on: this.#parts.on, viewerId, nowS: nowS() }
  }
}

/** The state of sessions that lack nothing but this. */
function beginOf({ pts, ptsCount }: Place): Told {
  return { pts: pts - ptsCount, sideSeq: undefined }
}

function freshNews(events: readonly BoxEvent[]): LogNews {
  const pts = events.at(-1)?.pts ?? 0
  return { slice: { kind: 'events', events, upToPts: pts, pts }, sideEvents: [] }
}

/** Those of these keys that are signed in to an account. */
export async function signedInKeys(
  on: OnKeys,
  userId: bigint,
  authKeyIds: readonly bigint[],
): Promise<bigint[]> {
  const records = await Promise.all(authKeyIds.map((authKeyId) => findKey(on, authKeyId)))
  return records.flatMap((record) => {
    const state = record?.state
    const isTheirs = state?.at === 'authorized' && state.userId === userId && state.isImported !== true
    return record !== undefined && isTheirs ? record.authKeyId : []
  })
}

function runsOf<T extends { readonly causedBy?: bigint }>(
  events: readonly T[],
  keys: readonly bigint[],
): Run<T>[] {
  const runs: Run<T>[] = []
  for (const event of events) {
    const causedBy = keys.find((authKeyId) => authKeyId === event.causedBy)
    const last = runs.at(-1)
    const fits = last !== undefined && last.causedBy === causedBy && last.events.length < EVENTS_OF_UPDATE
    if (fits) last.events.push(event)
    else runs.push({ causedBy, events: [event] })
  }
  return runs
}
