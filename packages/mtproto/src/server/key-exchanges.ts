import { exportRsaPublicKey, makePq, parseRsaPublicKey } from '../crypto/index.ts'
import { decodePlain, encodePlain, MSG_ID_BITS } from '../envelope/index.ts'
import { MtprotoError, TransportError } from '../errors.ts'
import { type ExchangeKey, type ExchangeProgress, ServerExchanges } from '../exchange/index.ts'
import type { ConnectionId, ExchangeResult, ServerKey } from '../machine.ts'
import type { ServerMachineOptions } from '../options.ts'
import { Numbering } from '../session/index.ts'
import type { Connections } from './connections.ts'
import type { Keys } from './keys.ts'
import type { Connection, ServerState } from './state.ts'

/** The key exchanges of a node: its unencrypted packets, and the keys that come of them. */
export class KeyExchanges {
  readonly #state: ServerState
  readonly #connections: Connections
  readonly #keys: Keys
  readonly #exchanges: ServerExchanges
  /** Their keys until the gateway has kept them. */
  readonly #unkept = new Map<number, ServerKey>()

  constructor(state: ServerState, connections: Connections, keys: Keys) {
    this.#state = state
    this.#connections = connections
    this.#keys = keys
    const { random, offloadsExchanges: offloads } = state.options
    const { maxDhRetries } = state.limits
    const makePqOf = state.options.makePq ?? makePq
    const setup = { random, rsaKeys: fingerprinted(state.options), makePq: makePqOf, maxDhRetries, offloads }
    this.#exchanges = new ServerExchanges(setup, state.limits)
  }

  get size(): number {
    return this.#exchanges.size + this.#unkept.size
  }

  /** When the oldest is given up. */
  get nextExpiryMs(): number | undefined {
    return this.#exchanges.nextExpiryMs
  }

  /** Tells whether a connection has an exchange that is not finished. */
  has(connection: ConnectionId): boolean {
    return this.#exchanges.has(connection)
  }

  /** A connection is gone. */
  drop(connection: ConnectionId): void {
    this.#exchanges.drop(connection)
  }

  /** Forgets every exchange, because their starting times are no longer valid. */
  dropAll(): void {
    this.#exchanges.dropAll()
  }

  /** Gives up what was begun too long ago. */
  expire(): void {
    this.#exchanges.expire(this.#state.nowMs)
  }

  onPlain(connection: Connection, packet: Uint8Array): void {
    const { id, network, framing } = connection
    const dcId = this.#dcOf(connection)
    const canMove = framing.kind === 'bare'
    this.#advance(connection, () => {
      const { body } = decodePlain(packet, this.#state.limits.maxPlainBytes)
      return this.#exchanges.onMessage({ connection: id, dcId, network, canMove }, body, this.#state.nowMs)
    })
  }

  onComputed(exchange: number, result: ExchangeResult | undefined): void {
    const id = this.#exchanges.waitingFor(exchange)
    const connection = id === undefined ? undefined : this.#connections.get(id)
    if (!connection) {
      this.#exchanges.giveUp(exchange)
      return
    }
    this.#connections.guard(connection, () => {
      this.#advance(connection, () => this.#exchanges.onComputed(exchange, result, this.#state.nowMs))
    })
  }

  onKeyKept(exchange: number, kept: boolean): void {
    const key = this.#unkept.get(exchange)
    this.#unkept.delete(exchange)
    const answer = this.#exchanges.onKept(exchange, kept)
    const connection = answer && this.#connections.get(answer.connection)
    if (!answer || !connection) return
    // Its first packet is about to come: no need to look the key up then.
    this.#connections.guard(connection, () => {
      if (key && kept) this.#keys.use(connection, this.#keys.add(key, true))
      this.#sendPlain(connection, answer.send)
    })
  }

  /** Lets an exchange go on. One that cannot is over, and the client told so. */
  #advance(connection: Connection, goOn: () => ExchangeProgress): void {
    try {
      this.#onProgress(connection, goOn())
    } catch (error) {
      if (!(error instanceof MtprotoError) || error instanceof TransportError) throw error
      this.#connections.refuse(connection, error)
    }
  }

  #onProgress(connection: Connection, { send, keep, compute, ignored }: ExchangeProgress): void {
    if (send) this.#sendPlain(connection, send)
    // The message needs no answer, but an HTTP request does.
    if (ignored && connection.framing.kind === 'bare') {
      this.#connections.sendFrame(connection, new Uint8Array(0))
    }
    if (compute) this.#state.out.push({ kind: 'compute', ...compute })
    if (!keep) return
    const { exchange, authKey, firstSalt, expiresInS, dc } = keep
    const createdAtS = this.#state.rulesNowS
    const expiresAtS = expiresInS === undefined ? undefined : createdAtS + expiresInS
    const dcId = this.#dcOf(connection)
    const key: ServerKey = { authKey, expiresAtS, firstSalt, createdAtS, dcId }
    this.#unkept.set(exchange, key)
    const named = { dcId: dc?.id ?? dcId, isTest: dc?.isTest ?? false }
    this.#state.out.push({ kind: 'keyMade', exchange, connection: connection.id, key, ...named })
  }

  /** All data centres have one address at an MTProxy. The one that has keys of its own is told by what the client names. */
  #dcOf({ dcId, framing }: Connection): number | undefined {
    const ownDc = this.#state.options.ownKeys?.dcId
    return ownDc !== undefined && framing.namedDc === ownDc ? ownDc : dcId
  }

  #sendPlain(connection: Connection, body: Uint8Array): void {
    const numbering = new Numbering(this.#state.lastMsgId)
    const msgId = numbering.nextId(this.#state.nowMs, MSG_ID_BITS.serverResponse)
    this.#connections.sendFrame(connection, encodePlain(msgId, body))
  }
}

/** Computations name a key by its place: those of all data centres come first. */
function fingerprinted({ rsaKeys, ownKeys }: ServerMachineOptions): ExchangeKey[] {
  const keys = [
    ...rsaKeys.map((key) => ({ key, dcId: undefined })),
    ...(ownKeys?.rsaKeys ?? []).map((key) => ({ key, dcId: ownKeys?.dcId })),
  ]
  return keys.map(({ key, dcId }) => {
    const { fingerprint } = parseRsaPublicKey(exportRsaPublicKey(key))
    return { fingerprint, key, dcId }
  })
}
