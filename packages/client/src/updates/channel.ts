import type { Message, Update, updates } from '@cablegram/tl/api'
import { Repair } from './repair.ts'
import { type Numbered, Sequence, standingOf } from './sequence.ts'
import type { Shared } from './shared.ts'
import type { ChannelCursor, Failure } from './words.ts'

/** The first pts of a channel: asked with it, the server tells the newest messages. */
const FIRST_PTS = 1
/** Requests without progress after which the machine takes what comes next for the beginning. */
const MAX_STANDSTILLS = 3
/** Refusals after which the machine gives a gap up. */
const MAX_REFUSALS = 5

/** The counter of one channel. */
export class Channel {
  readonly #id: bigint
  readonly #shared: Shared
  readonly #sequence: Sequence
  readonly repair: Repair = new Repair()
  /** The highest id of a message that was told. */
  #topId: number
  /** The same for messages that were confirmed. */
  #confirmedTopId: number
  /** The counter was not known: of what a difference brings, only messages since then are new. */
  #sinceS: number | undefined
  /** The events to ask for at once, where the usual number cannot be read. */
  #limit: number | undefined
  /** Events were dropped that a difference has to bring. */
  #isBehind: boolean

  constructor(id: bigint, shared: Shared, cursor?: ChannelCursor) {
    this.#id = id
    this.#shared = shared
    this.#sequence = new Sequence(cursor?.pts, shared.limits.maxHeld)
    this.#topId = cursor?.topId ?? 0
    this.#confirmedTopId = this.#topId
    this.#isBehind = cursor?.isBehind ?? false
  }

  /** The state up to which everything is confirmed; undefined: the counter is not known. */
  saved(): ChannelCursor | undefined {
    const { at } = this.#sequence
    if (at === undefined) return undefined
    const pts = this.#shared.ledger.savedOf(this.#id, at)
    if (pts === at) this.#confirmedTopId = this.#topId
    return {
      pts,
      topId: this.#confirmedTopId,
      isBehind: this.#isBehind || pts < at || this.repair.isNeeded,
    }
  }

  get isBehind(): boolean {
    return this.#isBehind
  }

  offer(item: Numbered, nowMs: number): void {
    const { at } = this.#sequence
    this.#sequence.rememberOwn(item)
    if (at === undefined && !this.repair.isNeeded) {
      // A number without an event is no beginning: the events before it may not have been told.
      if (item.count === 0) {
        this.#tell(item, item.pts)
        return
      }
      this.#sequence.at = item.pts - item.count
    }
    if (this.#shared.isFull && item.event !== undefined) {
      this.#fallBehind(nowMs)
      return
    }
    if (this.repair.isAsking || this.#sequence.at === undefined) {
      if (!this.#sequence.hold(item)) this.#fallBehind(nowMs)
      return
    }
    const standing = standingOf(this.#sequence.at, item)
    if (standing === 'ahead' && !this.#sequence.hold(item)) this.#fallBehind(nowMs)
    if (standing === 'overlap') this.#fallBehind(nowMs)
    if (standing === 'next') this.#take(item)
    this.#settle(nowMs)
  }

  /** The server says that there is more, up to a number if it names one. */
  onTooLong(pts: number | undefined, nowMs: number): void {
    const { at } = this.#sequence
    if (at !== undefined && pts !== undefined && pts <= at) return
    this.#fallBehind(nowMs)
  }

  ask(): void {
    this.repair.onAsked()
    const { limits, dateS } = this.#shared
    const limit = this.#limit ?? limits.channelLimit
    const { at } = this.#sequence
    if (at === undefined) this.#sinceS ??= dateS
    this.#shared.ask({ of: 'channel', channelId: this.#id, pts: at ?? FIRST_PTS, limit })
  }

  onDifference(difference: updates.ChannelDifference, nowMs: number): void {
    this.repair.onAnswered()
    this.#limit = undefined
    this.#isBehind = false
    const before = this.#sequence.at ?? FIRST_PTS
    const pts = ptsOf(difference) ?? before
    this.#tellDifference(difference, before, pts)
    this.#sequence.at = Math.max(pts, FIRST_PTS)
    this.#shared.changed.add(this.#id)
    const isMoved = this.#sequence.at > before
    this.repair.standstills = isMoved ? 0 : this.repair.standstills + 1
    const isOver = difference.final === true || difference._ === 'updates.channelDifferenceEmpty'
    if (isOver || this.repair.standstills >= MAX_STANDSTILLS) {
      this.repair.standstills = 0
      this.#sinceS = undefined
      this.#settle(nowMs)
      if (this.repair.isFruitless(this.#sequence.hasHeld)) this.#giveUp('unexplained', nowMs)
    } else this.repair.mustAsk(nowMs)
  }

  /** @returns whether the channel is to be forgotten; otherwise the time that it waits, if it does */
  onFailed(failure: Failure, nowMs: number): 'forget' | number | undefined {
    const { repair } = this
    switch (failure.kind) {
      case 'wait':
        return repair.onFailed(nowMs, failure.waitS * 1_000)
      case 'later':
        return repair.onFailed(nowMs)
      case 'refused': {
        if (repair.failures < MAX_REFUSALS) return repair.onFailed(nowMs)
        return this.#giveUp('refused', nowMs)
      }
      case 'unreadable':
        return this.#onUnreadable(nowMs)
      case 'stateInvalid':
        return this.#giveUp('stateInvalid', nowMs)
      case 'noAccess':
        this.#shared.lose('noAccess', this.#id)
        return 'forget'
      case 'ended':
        repair.onAnswered()
        return undefined
    }
  }

  /** The server has dropped this channel's events, or keeps them for nobody: goes on with what waits, or with what comes. */
  #giveUp(
    reason: 'refused' | 'unreadable' | 'stateInvalid' | 'unexplained',
    nowMs: number,
  ): 'forget' | undefined {
    this.#shared.lose(reason, this.#id)
    this.repair.onAnswered()
    this.#isBehind = false
    this.#limit = undefined
    this.#sinceS = undefined
    this.#sequence.at = this.#sequence.firstHeldBefore
    if (this.#sequence.at === undefined) return 'forget'
    this.#shared.changed.add(this.#id)
    this.#settle(nowMs)
    return undefined
  }

  /** With a limit of 1 the server tells one event, or the newest messages: one of them may be readable. */
  #onUnreadable(nowMs: number): 'forget' | undefined {
    if (this.#limit === 1) return this.#giveUp('unreadable', nowMs)
    this.repair.onAnswered()
    this.#limit = 1
    this.repair.mustAsk(nowMs)
    return undefined
  }

  #tellDifference(difference: updates.ChannelDifference, before: number, pts: number): void {
    if (difference._ === 'updates.channelDifferenceEmpty') return
    const isTooLong = difference._ === 'updates.channelDifferenceTooLong'
    if (isTooLong && this.#sinceS === undefined) this.#shared.lose('tooLong', this.#id)
    const messages = isTooLong ? difference.messages : difference.newMessages
    const told = this.#newOf(messages, isTooLong)
    const news = told.map(
      (message): Update => ({
        _: 'updateNewChannelMessage',
        message,
        pts,
        ptsCount: 0,
      }),
    )
    const others = isTooLong || this.#sinceS !== undefined ? [] : difference.otherUpdates
    for (const { id } of told) this.#topId = Math.max(this.#topId, id)
    this.#shared.tellAll([...news, ...others], difference, this.#id, this.#sequence, before)
  }

  /** The messages that were not told, in their order. */
  #newOf(messages: readonly Message[], isTooLong: boolean): Message[] {
    const sinceS = this.#sinceS
    const ascending = isTooLong ? messages.toSorted((one, other) => one.id - other.id) : messages
    return ascending.filter((message) => {
      if (message._ === 'messageEmpty') return false
      if (sinceS !== undefined) return message.date >= sinceS
      return !isTooLong || (this.#topId > 0 && message.id > this.#topId)
    })
  }

  #fallBehind(nowMs: number): void {
    this.#isBehind = true
    this.#shared.changed.add(this.#id)
    this.repair.mustAsk(nowMs)
  }

  #settle(nowMs: number): void {
    for (let ready = this.#sequence.take(); ready; ready = this.#sequence.take()) {
      if (ready.standing === 'next') this.#take(ready.item)
      if (ready.standing === 'overlap') this.#fallBehind(nowMs)
    }
    this.#sequence.forgetOwn()
    if (this.#sequence.hasHeld) this.repair.onGap(nowMs + this.#shared.limits.gapMs)
    else this.repair.onClosed()
    this.#shared.changed.add(this.#id)
  }

  #take(item: Numbered): void {
    const before = this.#sequence.at ?? item.pts
    this.#tell(item, before)
    if (item.count > 0) this.#sequence.at = item.pts
  }

  #tell({ event }: Numbered, before: number): void {
    if (event === undefined) return
    if (event.update._ === 'updateNewChannelMessage') {
      this.#topId = Math.max(this.#topId, event.update.message.id)
    }
    this.#shared.tell(this.#sequence.owned(event), this.#id, before)
  }
}

function ptsOf(difference: updates.ChannelDifference): number | undefined {
  if (difference._ !== 'updates.channelDifferenceTooLong') return difference.pts
  return 'pts' in difference.dialog ? difference.dialog.pts : undefined
}
