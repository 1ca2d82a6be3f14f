/**
 * The order in which updates and answers leave. Clients count the events of a box by pts, and take one that comes too early
 * for a gap. So what tells of a box's events leaves to the sessions of a key in the order of the log: pushes, and the answers
 * to the calls that caused events, which are not pushed to the caller.
 */
import type { SessionRef } from '@cablegram/mtproto'
import type { Place } from '../rules/messages/words.ts'

/** Events of a box that an answer tells of, or a pts that it names. */
export interface Claim {
  readonly boxId: bigint
  readonly places: readonly Place[]
}

/** A call that is under way. */
export interface Ticket {
  /**
   * Notes that the call is over, and what its answer tells of. Resolves when the answer may leave, and holds what comes after
   * it until `sent` is called. Undefined: the answer may leave at once, and `sent` need not be called.
   */
  settle(claim: Claim | undefined): Promise<void> | undefined
  /** Notes that the answer has left. */
  sent(): void
}

/** Something to send. `except` has it in an answer already. What comes after waits until it is sent. */
export type Send = (except: SessionRef | undefined) => Promise<void> | undefined

/** A place in the line of a key. */
type Item =
  | { readonly kind: 'push'; readonly send: Send }
  | { readonly kind: 'answer'; readonly call: Call }
  /** An event that a call of the key has caused: the call's answer tells of it. Without one, everybody is told. */
  | {
      readonly kind: 'event'
      readonly boxId: bigint
      readonly pts: number
      /** Calls whose answers may tell of it. */
      readonly maybe: Set<Call>
      answeredBy: Call | undefined
      readonly send: Send
    }

type EventItem = Extract<Item, { readonly kind: 'event' }>

/** A box whose log is being told. */
interface Telling {
  /** The end of the log, as far as anybody has said. */
  announced: number
  told: number
  tellers: number
  /** Calls that are over, and whose answers tell of events beyond `told`. */
  readonly waiting: Set<Call>
}

/** Pushes and answers that wait to leave to the sessions of a key. */
class Line {
  readonly authKeyId: bigint
  items: Item[] = []
  pushes = 0
  /** Calls that are under way. */
  readonly running: Set<Call> = new Set()
  /** Calls whose answers wait. */
  answers = 0
  /** The call whose answer may leave, and has not left yet. */
  leaving: Call | undefined
  /** Something is being sent. */
  isSending = false

  constructor(authKeyId: bigint) {
    this.authKeyId = authKeyId
  }

  get isHeld(): boolean {
    return this.isSending || this.leaving !== undefined
  }

  get isIdle(): boolean {
    return this.items.length === 0 && this.running.size === 0 && this.answers === 0 && !this.isHeld
  }
}

class Call implements Ticket {
  readonly session: SessionRef
  readonly line: Line
  readonly #order: SendOrder
  /** Undefined for most calls: nobody waits for them. */
  #waiting: (() => void)[] | undefined
  claim: Claim | undefined = undefined
  /** Events in the line that its answer tells of. */
  events: number = 0
  /** All of the events that its answer tells of have a place in the line. */
  isTold: boolean = false
  hasLeft: boolean = false
  leave: () => void = () => {}

  constructor(order: SendOrder, line: Line, session: SessionRef) {
    this.#order = order
    this.line = line
    this.session = session
  }

  settle(claim: Claim | undefined): Promise<void> | undefined {
    return this.#order.settle(this, claim)
  }

  sent(): void {
    this.#order.sent(this)
  }

  /** True if something waits for its answer to leave. */
  get isAwaited(): boolean {
    return this.#waiting !== undefined
  }

  /** Resolves when its answer has left, or nobody gets one. */
  answered(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting ??= []
      this.#waiting.push(resolve)
    })
  }

  noteAnswered(): void {
    for (const resolve of this.#waiting ?? []) resolve()
  }

  /** The last pts that its answer tells of. */
  get lastPts(): number {
    return Math.max(0, ...(this.claim?.places ?? []).map(({ pts }) => pts))
  }

  tellsOf(boxId: bigint, pts: number): boolean {
    if (this.claim?.boxId !== boxId) return false
    return this.claim.places.some((place) => place.pts - place.ptsCount < pts && pts <= place.pts)
  }
}

/** Options of a send order. */
export interface SendOrderOptions {
  /** Pushes that may wait for one key. */
  readonly maxPushes: number
  /** Told of a key for which more would wait: its pushes were dropped, and its clients have to ask for the difference. */
  readonly onTooMany: (authKeyId: bigint) => void
  /** Told why something was not sent. */
  readonly onTrouble: (error: unknown) => void
}

/** Puts in order what leaves to the sessions of each key of this node. */
export class SendOrder {
  readonly #lines = new Map<bigint, Line>()
  readonly #boxes = new Map<bigint, Telling>()
  readonly #maxPushes: number
  readonly #onTooMany: (authKeyId: bigint) => void
  readonly #onTrouble: (error: unknown) => void

  constructor({ maxPushes, onTooMany, onTrouble }: SendOrderOptions) {
    this.#maxPushes = maxPushes
    this.#onTooMany = onTooMany
    this.#onTrouble = onTrouble
  }

  /** A call begins. It must be settled, whatever becomes of it. */
  begin(authKeyId: bigint, session: SessionRef): Ticket {
    const line = this.#line(authKeyId)
    const call = new Call(this, line, session)
    line.running.add(call)
    return call
  }

  /** Says that the log of a box goes up to this pts, before it is told. Every one is followed by {@link finish}. */
  announce(boxId: bigint, pts: number): void {
    const box = this.#boxes.get(boxId) ?? { announced: 0, told: 0, tellers: 0, waiting: new Set() }
    box.announced = Math.max(box.announced, pts)
    box.tellers += 1
    this.#boxes.set(boxId, box)
  }

  /** Sends to a key in its turn. */
  push(authKeyId: bigint, send: Send): void {
    const line = this.#line(authKeyId)
    line.items.push({ kind: 'push', send })
    line.pushes += 1
    this.#flush(line)
    if (line.pushes > this.#maxPushes) this.#dropPushes(line)
  }

  /** Gives an event its place that a call of this key has caused. `send` tells of it those who do not have it in an answer. */
  expect(authKeyId: bigint, { boxId, pts }: { boxId: bigint; pts: number }, send: Send): void {
    const line = this.#line(authKeyId)
    const waiting = [...(this.#boxes.get(boxId)?.waiting ?? [])]
    const answeredBy = waiting.find((call) => call.line === line && call.tellsOf(boxId, pts))
    if (answeredBy !== undefined) answeredBy.events += 1
    line.items.push({ kind: 'event', boxId, pts, maybe: new Set(line.running), answeredBy, send })
    this.#flush(line)
  }

  /** Says that every event of a box up to this pts has its place. */
  told(boxId: bigint, pts: number): void {
    const box = this.#boxes.get(boxId)
    if (box === undefined) return
    box.told = Math.max(box.told, pts)
    this.#letGo(box, (call) => call.lastPts <= box.told)
  }

  /** Ends what {@link announce} began, whether the events were told or not. */
  finish(boxId: bigint): void {
    const box = this.#boxes.get(boxId)
    if (box === undefined) return
    box.tellers -= 1
    if (box.tellers > 0) return
    this.#boxes.delete(boxId)
    this.#letGo(box, () => true)
  }

  /** @see Ticket.settle */
  settle(call: Call, claim: Claim | undefined): Promise<void> | undefined {
    const { line } = call
    line.running.delete(call)
    call.claim = claim
    for (const item of line.items) if (item.kind === 'event') assign(item, call)
    if (claim === undefined) {
      this.#flush(line)
      return call.isAwaited ? Promise.resolve() : undefined
    }
    line.answers += 1
    const allowed = new Promise<void>((resolve) => {
      call.leave = resolve
    })
    const box = this.#boxes.get(claim.boxId)
    const isWaiting = box !== undefined && call.lastPts > box.told && call.lastPts <= box.announced
    if (isWaiting) box.waiting.add(call)
    else place(call)
    this.#flush(line)
    return allowed
  }

  /** @see Ticket.sent */
  sent(call: Call): void {
    call.noteAnswered()
    if (call.line.leaving !== call) return
    call.line.leaving = undefined
    call.line.answers -= 1
    this.#flush(call.line)
  }

  /** Resolves when the calls of a key that are under way now are answered. */
  async answered(authKeyId: bigint): Promise<void> {
    await Promise.all([...(this.#lines.get(authKeyId)?.running ?? [])].map((call) => call.answered()))
  }

  /** Tells whether nothing of a key waits to leave, and none of its calls is under way. */
  isIdle(authKeyId: bigint): boolean {
    return this.#lines.get(authKeyId)?.isIdle ?? true
  }

  #line(authKeyId: bigint): Line {
    const known = this.#lines.get(authKeyId)
    if (known !== undefined) return known
    const line = new Line(authKeyId)
    this.#lines.set(authKeyId, line)
    return line
  }

  #letGo(box: Telling, isTold: (call: Call) => boolean): void {
    for (const call of [...box.waiting]) {
      if (!isTold(call)) continue
      box.waiting.delete(call)
      place(call)
      this.#flush(call.line)
    }
  }

  /** Holds the line until something is sent. */
  #hold(line: Line, sent: Promise<void> | undefined): void {
    if (sent === undefined) return
    line.isSending = true
    const goOn = (): void => {
      line.isSending = false
      this.#flush(line)
    }
    sent.then(goOn, (error: unknown) => {
      this.#onTrouble(error)
      goOn()
    })
  }

  #dropPushes(line: Line): void {
    line.items = line.items.filter(({ kind }) => kind !== 'push')
    line.pushes = 0
    this.#onTooMany(line.authKeyId)
  }

  #flush(line: Line): void {
    while (!line.isHeld) {
      const [next] = line.items
      if (next === undefined || (next.kind === 'event' && isOpen(next))) break
      line.items.shift()
      this.#do(line, next)
    }
    if (line.isIdle && this.#lines.get(line.authKeyId) === line) this.#lines.delete(line.authKeyId)
  }

  #do(line: Line, item: Item): void {
    switch (item.kind) {
      case 'push':
        line.pushes -= 1
        this.#hold(line, item.send(undefined))
        break
      case 'answer':
        letLeave(item.call)
        break
      case 'event': {
        const { answeredBy: call } = item
        this.#hold(line, item.send(call?.session))
        if (call === undefined) return
        call.events -= 1
        if (call.events === 0 && (call.isTold || item.pts >= call.lastPts)) letLeave(call)
      }
    }
  }
}

/** True while it is not known whether an answer tells of the event. */
function isOpen({ answeredBy, maybe }: EventItem): boolean {
  return answeredBy === undefined && maybe.size > 0
}

function assign(item: EventItem, call: Call): void {
  item.maybe.delete(call)
  if (item.answeredBy !== undefined || !call.tellsOf(item.boxId, item.pts)) return
  item.answeredBy = call
  call.events += 1
}

/** The answer leaves in the place of its last event, or behind everything that is there. */
function place(call: Call): void {
  call.isTold = true
  if (call.events === 0 && !call.hasLeft) call.line.items.push({ kind: 'answer', call })
}

function letLeave(call: Call): void {
  call.hasLeft = true
  call.line.leaving = call
  call.leave()
}
