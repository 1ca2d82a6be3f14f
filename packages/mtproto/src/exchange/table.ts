import { ProtocolError, TransportError } from '../errors.ts'
import type { AuthKey, ConnectionId, ExchangeResult, ExchangeTask } from '../machine.ts'
import type { ServerLimits } from '../options.ts'
import { decodeLeading, type ServiceMessage } from '../service.ts'
import { computeExchange } from './compute.ts'
import { NetworkBudget } from './network-budget.ts'
import {
  concludeReqDhParams,
  concludeSetClientDhParams,
  type ExchangeKey,
  encodeResPq,
  keysOf,
  type NamedDc,
  onKeyKept,
  onReqPq,
  openReqDhParams,
  openSetClientDhParams,
  type ServerExchange,
  type ServerExchangeSetup,
} from './server.ts'

/** A key that an exchange has made and that is to be kept before it is answered. */
export interface KeyToKeep {
  readonly exchange: number
  readonly authKey: AuthKey
  readonly firstSalt: bigint
  /** Of a temporary key. */
  readonly expiresInS: number | undefined
  readonly dc: NamedDc | undefined
}

/** The work after a message; nothing if its answer is already being made. */
export interface ExchangeProgress {
  /** There will be no answer. */
  readonly ignored?: true
  readonly send?: Uint8Array | undefined
  readonly keep?: KeyToKeep
  readonly compute?: { readonly exchange: number; readonly task: ExchangeTask }
}

interface Entry {
  readonly exchange: number
  connection: ConnectionId
  readonly canMove: boolean
  readonly expiresAtMs: number
  state: ServerExchange
  /** A byte-identical repeat of the last request gets the same answer, or waits for the same. */
  lastRequest: Uint8Array
  lastResponse: Uint8Array | undefined
  /** Goes on with what was to be computed. */
  conclude: ((result: ExchangeResult, nowMs: number) => ExchangeProgress) | undefined
}

interface Nonces {
  readonly nonce: Uint8Array
  readonly serverNonce: Uint8Array
}

/** The place that a message of an exchange came from. */
export interface ExchangePlace {
  readonly connection: ConnectionId
  /** The data centre of the listener; undefined takes whichever is named. */
  readonly dcId?: number | undefined
  /** Over HTTP, where each request may come on a connection of its own. */
  readonly canMove?: boolean
  /** Whom the exchange is counted against. */
  readonly network?: string | undefined
}

/** Options of a node's exchanges. */
export interface ServerExchangesSetup extends Omit<ServerExchangeSetup, 'acceptsDc' | 'hasKey'> {
  /** Slow computations are done elsewhere. */
  readonly offloads?: boolean | undefined
}

/** The exchanges of a node: each belongs to the connection it is on. */
export class ServerExchanges {
  readonly #setup: ServerExchangesSetup
  readonly #limits: ServerLimits
  readonly #budget: NetworkBudget
  /** By number, so the oldest first. */
  readonly #entries = new Map<number, Entry>()
  readonly #byConnection = new Map<ConnectionId, Entry[]>()
  /** Exchanges for which something is being computed elsewhere. */
  readonly #computing = new Set<number>()
  #lastExchange = 0

  constructor(setup: ServerExchangesSetup, limits: ServerLimits) {
    this.#setup = setup
    this.#limits = limits
    this.#budget = new NetworkBudget(limits.maxNetworkExchanges, limits.networkWindowMs)
  }

  /** The number of entries. */
  get size(): number {
    return this.#entries.size + this.#computing.size
  }

  /** When the oldest is given up. */
  get nextExpiryMs(): number | undefined {
    const [oldest] = this.#entries.values()
    return oldest?.expiresAtMs
  }

  /** Tells whether a connection has an exchange that is not finished. */
  has(connection: ConnectionId): boolean {
    return this.#byConnection.has(connection)
  }

  /**
   * Takes the body of an unencrypted message, and whatever padding follows the message in it.
   *
   * @throws ProtocolError, DecodeError: this exchange is over, -404
   * @throws TransportError with the number to send
   */
  onMessage(place: ExchangePlace, padded: Uint8Array, nowMs: number): ExchangeProgress {
    const { message, length } = decodeLeading(padded)
    const body = padded.subarray(0, length)
    switch (message._) {
      case 'msgs_ack':
        // One official client acknowledges the answers of an exchange.
        return { ignored: true }
      case 'req_pq':
      case 'req_pq_multi':
        return { send: this.#onReqPq(place, message, body, nowMs) }
      case 'req_DH_params':
      case 'set_client_DH_params':
        return this.#onNext(place, message, body, nowMs)
      default:
        throw new ProtocolError('EXCHANGE_UNEXPECTED', `${message._} does not belong to a key exchange`)
    }
  }

  /** The connection that waits for what is being computed; undefined where nobody does any longer. */
  waitingFor(exchange: number): ConnectionId | undefined {
    const entry = this.#entries.get(exchange)
    return entry?.conclude && entry.connection
  }

  /**
   * Takes what was computed elsewhere.
   *
   * @param result undefined where it could not be
   * @throws like {@link onMessage}
   */
  onComputed(exchange: number, result: ExchangeResult | undefined, nowMs: number): ExchangeProgress {
    this.#computing.delete(exchange)
    const entry = this.#entries.get(exchange)
    return entry?.conclude ? this.#conclude(entry, entry.conclude, result, nowMs) : {}
  }

  /** Nobody waits any longer for what was computed. */
  giveUp(exchange: number): void {
    this.#computing.delete(exchange)
    const entry = this.#entries.get(exchange)
    if (entry?.conclude) this.#remove(entry)
  }

  /** The key has been kept, or its id was taken: what to send, and where. */
  onKept(exchange: number, kept: boolean): { connection: ConnectionId; send: Uint8Array } | undefined {
    const entry = this.#entries.get(exchange)
    if (entry?.state.at !== 'awaitKept') return undefined
    const { state, send } = onKeyKept(entry.state, kept, { ...this.#setup, acceptsDc: () => true })
    entry.state = state
    entry.lastResponse = send
    return { connection: entry.connection, send }
  }

  /** A connection is gone, and with it what it has begun and cannot go on elsewhere. */
  drop(connection: ConnectionId): void {
    for (const { exchange, canMove } of this.#byConnection.get(connection) ?? []) {
      if (!canMove) this.#entries.delete(exchange)
    }
    this.#byConnection.delete(connection)
  }

  /** Gives up all that was begun. */
  dropAll(): void {
    this.#entries.clear()
    this.#byConnection.clear()
  }

  /** Gives up what was begun too long ago. */
  expire(nowMs: number): void {
    for (const entry of this.#entries.values()) {
      if (entry.expiresAtMs > nowMs) break
      this.#remove(entry)
    }
  }

  #onReqPq(
    { connection, dcId, canMove = false, network }: ExchangePlace,
    message: Extract<ServiceMessage, { _: 'req_pq' | 'req_pq_multi' }>,
    body: Uint8Array,
    nowMs: number,
  ): Uint8Array {
    this.expire(nowMs)
    const known = this.#byConnection.get(connection) ?? []
    const repeated = known.find(
      ({ state, lastRequest }) => state.at === 'awaitReqDhParams' && isSame(lastRequest, body),
    )
    const setup = { ...this.#setup, acceptsDc: () => true, hasKey: this.#keysOf(dcId) }
    if (repeated?.state.at === 'awaitReqDhParams') return encodeResPq(repeated.state, setup)
    if (network !== undefined) this.#budget.charge(network, nowMs)
    const [oldest] = known
    if (oldest && known.length >= this.#limits.maxConnectionExchanges) this.#remove(oldest)
    this.#makeRoom()
    const { state, send } = onReqPq(message, setup)
    this.#lastExchange += 1
    const entry: Entry = {
      exchange: this.#lastExchange,
      connection,
      canMove,
      expiresAtMs: nowMs + this.#limits.exchangeLifeMs,
      state,
      lastRequest: body.slice(),
      lastResponse: send,
      conclude: undefined,
    }
    this.#entries.set(entry.exchange, entry)
    this.#place(entry, connection)
    return send
  }

  #onNext(
    place: ExchangePlace,
    message: Extract<ServiceMessage, { _: 'req_DH_params' | 'set_client_DH_params' }>,
    body: Uint8Array,
    nowMs: number,
  ): ExchangeProgress {
    this.expire(nowMs)
    const entry = this.#find(place, message)
    if (!entry) throw new ProtocolError('EXCHANGE_UNKNOWN', 'no key exchange has these nonces')
    if (isSame(entry.lastRequest, body)) return { send: entry.lastResponse }
    try {
      return this.#advance(entry, place.dcId, message, body, nowMs)
    } catch (error) {
      this.#remove(entry)
      throw error
    }
  }

  #advance(
    entry: Entry,
    dcId: number | undefined,
    message: Extract<ServiceMessage, { _: 'req_DH_params' | 'set_client_DH_params' }>,
    body: Uint8Array,
    nowMs: number,
  ): ExchangeProgress {
    const { state, exchange } = entry
    if (entry.conclude) throw unexpected(message._, 'being computed')
    if (state.at === 'awaitReqDhParams' && message._ === 'req_DH_params') {
      const setup = {
        ...this.#setup,
        acceptsDc: (named: number) => dcId === undefined || named === dcId,
        hasKey: this.#keysOf(dcId),
      }
      const task = openReqDhParams(state, message, setup)
      const factors = { p: message.p.slice(), q: message.q.slice() }
      return this.#compute(entry, body, nowMs, task, (result, atMs) => {
        if (result.kind !== task.kind) throw unexpected(result.kind, task.kind)
        const step = concludeReqDhParams(state, factors, result, setup, atMs)
        entry.state = step.state
        entry.lastResponse = step.send
        return { send: step.send }
      })
    }
    if (state.at === 'awaitSetClientDhParams' && message._ === 'set_client_DH_params') {
      const task = openSetClientDhParams(state, message)
      return this.#compute(entry, body, nowMs, task, (result) => {
        if (result.kind !== task.kind) throw unexpected(result.kind, task.kind)
        const made = concludeSetClientDhParams(state, result)
        entry.state = made
        const { authKey, firstSalt, expiresInS, dc } = made
        return { keep: { exchange, authKey, firstSalt, expiresInS, dc } }
      })
    }
    throw unexpected(message._, state.at)
  }

  /** The keys of a data centre: its own if it has any, otherwise those of all. */
  #keysOf(dcId: number | undefined): (key: ExchangeKey) => boolean {
    const hasOwn = dcId !== undefined && this.#setup.rsaKeys.some((key) => key.dcId === dcId)
    return (key) => key.dcId === (hasOwn ? dcId : undefined)
  }

  /** Computes at once, or has it computed. */
  #compute(
    entry: Entry,
    body: Uint8Array,
    nowMs: number,
    task: ExchangeTask,
    conclude: NonNullable<Entry['conclude']>,
  ): ExchangeProgress {
    const { offloads, random } = this.#setup
    entry.lastRequest = body.slice()
    entry.lastResponse = undefined
    if (!offloads) return conclude(computeExchange(task, keysOf(this.#setup), random), nowMs)
    if (this.#computing.size >= this.#limits.maxComputing) throw new TransportError(-429)
    this.#computing.add(entry.exchange)
    entry.conclude = conclude
    return { compute: { exchange: entry.exchange, task } }
  }

  #conclude(
    entry: Entry,
    conclude: NonNullable<Entry['conclude']>,
    result: ExchangeResult | undefined,
    nowMs: number,
  ): ExchangeProgress {
    entry.conclude = undefined
    try {
      if (!result) throw new TransportError(-429)
      return conclude(result, nowMs)
    } catch (error) {
      this.#remove(entry)
      throw error
    }
  }

  #find({ connection, canMove }: ExchangePlace, { nonce, serverNonce }: Nonces): Entry | undefined {
    const isIt = ({ state }: Entry) => isSame(state.serverNonce, serverNonce) && isSame(state.nonce, nonce)
    const here = this.#byConnection.get(connection)?.find(isIt)
    if (here || !canMove) return here
    const moved = [...this.#entries.values()].find((entry) => entry.canMove && isIt(entry))
    if (!moved) return undefined
    this.#displace(moved)
    this.#place(moved, connection)
    return moved
  }

  #place(entry: Entry, connection: ConnectionId): void {
    entry.connection = connection
    const entries = this.#byConnection.get(connection)
    if (entries) entries.push(entry)
    else this.#byConnection.set(connection, [entry])
  }

  #displace(entry: Entry): void {
    const rest = (this.#byConnection.get(entry.connection) ?? []).filter((one) => one !== entry)
    if (rest.length > 0) this.#byConnection.set(entry.connection, rest)
    else this.#byConnection.delete(entry.connection)
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.exchange)
    this.#displace(entry)
  }

  #makeRoom(): void {
    const [oldest] = this.#entries.values()
    if (oldest && this.#entries.size >= this.#limits.maxExchanges) this.#remove(oldest)
  }
}

function unexpected(what: string, at: string): ProtocolError {
  return new ProtocolError('EXCHANGE_UNEXPECTED', `${what} in a key exchange that is ${at}`)
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
