import { machineTimer, type StartTimer, steadyNowMs } from '../ground/clock.ts'
import { type Bus, type BusHealth, createBus } from './bus.ts'
import { messagesOf, readMessage } from './messages.ts'
import type { Nudge } from './nudge.ts'
import { startPolling } from './polling.ts'
import { checkRedisUrl, explainRedis, placeOf } from './redis-errors.ts'
import { type Link, loadClient, openLink } from './redis-link.ts'
import { within } from './within.ts'

/** Options of a bus over Redis, or Valkey. */
export interface RedisBusOptions {
  /** `redis://[[user]:password@]host[:port]`, or `rediss://` for TLS. */
  readonly url: string
  /** All nodes of one server have it, and no others. */
  readonly channel: string
  /** Another one for each node. */
  readonly nodeId: string
  readonly onListenerError?: ((error: unknown) => void) | undefined
  /** Called with the reason when nudges may be lost, and with undefined when none are any more. */
  readonly onTrouble?: ((trouble: string | undefined) => void) | undefined
  /** A steady clock. Default: the machine's. */
  readonly nowMs?: (() => number) | undefined
  readonly startTimer?: StartTimer | undefined
}

/** A node hears its own beats, which shows that it both publishes and hears; the others hear that it is there. */
const BEAT_MS = 500
const SILENT_AFTER_MS = 1_500
const RECONNECT_MS = 500
const ANSWER_WITHIN_MS = 2_000
const MAX_NODES = 1_000
const ANYTHING: readonly Nudge[] = [{ kind: 'anything' }]

/**
 * The bus of many nodes. Nudges reach the listeners of this node at once, and those of the others over one channel of
 * Redis. Nothing is queued while Redis is away: this node polls, and reads everything once when Redis is back. It polls as
 * well while another node is silent that has not said goodbye, because that one may have lost Redis, or have another one or none.
 *
 * @throws {UsageError} BUS_INVALID, BUS_UNAVAILABLE, BUS_PASSWORD, BUS_FORBIDDEN, BUS_UNREACHABLE
 */
export async function openRedisBus(options: RedisBusOptions): Promise<RedisBus> {
  checkRedisUrl(options.url)
  const create = await loadClient()
  const { startTimer = machineTimer } = options
  const bus = new RedisBus(options, (handlers) => openLink(create, { ...options, startTimer, ...handlers }))
  try {
    await bus.open()
  } catch (error) {
    await bus.close()
    throw explainRedis(options.url, error)
  }
  return bus
}

type OpenLink = (handlers: {
  readonly onMessage: (message: string) => void
  readonly onLost: (error: unknown) => void
}) => Promise<Link>

/** A node of the bus; {@link openRedisBus} makes it. */
export class RedisBus implements Bus {
  readonly #options: RedisBusOptions
  readonly #openLink: OpenLink
  readonly #local: Bus
  readonly #nowMs: () => number
  readonly #startTimer: StartTimer
  readonly subscribe: Bus['subscribe']
  #link: Link | undefined
  #isClosed = false
  /** The numbers of the others, by name, as far as the store has told. */
  #numbers: ReadonlyMap<string, number> = new Map()
  /** The number of the next message of this node, and of the last one of each other. */
  #next = 1
  readonly #numbersHeard = new Map<string, number>()
  /** When this node, and each of the others, was heard last. */
  #heardAtMs = Number.NEGATIVE_INFINITY
  readonly #others = new Map<string, number>()
  #trouble: string | undefined
  #stopPolling: (() => void) | undefined
  #cancelBeat: () => void = () => {}
  #cancelReconnect: () => void = () => {}

  constructor(options: RedisBusOptions, open: OpenLink) {
    this.#options = options
    this.#openLink = open
    this.#local = createBus(options.onListenerError)
    this.subscribe = this.#local.subscribe.bind(this.#local)
    this.#nowMs = options.nowMs ?? steadyNowMs
    this.#startTimer = options.startTimer ?? machineTimer
  }

  /** Connects; rejects with the client's error. */
  async open(): Promise<void> {
    this.#link = await this.#openLink({
      onMessage: (message) => this.#hear(message),
      onLost: (error) => this.#lose(error),
    })
    // Redis may let a node subscribe and not publish.
    await within(this.#send([]), ANSWER_WITHIN_MS, this.#startTimer)
    this.#heardAtMs = this.#nowMs()
    this.#beat()
  }

  publish(nudges: readonly Nudge[]): void {
    this.#local.publish(nudges)
    if (this.#link !== undefined) this.#send(nudges).catch((error: unknown) => this.#lose(error))
  }

  health(): BusHealth {
    return { kind: 'redis', trouble: this.#trouble }
  }

  /**
   * Notes which other nodes run, by name with their numbers, as the store shows. One that was never heard has a moment to be; others
   * have ended without goodbye.
   */
  setOthers(numbers: ReadonlyMap<string, number>): void {
    this.#numbers = numbers
    for (const node of this.#others.keys()) if (!numbers.has(node)) this.#forget(node)
    for (const node of numbers.keys()) if (!this.#others.has(node)) this.#noteOther(node, false)
    this.#judge()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancelBeat()
    this.#cancelReconnect()
    this.#stopPolling?.()
    // Redis that is gone need not be told.
    await within(this.#send([], true), ANSWER_WITHIN_MS, this.#startTimer).catch(() => undefined)
    this.#link?.close()
  }

  async #send(nudges: readonly Nudge[], isBye = false): Promise<void> {
    const link = this.#link
    const messages = messagesOf({ node: this.#options.nodeId, first: this.#next, isBye }, nudges)
    this.#next += messages.length
    await Promise.all(messages.map((message) => link?.publish(message)))
  }

  #hear(text: string): void {
    const message = readMessage(text)
    if (message === undefined || this.#isClosed) return
    const { node, isBye, number, nudges } = message
    if (node === this.#options.nodeId) this.#heardAtMs = this.#nowMs()
    else {
      this.#noteOther(node, isBye)
      this.#local.publish(nudges)
      if (!isBye && this.#hasMissed(node, number)) this.#local.publish(ANYTHING)
    }
    this.#judge()
  }

  /** Tells whether messages of a node were lost before this one. A message that comes again, or late, is heard all the same. */
  #hasMissed(node: string, number: number | undefined): boolean {
    if (number === undefined) return false
    const last = this.#numbersHeard.get(node)
    if (last !== undefined && number <= last) return false
    this.#numbersHeard.set(node, number)
    return last !== undefined && number > last + 1
  }

  #noteOther(node: string, isBye: boolean): void {
    this.#others.delete(node)
    if (isBye) this.#forget(node)
    else this.#others.set(node, this.#nowMs())
    const [oldest] = this.#others.size > MAX_NODES ? this.#others.keys() : []
    if (oldest !== undefined) this.#forget(oldest)
  }

  #forget(node: string): void {
    this.#others.delete(node)
    this.#numbersHeard.delete(node)
  }

  #beat(): void {
    this.#cancelBeat = this.#startTimer(() => this.#beat(), BEAT_MS)
    this.publish([])
    this.#judge()
    // A connection that swallows everything is as good as none.
    if (this.#link !== undefined && this.#isSilent(this.#heardAtMs)) this.#lose(new Error('no answer'))
  }

  #isSilent(heardAtMs: number): boolean {
    return this.#nowMs() - heardAtMs > SILENT_AFTER_MS
  }

  #lose(error: unknown): void {
    if (this.#link === undefined || this.#isClosed) return
    this.#link.close()
    this.#link = undefined
    const reason = error instanceof Error ? error.message : String(error)
    this.#setTrouble(`the Redis at ${placeOf(this.#options.url)} is away (${reason})`)
    this.#reconnectSoon()
  }

  #reconnectSoon(): void {
    this.#cancelReconnect = this.#startTimer(() => void this.#reconnect(), RECONNECT_MS)
  }

  async #reconnect(): Promise<void> {
    try {
      const link = await this.#openLink({
        onMessage: (message) => this.#hear(message),
        onLost: (error) => this.#lose(error),
      })
      if (this.#isClosed) return link.close()
      this.#link = link
      this.#heardAtMs = this.#nowMs()
      // The others have not heard of what this node did meanwhile.
      this.publish(ANYTHING)
      this.#judge()
    } catch {
      // The trouble is known already.
      if (!this.#isClosed) this.#reconnectSoon()
    }
  }

  /** True while nudges may be lost. */
  #judge(): void {
    if (this.#link === undefined) return
    const silent = [...this.#others].find(([, heardAtMs]) => this.#isSilent(heardAtMs))
    if (this.#isSilent(this.#heardAtMs)) this.#setTrouble('Redis does not deliver messages')
    else this.#setTrouble(silent && `node ${this.#numbers.get(silent[0]) ?? silent[0]} is silent on the bus`)
  }

  #setTrouble(trouble: string | undefined): void {
    if (this.#isClosed || trouble === this.#trouble) return
    const had = this.#trouble
    this.#trouble = trouble
    this.#options.onTrouble?.(trouble)
    if (trouble === undefined) {
      this.#stopPolling?.()
      this.#stopPolling = undefined
      this.#local.publish(ANYTHING)
    } else if (had === undefined) {
      this.#stopPolling = startPolling(() => this.#local.publish(ANYTHING), this.#startTimer)
    }
  }
}
