import { freeBytes } from '@cablegram/tl'
import { bodyBytes, drawPadding, encryptMessage, layOutMessage } from '../envelope/index.ts'
import { MtprotoError, ProtocolError, TransportError } from '../errors.ts'
import { encodeTransportError, makeServerFraming, parseProxySecret } from '../framing/index.ts'
import type { CipherTask, ConnectionId, ServerInput } from '../machine.ts'
import { freeBody, HttpHold, type OuterMessage, type ServerSession } from '../session/index.ts'
import type { Connection, Key, ServerState } from './state.ts'

/** The connections of a node, and what is sent on them. */
export class Connections {
  readonly #state: ServerState
  readonly #proxySecrets: readonly Uint8Array[]
  readonly #all = new Map<ConnectionId, Connection>()
  #begunBytes = 0
  readonly #onGone: (connection: Connection) => void

  /** @param onGone told of each that is forgotten */
  constructor(state: ServerState, onGone: (connection: Connection) => void) {
    this.#state = state
    this.#onGone = onGone
    const secrets = state.options.mtproxySecrets ?? []
    this.#proxySecrets = secrets.map((secret) => parseProxySecret(secret).secret)
  }

  get size(): number {
    return this.#all.size
  }

  get(id: ConnectionId): Connection | undefined {
    return this.#all.get(id)
  }

  open({ connection: id, dcId, network, framing: transport }: ServerInput & { kind: 'opened' }): void {
    const { options, limits, alarms, nowMs } = this.#state
    const { maxFrameBytes, strangerLifeMs } = limits
    const setup = { random: options.random, maxFrameBytes, transport, proxySecrets: this.#proxySecrets }
    const connection: Connection = {
      id,
      dcId,
      network,
      framing: makeServerFraming(setup),
      openedAtMs: nowMs,
      keys: new Set(),
      sessions: new Set(),
      begunBytes: 0,
      heldOutside: 0,
      hasSpoken: false,
      isProven: false,
      faults: 0,
      refusedKeyId: undefined,
      stranger: { kind: 'stranger', connection: id },
      silence: { kind: 'silence', connection: id },
      hold: undefined,
      holdEnd: { kind: 'hold', connection: id },
      leaving: [],
      opening: undefined,
      arriving: [],
    }
    this.#all.set(id, connection)
    alarms.set(connection.stranger, nowMs + strangerLifeMs)
  }

  /** An error caused by a peer ends its connection and nothing else. */
  guard(connection: Connection, run: () => void): void {
    try {
      run()
    } catch (error) {
      if (error instanceof TransportError) this.sendTransportError(connection, error.transportCode)
      const isKnown = error instanceof MtprotoError
      const fault = new ProtocolError('INTERNAL', 'the server machine has a fault', { cause: error })
      this.close(connection, isKnown ? error : fault)
    }
  }

  /**
   * Counts the bytes that a connection keeps of an unfinished frame, and of packets that came while one is being opened. If all
   * connections keep too much, one is closed.
   */
  countBegun(connection: Connection): void {
    // Its last packet may have closed it.
    if (!this.#all.has(connection.id)) return
    const inLine = connection.arriving.reduce((sum, { packet }) => sum + packet.length, 0)
    const heldBytes = connection.framing.heldBytes + connection.heldOutside + inLine
    this.#begunBytes += heldBytes - connection.begunBytes
    connection.begunBytes = heldBytes
    if (this.#begunBytes <= this.#state.limits.maxBegunBytes) return
    const largest = this.#largestBegun()
    const reason = new ProtocolError('FRAMES_UNFINISHED', 'too many bytes of unfinished frames')
    if (largest) this.close(largest, reason)
  }

  /** The connection that keeps most; one without a key, if there is any: it can be anybody's. */
  #largestBegun(): Connection | undefined {
    const begun = [...this.#all.values()].filter(({ begunBytes }) => begunBytes > 0)
    const strangers = begun.filter(({ keys }) => keys.size === 0)
    return (strangers.length > 0 ? strangers : begun).reduce<Connection | undefined>(
      (largest, one) => (largest && largest.begunBytes >= one.begunBytes ? largest : one),
      undefined,
    )
  }

  /** Begins to hold a request over HTTP: messages wait to be its answer. */
  hold(connection: Connection): void {
    const { alarms, nowMs } = this.#state
    if (connection.hold)
      throw new ProtocolError('PACKET_INVALID', 'a request came before the last one was answered')
    connection.hold = new HttpHold(nowMs)
    alarms.set(connection.holdEnd, connection.hold.dueAtMs(0, nowMs))
  }

  /** Sends a packet, behind those in line. */
  sendFrame(connection: Connection, payload: Uint8Array, sessionId?: bigint): void {
    if (connection.leaving.length === 0) this.#send(connection, payload, sessionId)
    else connection.leaving.push({ job: undefined, packet: payload })
  }

  #send(connection: Connection, payload: Uint8Array, sessionId?: bigint): void {
    const { id, framing } = connection
    const isBare = framing.kind === 'bare'
    if (isBare && !this.#release(connection)) return
    const chunk = framing.encodeFrame(payload)
    if (chunk.length === 0 && !isBare) return
    const session = isBare && sessionId !== undefined ? { sessionId } : undefined
    this.#state.out.push({ kind: 'send', connection: id, chunk, ...session })
    // Every frame but that of HTTP, which is the packet itself, is a copy.
    if (!isBare) freeBytes(payload)
  }

  /** A message, or a container of them, under a key. */
  sendMessage(connection: Connection, key: Key, sessionId: bigint, outer: OuterMessage): void {
    const { msgId, seqNo, body, rest } = outer
    const salt = key.salts.current(this.#state.rulesNowS)
    const message = { salt, sessionId, msgId, seqNo, body, rest }
    const { authKey } = key.server
    const { random } = this.#state.options
    if (outer.isSpent === true && this.isOffloaded(connection, bodyBytes(outer))) {
      const packet = layOutMessage(message, drawPadding(message, random))
      connection.leaving.push({
        job: this.offload(connection, { kind: 'seal', authKey, packet }),
        packet: undefined,
      })
    } else this.sendFrame(connection, encryptMessage(authKey, 'server', message, random), sessionId)
    if (outer.isSpent === true) freeBody(outer)
  }

  /** Tells whether a packet that is so long is sealed or opened elsewhere. */
  isOffloaded({ framing }: Connection, bytes: number): boolean {
    const { offloadsCiphersFrom = Number.POSITIVE_INFINITY } = this.#state.options
    return bytes >= offloadsCiphersFrom && framing.kind !== 'bare'
  }

  /** Has a packet sealed or opened elsewhere. @returns the number of the job */
  offload({ id: connection }: Connection, task: CipherTask): number {
    const job = ++this.#state.lastJob
    this.#state.out.push({ kind: 'cipher', connection, job, task })
    return job
  }

  /** A packet has been sealed elsewhere: it leaves, with those behind it, once it is the first in line. */
  onSealed(connection: Connection, job: number, packet: Uint8Array): void {
    const { leaving } = connection
    const place = leaving.find((one) => one.job === job)
    if (place) place.packet = packet
    for (let first = leaving[0]?.packet; first; first = leaving[0]?.packet) {
      leaving.shift()
      this.#send(connection, first)
    }
  }

  sendTransportError(connection: Connection, code: number): void {
    const { id, framing } = connection
    if (framing.kind !== 'bare') this.sendFrame(connection, encodeTransportError(code))
    else if (this.#release(connection)) this.#state.out.push({ kind: 'transportError', connection: id, code })
  }

  /** -404: a few are tolerated, a connection that does nothing else is closed. */
  refuse(connection: Connection, reason: MtprotoError): void {
    this.sendTransportError(connection, -404)
    connection.faults += 1
    if (connection.faults >= this.#state.limits.maxConnectionFaults) this.close(connection, reason)
  }

  close(connection: Connection, reason?: MtprotoError): void {
    if (!this.#all.has(connection.id)) return
    this.forget(connection.id)
    this.#state.out.push({ kind: 'close', connection: connection.id, ...(reason ? { reason } : {}) })
  }

  closeAll(reason: MtprotoError): void {
    for (const connection of this.#all.values()) this.close(connection, reason)
  }

  /** Forgets a connection that is closed. */
  forget(id: ConnectionId): void {
    const connection = this.#all.get(id)
    if (!connection) return
    this.#all.delete(id)
    this.#begunBytes -= connection.begunBytes
    connection.framing.drop()
    this.#state.alarms.clear(connection.stranger)
    this.#state.alarms.clear(connection.silence)
    this.#release(connection)
    for (const session of connection.sessions) if (session.connection === id) session.connection = undefined
    this.#onGone(connection)
  }

  /** Ends the hold: the request is answered, and later messages go out with another one. False if no request was held. */
  #release(connection: Connection): boolean {
    const { hold, id } = connection
    if (!hold) return false
    connection.hold = undefined
    this.#state.alarms.clear(connection.holdEnd)
    const { session } = hold
    if (session?.connection === id) session.connection = lastHeld(connection, session)
    return true
  }
}

/** The newest request of this session that waits. */
function lastHeld({ keys }: Connection, session: ServerSession): ConnectionId | undefined {
  const { authKeyId } = session.ref
  const key = [...keys].find(({ server }) => server.authKey.id === authKeyId)
  return [...(key?.connections ?? [])].findLast(({ hold }) => hold?.session === session)?.id
}
