import { ProtocolError, TransportError } from '../errors.ts'
import type { ServerKey, ServerSalt } from '../machine.ts'
import { KeySalts, type SaltedKey, ServerSalts } from '../session/index.ts'
import type { Connections } from './connections.ts'
import type { Connection, Key, ServerState } from './state.ts'

/** A connection carries a few keys at most: a temporary one and its successor, or those of a proxy's clients. */
const MAX_CONNECTION_KEYS = 64
/** Interval between checks of an expired key that still has running requests. */
const RUNNING_MS = 60_000

/** The keys in use on a node: those with a connection or a session. */
export class Keys {
  readonly #state: ServerState
  readonly #connections: Connections
  readonly #salts: ServerSalts
  readonly #all = new Map<bigint, Key>()
  readonly #onRemoved: (key: Key) => void

  /** @param onRemoved told of each that is gone, whose sessions are to go too */
  constructor(state: ServerState, connections: Connections, onRemoved: (key: Key) => void) {
    this.#state = state
    this.#connections = connections
    this.#salts = new ServerSalts(state.options.saltSecret, state.options.random)
    this.#onRemoved = onRemoved
  }

  get size(): number {
    return this.#all.size
  }

  get(authKeyId: bigint): Key | undefined {
    return this.#all.get(authKeyId)
  }

  /** @param isNew it has just been made here: nothing was sent under it before */
  add(server: ServerKey, isNew = false): Key {
    const known = this.#all.get(server.authKey.id)
    if (known) return known
    const { guard } = this.#state
    const madeUnder = isNew ? guard.nodeVersion : undefined
    const salted = (): SaltedKey => {
      const version = guard.saltVersion(server.authKey.id)
      const isUnchanged = !guard.hasOwnSalts(server.authKey.id)
      const isKnown =
        madeUnder === guard.nodeVersion || guard.isMadeBetween(server.createdAtS, this.#state.rulesNowS)
      return { server, version, takesFirstSalt: isUnchanged && isKnown }
    }
    const key: Key = {
      server,
      sessions: new Map(),
      connections: new Set(),
      salts: new KeySalts(this.#salts, salted),
      expiry: { kind: 'expiry', authKeyId: server.authKey.id },
      opening: 0,
    }
    this.#all.set(server.authKey.id, key)
    this.#awaitExpiry(key)
    return key
  }

  /** @throws TransportError -429 where the connection has too many */
  use(connection: Connection, key: Key): void {
    if (connection.keys.has(key)) return
    if (connection.keys.size >= MAX_CONNECTION_KEYS) throw new TransportError(-429)
    connection.keys.add(key)
    key.connections.add(connection)
  }

  /** A connection is gone. */
  leave(connection: Connection): void {
    const { opening } = connection
    this.endOpening(connection)
    if (opening) this.forgetUnused(opening.key)
    for (const key of connection.keys) {
      key.connections.delete(connection)
      this.forgetUnused(key)
    }
  }

  forgetUnused(key: Key): void {
    const isUsed = key.sessions.size > 0 || key.connections.size > 0 || key.opening > 0
    if (!isUsed && this.#all.get(key.server.authKey.id) === key) this.#remove(key)
  }

  /** A packet under the key is opened elsewhere. */
  beginOpening(connection: Connection, key: Key, job: number, wantsQuickAck: boolean): void {
    key.opening += 1
    connection.opening = { job, key, wantsQuickAck }
  }

  /** It has been, or its connection is gone. */
  endOpening(connection: Connection): void {
    if (!connection.opening) return
    const { key } = connection.opening
    key.opening -= 1
    connection.opening = undefined
  }

  /** It is void: its connections are told, or closed. */
  drop(authKeyId: bigint, reason: 'unknown' | 'revoked'): void {
    const key = this.#all.get(authKeyId)
    if (!key) return
    this.#remove(key)
    for (const connection of key.connections) {
      connection.keys.delete(key)
      if (reason === 'unknown') this.#connections.sendTransportError(connection, -404)
      else this.#connections.close(connection, new ProtocolError('AUTH_KEY_REVOKED', 'the key was revoked'))
    }
  }

  /**
   * Nobody is told before the key is used again: the client has another by now, and gets the answers to what still runs
   * under this one.
   */
  onExpiry(authKeyId: bigint): void {
    const key = this.#all.get(authKeyId)
    if (!key) return
    if ([...key.sessions.values()].some(({ tableSizes }) => tableSizes.running > 0)) {
      this.#state.alarms.set(key.expiry, this.#state.nowMs + RUNNING_MS)
      return
    }
    this.#remove(key)
    for (const connection of key.connections) connection.keys.delete(key)
  }

  /** The rules' clock has been moved. */
  onRulesClock(): void {
    for (const key of this.#all.values()) this.#awaitExpiry(key)
  }

  /** Salts of a key from now on: the wire has the wall clock, the salts the rules'. */
  futureSalts(authKeyId: bigint, count: number): ServerSalt[] {
    const key = this.#all.get(authKeyId)
    if (!key) return []
    const aheadS = Math.floor(this.#state.aheadMs / 1000)
    return key.salts.future(count, this.#state.rulesNowS).map((salt) => ({
      salt: salt.salt,
      validSinceS: salt.validSinceS - aheadS,
      validUntilS: salt.validUntilS - aheadS,
    }))
  }

  #remove(key: Key): void {
    this.#all.delete(key.server.authKey.id)
    this.#state.alarms.clear(key.expiry)
    this.#onRemoved(key)
  }

  #awaitExpiry({ server: { expiresAtS }, expiry }: Key): void {
    if (expiresAtS !== undefined) this.#state.alarms.set(expiry, expiresAtS * 1000 - this.#state.aheadMs)
  }
}
