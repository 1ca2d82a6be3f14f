import type { Update, updates } from '@cablegram/tl/api'
import { Repair } from './repair.ts'
import { type Numbered, Sequence, standingOf } from './sequence.ts'
import type { Shared } from './shared.ts'
import type { BoxCursor, Failure } from './words.ts'

/** The date that asks for no changes without a number. */
const NO_SIDE_CHANGES_S = 2 ** 31 - 1
/** Events to ask for after an answer that cannot be read, then a quarter of them, down to one. */
const FIRST_SMALL_LIMIT = 64
/** Single events in a row that cannot be read, before the machine begins anew. */
const MAX_SKIPPED = 100
const MAX_STANDSTILLS = 3
const MAX_REFUSALS = 5

/**
 * The way to ask past something that cannot be read. `quiet` leaves out everything but the events of the box; `small` asks
 * for few of them at a time, to find the one to skip.
 */
type Reading =
  | { readonly at: 'all' }
  | { readonly at: 'quiet' }
  | { readonly at: 'small'; readonly limit: number; readonly skipped: number }
  /** The box is read to its end: if the rest cannot be read either, it is skipped up to this state. */
  | { readonly at: 'rest'; readonly end: updates.State | undefined }

/** The counters of the account: those of its box (pts), and of secret chats and bots (qts). */
export class Box {
  readonly #shared: Shared
  readonly pts: Sequence
  readonly qts: Sequence
  readonly repair: Repair = new Repair()
  /** The number of the last packet that was counted; 0: not known. */
  seq = 0
  #reading: Reading = { at: 'all' }
  /** The next request asks for the state, and begins anew there. */
  #wantsState = false
  /** Times in a row that the machine began anew, without a difference between. */
  #beginnings = 0
  /** No state is known yet: events that came since the beginning are new. */
  #isFirst: boolean

  constructor(shared: Shared, cursor: BoxCursor | undefined) {
    this.#shared = shared
    const { maxHeld } = shared.limits
    this.pts = new Sequence(cursor?.pts, maxHeld)
    this.qts = new Sequence(cursor?.qts, maxHeld)
    this.#isFirst = cursor === undefined
    this.#wantsState = cursor === undefined
    if (cursor) shared.dateS = cursor.dateS
  }

  /** The state up to which everything is confirmed; undefined: none is known. */
  saved(): BoxCursor | undefined {
    if (this.pts.at === undefined) return undefined
    const { ledger, dateS } = this.#shared
    return {
      pts: ledger.savedOf('box', this.pts.at),
      qts: ledger.savedOf('qts', this.qts.at ?? 0),
      dateS: ledger.savedDateS(dateS),
    }
  }

  offer(space: 'box' | 'qts', item: Numbered, nowMs: number): void {
    const sequence = space === 'box' ? this.pts : this.qts
    sequence.rememberOwn(item)
    if (this.#shared.isFull && item.event !== undefined) {
      this.repair.mustAsk(nowMs)
      return
    }
    const { at } = sequence
    if (this.repair.isAsking || at === undefined) {
      if (!sequence.hold(item)) this.repair.mustAsk(nowMs)
      return
    }
    const standing = standingOf(at, item)
    if (standing === 'ahead' && !sequence.hold(item)) this.repair.mustAsk(nowMs)
    if (standing === 'overlap') this.repair.mustAsk(nowMs)
    if (standing === 'next') this.#take(space, sequence, item)
    this.settle(nowMs)
  }

  ask(): void {
    this.repair.onAsked()
    if (this.#wantsState || this.pts.at === undefined) {
      this.#shared.ask({ of: 'state' })
      return
    }
    const isWhole = this.#reading.at === 'all' || this.#reading.at === 'rest'
    this.#shared.ask({
      of: 'difference',
      pts: this.pts.at,
      qts: isWhole ? (this.qts.at ?? 0) : 0,
      dateS: isWhole ? this.#shared.dateS : NO_SIDE_CHANGES_S,
      ptsLimit: this.#reading.at === 'small' ? this.#reading.limit : undefined,
      qtsLimit: isWhole ? undefined : 0,
    })
  }

  /** Begins at the server's present state. */
  onState({ pts, qts, date, seq }: updates.State, nowMs: number): void {
    this.repair.onAnswered()
    this.#wantsState = false
    this.#reading = { at: 'all' }
    this.pts.at = this.#isFirst ? Math.min(pts, this.pts.firstHeldBefore ?? pts) : pts
    this.qts.at = this.#isFirst ? Math.min(qts, this.qts.firstHeldBefore ?? qts) : qts
    this.#isFirst = false
    this.seq = seq
    this.#shared.dateS = date
    this.settle(nowMs)
  }

  /** Takes the answer's numbers; its events are to be told before. */
  onDifference(difference: updates.Difference, nowMs: number): void {
    this.repair.onAnswered()
    this.#beginnings = 0
    switch (difference._) {
      case 'updates.differenceEmpty':
        this.seq = difference.seq
        if (this.#reading.at === 'all' || this.#reading.at === 'rest') this.#shared.dateS = difference.date
        this.#onEnd(undefined, nowMs)
        break
      case 'updates.difference':
        this.#move(difference.state)
        this.#onEnd(difference.state, nowMs)
        break
      case 'updates.differenceSlice':
        this.#onSlice(difference.intermediateState, nowMs)
        break
      case 'updates.differenceTooLong':
        this.#shared.lose('tooLong')
        this.#onSlice({ ...this.#present(), pts: difference.pts }, nowMs)
        break
    }
    this.#shared.changed.add('box')
    this.#shared.changed.add('qts')
  }

  /** @returns the time that it waits, if it does */
  onFailed(failure: Failure, nowMs: number): number | undefined {
    const { repair } = this
    // There is nothing else to begin with.
    const isOfState = this.#wantsState || this.pts.at === undefined
    switch (failure.kind) {
      case 'wait':
        return repair.onFailed(nowMs, failure.waitS * 1_000)
      case 'later':
        return repair.onFailed(nowMs)
      case 'refused':
      case 'noAccess':
        if (repair.failures >= MAX_REFUSALS && !isOfState) this.#beginAnew('refused', nowMs)
        return repair.onFailed(nowMs)
      case 'stateInvalid':
        if (isOfState) return repair.onFailed(nowMs)
        repair.onAnswered()
        return this.#beginAnew('stateInvalid', nowMs)
      case 'unreadable':
        if (isOfState) return repair.onFailed(nowMs)
        repair.onAnswered()
        return this.#onUnreadable(nowMs)
      case 'ended':
        repair.onAnswered()
        return undefined
    }
  }

  /** Tells what waited for events that are there now. */
  settle(nowMs: number): void {
    this.#drain('box', this.pts, nowMs)
    this.#drain('qts', this.qts, nowMs)
    if (this.pts.hasHeld || this.qts.hasHeld) this.repair.onGap(nowMs + this.#shared.limits.gapMs)
    else this.repair.onClosed()
  }

  /** Tells an event of a difference, whatever number it has there. */
  tellMissed(
    updates: readonly Update[],
    peers: Parameters<Shared['tellAll']>[1],
    space: 'box' | 'qts',
  ): void {
    const sequence = space === 'box' ? this.pts : this.qts
    this.#shared.tellAll(updates, peers, space, sequence, sequence.at ?? 0)
  }

  #present(): updates.State {
    const { at: pts = 0 } = this.pts
    return {
      _: 'updates.state',
      pts,
      qts: this.qts.at ?? 0,
      date: this.#shared.dateS,
      seq: this.seq,
      unreadCount: 0,
    }
  }

  #move(state: updates.State): void {
    this.pts.at = state.pts
    if (this.#reading.at === 'quiet' || this.#reading.at === 'small') return
    this.qts.at = state.qts
    this.seq = state.seq
    this.#shared.dateS = state.date
  }

  #onSlice(state: updates.State, nowMs: number): void {
    const before = this.#present()
    this.#move(state)
    const isMoved = state.pts !== before.pts || state.qts !== before.qts
    this.repair.standstills = isMoved ? 0 : this.repair.standstills + 1
    if (this.repair.standstills >= MAX_STANDSTILLS) {
      this.repair.standstills = 0
      this.#beginAnew('refused', nowMs)
      return
    }
    if (isMoved) this.#readOn()
    this.repair.mustAsk(nowMs)
  }

  /** The server has no more events of the box. */
  #onEnd(state: updates.State | undefined, nowMs: number): void {
    this.repair.standstills = 0
    if (this.#reading.at === 'quiet' || this.#reading.at === 'small') {
      this.#reading = { at: 'rest', end: state }
      this.repair.mustAsk(nowMs)
      return
    }
    this.#reading = { at: 'all' }
    this.settle(nowMs)
    if (!this.repair.isFruitless(this.pts.hasHeld || this.qts.hasHeld)) return
    this.#shared.lose('unexplained')
    this.pts.skipGap()
    this.qts.skipGap()
    this.settle(nowMs)
  }

  /** After an answer that could be read, more events may be asked for. */
  #readOn(): void {
    if (this.#reading.at !== 'small') return
    const limit = this.#reading.limit * 4
    this.#reading = limit > FIRST_SMALL_LIMIT ? { at: 'quiet' } : { ...this.#reading, limit }
  }

  /** @returns the time that it waits, if it does */
  #onUnreadable(nowMs: number): number | undefined {
    const reading = this.#reading
    this.repair.mustAsk(nowMs)
    switch (reading.at) {
      case 'all':
        this.#reading = { at: 'quiet' }
        break
      case 'quiet':
        this.#reading = { at: 'small', limit: FIRST_SMALL_LIMIT, skipped: 0 }
        break
      case 'small':
        if (reading.limit > 1) this.#reading = { ...reading, limit: Math.floor(reading.limit / 4) }
        else return this.#skip(reading.skipped, nowMs)
        break
      case 'rest':
        return this.#skipRest(reading.end, nowMs)
    }
    return undefined
  }

  /** The next event cannot be read: it alone is lost. */
  #skip(skipped: number, nowMs: number): number | undefined {
    if (skipped >= MAX_SKIPPED) return this.#beginAnew('unreadable', nowMs)
    this.#shared.lose('unreadable')
    this.#reading = { at: 'small', limit: 1, skipped: skipped + 1 }
    this.pts.at = (this.pts.at ?? 0) + 1
    this.#shared.changed.add('box')
    return undefined
  }

  /** Everything but the box's own events is lost since the last date. */
  #skipRest(end: updates.State | undefined, nowMs: number): number | undefined {
    if (end === undefined) return this.#beginAnew('unreadable', nowMs)
    this.#shared.lose('unreadable')
    this.#reading = { at: 'all' }
    this.#move(end)
    this.#shared.changed.add('box')
    this.#shared.changed.add('qts')
    return undefined
  }

  /** A second time without a difference between, it pauses before. @returns the time that it waits, if it does */
  #beginAnew(reason: 'unreadable' | 'stateInvalid' | 'refused', nowMs: number): number | undefined {
    this.#shared.lose(reason)
    this.#wantsState = true
    this.#reading = { at: 'all' }
    this.#beginnings += 1
    this.repair.mustAsk(nowMs)
    if (this.#beginnings === 1) return undefined
    this.repair.failures = this.#beginnings - 2
    return this.repair.onFailed(nowMs)
  }

  #drain(space: 'box' | 'qts', sequence: Sequence, nowMs: number): void {
    for (let ready = sequence.take(); ready; ready = sequence.take()) {
      if (ready.standing === 'next') this.#take(space, sequence, ready.item)
      if (ready.standing === 'overlap') this.repair.mustAsk(nowMs)
    }
    sequence.forgetOwn()
    this.#shared.changed.add(space)
  }

  #take(space: 'box' | 'qts', sequence: Sequence, { event, pts, count }: Numbered): void {
    if (event !== undefined) this.#shared.tell(sequence.owned(event), space, sequence.at ?? pts)
    if (count > 0) sequence.at = pts
  }
}
