import type { Peer, Update, Updates, updates } from '@cablegram/tl/api'
import { Box } from './box.ts'
import { Channel } from './channel.ts'
import { type Opened, openContainer } from './container.ts'
import { Ledger } from './ledger.ts'
import { DEFAULT_LIMITS, type UpdatesLimits } from './limits.ts'
import { placeOf } from './place-of.ts'
import type { Numbered } from './sequence.ts'
import { Shared } from './shared.ts'
import type {
  Ask,
  ChannelCursor,
  Cursor,
  Failure,
  Health,
  Place,
  UpdateEvent,
  UpdatesInput,
  UpdatesOutput,
} from './words.ts'

/** Parts of the machine. */
export interface UpdatesMachineOptions {
  /** The user who is signed in. */
  readonly userId: bigint
  /** Whether the client knows all these peers: the short forms of messages do not describe them. */
  readonly knows: (peers: readonly Peer[]) => boolean
  readonly limits?: Partial<UpdatesLimits>
}

/** An update that waits for the difference, with its place. */
interface Waiting {
  readonly event: UpdateEvent
  readonly place: Place
  readonly dateS: number
}

/** An update of a difference that counts by itself. */
type Later = Omit<Waiting, 'dateS'>

/** A packet with a number that waits for those before it. */
interface WaitingPacket {
  readonly seqStart: number
  readonly seq: number
  readonly events: readonly UpdateEvent[]
}

/**
 * The order of updates: it notices those that are missing, doubled or out of order, asks for the missing ones, and tells
 * each once. It reads no clock and no socket; its outputs say what is to be done (ADR 0047).
 */
export class UpdatesMachine {
  readonly #options: UpdatesMachineOptions
  readonly #limits: UpdatesLimits
  readonly #shared: Shared
  #box: Box | undefined
  /** The channels, those that were silent for longest first. */
  readonly #channels = new Map<bigint, Channel>()
  /** Channels that have something to ask for, or have asked. */
  readonly #restless = new Set<bigint>()
  #channelAsks = 0
  #channelsBlockedUntilMs = 0
  /** Updates without a number, and those of unknown channels, that wait for the difference of the box. */
  #waiting: Waiting[] = []
  #packets: WaitingPacket[] = []
  #idleAtMs: number | undefined
  #hasEnded = false
  #health: Health['kind'] | undefined

  constructor(options: UpdatesMachineOptions) {
    this.#options = options
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#shared = new Shared(this.#limits, new Ledger())
  }

  /** When to step with `wake` at the latest; undefined: nothing waits for time. */
  get wakeAtMs(): number | undefined {
    const box = this.#box
    if (box === undefined || this.#hasEnded) return undefined
    // Confirmations wake it.
    if (this.#shared.isFull) return undefined
    const never = Number.POSITIVE_INFINITY
    const idleAtMs = box.repair.isAsking ? never : (this.#idleAtMs ?? never)
    let wakeAtMs = Math.min(box.repair.atMs ?? never, idleAtMs)
    if (this.#channelAsks < this.#limits.maxChannelAsks) {
      for (const id of this.#restless) {
        const atMs = this.#channels.get(id)?.repair.atMs ?? never
        wakeAtMs = Math.min(wakeAtMs, Math.max(atMs, this.#channelsBlockedUntilMs))
      }
    }
    return wakeAtMs === never ? undefined : wakeAtMs
  }

  /** The entries that it keeps, by table. */
  get tableSizes(): Record<string, number> {
    return {
      unconfirmed: this.#shared.ledger.size,
      channels: this.#channels.size,
      waiting: this.#waiting.length + this.#packets.length,
    }
  }

  step(input: UpdatesInput, nowMs: number): UpdatesOutput[] {
    if (this.#hasEnded) return []
    this.#shared.out = []
    if (input.kind === 'begin') this.#begin(input.cursor, nowMs)
    else if (this.#box) this.#onInput(this.#box, input, nowMs)
    if (this.#box && !this.#hasEnded) {
      this.#proceed(this.#box, nowMs)
      this.#sayHealth(this.#box)
      this.#save(this.#box)
    }
    return this.#shared.out
  }

  #begin(cursor: Cursor | undefined, nowMs: number): void {
    this.#box = new Box(this.#shared, cursor?.box)
    this.#box.repair.mustAsk(nowMs)
    this.#heard(nowMs)
    for (const [id, saved] of cursor?.channels ?? []) {
      const channel = new Channel(id, this.#shared, saved)
      this.#channels.set(id, channel)
      if (!saved.isBehind) continue
      channel.repair.mustAsk(nowMs)
      this.#restless.add(id)
    }
  }

  #onInput(box: Box, input: Exclude<UpdatesInput, { kind: 'begin' }>, nowMs: number): void {
    switch (input.kind) {
      case 'updates':
        this.#heard(nowMs)
        this.#onUpdates(box, input.updates, input.isOwn === true, nowMs)
        break
      case 'moved':
        if (input.count > 0) {
          const { pts, count } = input
          this.#offer(box, { space: input.space, pts, count }, undefined, nowMs)
        }
        break
      case 'missed':
        if (input.isUnreadable) this.#shared.lose('unreadable')
        box.repair.mustAsk(nowMs)
        break
      case 'state':
        box.onState(input.state, nowMs)
        this.#heard(nowMs)
        this.#onBoxCurrent(box, nowMs)
        break
      case 'difference':
        this.#onDifference(box, input.difference, nowMs)
        break
      case 'channelDifference':
        this.#onChannelDifference(input.channelId, input.difference, nowMs)
        break
      case 'failed':
        this.#onFailed(box, input.ask, input.failure, nowMs)
        break
      case 'confirmed':
        this.#shared.confirm(input.token)
        break
      case 'wake':
        if (this.#idleAtMs !== undefined && this.#idleAtMs <= nowMs) {
          this.#heard(nowMs)
          box.repair.mustAsk(nowMs)
        }
        break
    }
  }

  #heard(nowMs: number): void {
    this.#idleAtMs = nowMs + this.#limits.idleMs
  }

  // ---- updates ---------------------------------------------------------------------------------------------

  #onUpdates(box: Box, container: Updates, isOwn: boolean, nowMs: number): void {
    const opened = openContainer(container, this.#options.userId)
    if (opened === undefined || !this.#options.knows(opened.assumed)) {
      box.repair.mustAsk(nowMs)
      return
    }
    const unnumbered: UpdateEvent[] = []
    for (const update of opened.updates) {
      const event = { update, users: opened.users, chats: opened.chats, isOwn }
      const place = placeOf(update)
      if (place.space === 'state') unnumbered.push(event)
      // In its place in the packet.
      if (place.space !== 'state' || opened.seqStart === 0)
        this.#offer(box, place, event, nowMs, opened.dateS)
    }
    if (opened.seqStart > 0) this.#onPacket(box, opened, unnumbered, nowMs)
  }

  /** A packet with a number: its updates without one wait for the packets before. */
  #onPacket(box: Box, { seqStart, seq }: Opened, events: readonly UpdateEvent[], nowMs: number): void {
    const isNext = box.seq === 0 || seqStart === box.seq + 1
    if (!isNext && seqStart <= box.seq) return
    if (isNext && !box.repair.isAsking && !this.#shared.isFull) {
      box.seq = seq
      for (const event of events) this.#tellUnnumbered(event, box, nowMs)
      this.#readPackets(box, nowMs)
      return
    }
    if (this.#packets.length >= this.#limits.maxHeld) {
      this.#packets = []
      box.repair.mustAsk(nowMs)
      return
    }
    this.#packets.push({ seqStart, seq, events })
    this.#packets.sort((one, other) => one.seqStart - other.seqStart)
    box.repair.onGap(nowMs + this.#limits.gapMs)
  }

  #readPackets(box: Box, nowMs: number): void {
    for (let [first] = this.#packets; first; [first] = this.#packets) {
      if (this.#shared.isFull) return
      if (first.seqStart > box.seq + 1) {
        box.repair.onGap(nowMs + this.#limits.gapMs)
        return
      }
      this.#packets.shift()
      if (first.seqStart <= box.seq) continue
      box.seq = first.seq
      for (const event of first.events) this.#tellUnnumbered(event, box, nowMs)
    }
  }

  /** @param dateS of the packet that it came in */
  #offer(box: Box, place: Place, event: UpdateEvent | undefined, nowMs: number, dateS: number = 0): void {
    const { space, pts, count } = place
    const item: Numbered = { pts, count, event }
    if (space === 'box' || space === 'qts') {
      box.offer(space, item, nowMs)
      return
    }
    const isUnknown = space !== 'state' && !this.#channels.has(space)
    const mustWait = box.repair.isAsking || this.#shared.isFull
    // No difference brings these again.
    const isUnrepeated = this.#shared.isFull && count === 0
    if (event !== undefined && mustWait && (space === 'state' || isUnknown || isUnrepeated)) {
      this.#wait({ event, place, dateS }, box, nowMs)
      return
    }
    if (space !== 'state') {
      if (isUnknown && event === undefined) return
      this.#useChannel(space, (channel) => channel.offer(item, nowMs))
    } else if (event !== undefined) {
      this.#tellUnnumbered(event, box, nowMs)
    }
  }

  /** Tells an update without a number, and does what it asks for. */
  #tellUnnumbered(event: UpdateEvent, box: Box, nowMs: number): void {
    this.#shared.tell(event, 'state', 0)
    if (event.update._ === 'updateChannelTooLong') this.#onTooLong(event.update, nowMs)
    // The server has lost the number.
    if (event.update._ === 'updatePtsChanged') box.repair.mustAsk(nowMs)
  }

  #onTooLong({ channelId, pts }: Extract<Update, { _: 'updateChannelTooLong' }>, nowMs: number): void {
    this.#useChannel(channelId, (channel) => channel.onTooLong(pts, nowMs))
  }

  #wait(waiting: Waiting, box: Box, nowMs: number): void {
    if (this.#waiting.length >= this.#limits.maxHeld) {
      this.#waiting.shift()
      this.#shared.lose('overflow')
      box.repair.mustAsk(nowMs)
    }
    this.#waiting.push(waiting)
  }

  /** Nothing of the box is missing: what waited for it can be told. */
  #onBoxCurrent(box: Box, nowMs: number): void {
    if (box.repair.isAsking || this.#shared.isFull) return
    this.#readPackets(box, nowMs)
    const waiting = this.#waiting
    this.#waiting = []
    for (const { event, place, dateS } of waiting) this.#offer(box, place, event, nowMs, dateS)
  }

  // ---- channels --------------------------------------------------------------------------------------------

  #useChannel(id: bigint, use: (channel: Channel) => void): void {
    const channel = this.#channels.get(id) ?? new Channel(id, this.#shared)
    // The one that was used last comes last.
    this.#channels.delete(id)
    this.#channels.set(id, channel)
    use(channel)
    if (channel.repair.isNeeded) this.#restless.add(id)
    else this.#restless.delete(id)
    if (this.#channels.size > this.#limits.maxChannels) this.#forgetOldest()
  }

  #forgetOldest(): void {
    for (const id of this.#channels.keys()) {
      if (this.#restless.has(id)) continue
      this.#forgetChannel(id)
      return
    }
  }

  #forgetChannel(id: bigint): void {
    this.#channels.delete(id)
    this.#restless.delete(id)
    this.#shared.changed.add(id)
  }

  #onChannelDifference(id: bigint, difference: updates.ChannelDifference, nowMs: number): void {
    this.#channelAsks -= 1
    if (this.#channels.has(id)) this.#useChannel(id, (channel) => channel.onDifference(difference, nowMs))
  }

  // ---- differences -----------------------------------------------------------------------------------------

  #onDifference(box: Box, difference: updates.Difference, nowMs: number): void {
    const isWhole = difference._ === 'updates.difference' || difference._ === 'updates.differenceSlice'
    const later: Later[] = []
    if (isWhole) {
      const after = difference._ === 'updates.difference' ? difference.state : difference.intermediateState
      this.#tellOlder(box, after.date, nowMs)
      this.#tellDifference(box, difference, later)
    }
    box.onDifference(difference, nowMs)
    for (const { event, place } of later) this.#offer(box, place, event, nowMs)
    const isOver = difference._ === 'updates.difference' || difference._ === 'updates.differenceEmpty'
    if (isOver) this.#heard(nowMs)
    // The difference has what the packets before had.
    const [first] = this.#packets
    if (isOver && first) box.seq = Math.max(box.seq, first.seqStart - 1)
    if (isOver && box.repair.atMs === undefined) this.#onBoxCurrent(box, nowMs)
  }

  /** Updates without a number that waited, and are older than what the difference has: the newest comes last. */
  #tellOlder(box: Box, dateS: number, nowMs: number): void {
    const older = this.#waiting.filter(({ place, dateS: own }) => place.space === 'state' && own < dateS)
    this.#waiting = this.#waiting.filter((each) => !older.includes(each))
    for (const { event } of older) this.#tellUnnumbered(event, box, nowMs)
  }

  /** @param later updates of channels, which count by themselves */
  #tellDifference(box: Box, difference: updates.difference | updates.differenceSlice, later: Later[]): void {
    const { newMessages, newEncryptedMessages, otherUpdates } = difference
    const { pts, qts } =
      difference._ === 'updates.difference' ? difference.state : difference.intermediateState
    const messages = newMessages.map(
      (message): Update => ({
        _: 'updateNewMessage',
        message,
        pts,
        ptsCount: 0,
      }),
    )
    box.tellMissed(messages, difference, 'box')
    const secrets = newEncryptedMessages.map(
      (message): Update => ({
        _: 'updateNewEncryptedMessage',
        message,
        qts,
      }),
    )
    box.tellMissed(secrets, difference, 'qts')
    for (const update of otherUpdates) {
      const place = placeOf(update)
      const event = { update, users: difference.users, chats: difference.chats, isOwn: false }
      if (place.space === 'box' || place.space === 'qts') box.tellMissed([update], difference, place.space)
      else if (place.space === 'state' && update._ !== 'updateChannelTooLong')
        this.#shared.tell(event, 'state', 0)
      else later.push({ event, place })
    }
  }

  #onFailed(box: Box, ask: Ask, failure: Failure, nowMs: number): void {
    if (failure.kind === 'ended') {
      this.#hasEnded = true
      this.#shared.say({ kind: 'ended' })
      return
    }
    let waitMs: number | undefined
    if (ask.of === 'channel') {
      this.#channelAsks -= 1
      const outcome = this.#channels.get(ask.channelId)?.onFailed(failure, nowMs)
      if (outcome === 'forget') this.#forgetChannel(ask.channelId)
      else waitMs = outcome
      // The server counts the calls of a method, whatever they are about.
      if (failure.kind === 'wait') this.#channelsBlockedUntilMs = nowMs + failure.waitS * 1_000
    } else waitMs = box.onFailed(failure, nowMs)
    if (waitMs !== undefined) this.#shared.say({ kind: 'waiting', waitMs, failure, ask: ask.of })
  }

  // ---- asking and saving -----------------------------------------------------------------------------------

  #proceed(box: Box, nowMs: number): void {
    if (this.#shared.isFull) return
    const isDue = (atMs: number | undefined) => atMs !== undefined && atMs <= nowMs
    if (isDue(box.repair.atMs)) box.ask()
    else if (this.#waiting.length + this.#packets.length > 0 && !box.repair.isAsking) {
      this.#onBoxCurrent(box, nowMs)
    }
    if (this.#channelsBlockedUntilMs > nowMs) return
    for (const id of this.#restless) {
      if (this.#channelAsks >= this.#limits.maxChannelAsks) return
      const channel = this.#channels.get(id)
      if (channel === undefined || !isDue(channel.repair.atMs)) continue
      this.#channelAsks += 1
      channel.ask()
    }
  }

  #sayHealth(box: Box): void {
    const kind = this.#shared.isFull
      ? 'full'
      : box.repair.isNeeded || this.#restless.size > 0
        ? 'behind'
        : 'current'
    if (kind === this.#health) return
    this.#health = kind
    if (kind !== 'full') this.#shared.say({ kind })
  }

  #save(box: Box): void {
    const { changed } = this.#shared
    if (changed.size === 0) return
    const saved = changed.has('box') || changed.has('qts') ? box.saved() : undefined
    const channels = new Map<bigint, ChannelCursor | undefined>()
    for (const space of changed) {
      if (typeof space === 'bigint') channels.set(space, this.#channels.get(space)?.saved())
    }
    changed.clear()
    if (saved === undefined && channels.size === 0) return
    this.#shared.out.push({ kind: 'save', changes: { ...(saved && { box: saved }), channels } })
  }
}
