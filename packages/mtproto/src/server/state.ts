import type { Framing } from '../framing/index.ts'
import type { ConnectionId, ServerKey, ServerOutput } from '../machine.ts'
import { SERVER_LIMITS, type ServerLimits, type ServerMachineOptions } from '../options.ts'
import { type HttpHold, type KeySalts, type LastMsgId, type ServerSession, Timers } from '../session/index.ts'
import { ReplayGuard } from './replay-guard.ts'

/** A connection of a client. */
export interface Connection {
  readonly id: ConnectionId
  readonly dcId: number | undefined
  readonly network: string | undefined
  readonly framing: Framing
  readonly openedAtMs: number
  /** Keys and sessions that have been seen here. */
  readonly keys: Set<Key>
  readonly sessions: Set<ServerSession>
  /** Memory for frames that are not whole yet, as the node counts it. */
  begunBytes: number
  /** The part of it that the gateway keeps. */
  heldOutside: number
  /** A whole frame has arrived. */
  hasSpoken: boolean
  /** A packet of this connection was accepted under a key. */
  isProven: boolean
  /** Wrong handshake queries and unknown keys. */
  faults: number
  /** The key last found unknown here. */
  refusedKeyId: bigint | undefined
  readonly stranger: Alarm
  readonly silence: Alarm
  /** Over HTTP: the request that has no answer yet. */
  hold: HttpHold<ServerSession> | undefined
  readonly holdEnd: Alarm
  /** Packets that wait for one in front of them, which is being sealed elsewhere. They leave in the order of their ids. */
  readonly leaving: LeavingPacket[]
  /** The packet that is being opened elsewhere. */
  opening: { readonly job: number; readonly key: Key; readonly wantsQuickAck: boolean } | undefined
  /** Packets that came behind it, copied. */
  readonly arriving: ArrivingPacket[]
}

/** A packet in line; undefined while it is being sealed under this number. */
export interface LeavingPacket {
  readonly job: number | undefined
  packet: Uint8Array | undefined
}

/** An encrypted packet in line. */
export interface ArrivingPacket {
  readonly authKeyId: bigint
  readonly packet: Uint8Array
  readonly wantsQuickAck: boolean
}

/** A key in use, with its sessions. */
export interface Key {
  readonly server: ServerKey
  /** The longest unused first. */
  readonly sessions: Map<bigint, ServerSession>
  readonly connections: Set<Connection>
  readonly salts: KeySalts
  readonly expiry: Alarm
  /** Packets under it that are being opened elsewhere: nobody may have used it before. */
  opening: number
}

/** The purpose of a timer. */
export type Alarm =
  /** A connection has not shown a key it knows. */
  | { readonly kind: 'stranger'; readonly connection: ConnectionId }
  /** ping_delay_disconnect. */
  | { readonly kind: 'silence'; readonly connection: ConnectionId }
  /** Requests are to be acknowledged. */
  | { readonly kind: 'acks'; readonly session: ServerSession }
  /** A temporary key expires. */
  | { readonly kind: 'expiry'; readonly authKeyId: bigint }
  /** A request over HTTP is to be answered. */
  | { readonly kind: 'hold'; readonly connection: ConnectionId }

/** State shared by the parts of a server machine: time, timers, and the outputs of the current step. */
export class ServerState {
  readonly options: ServerMachineOptions
  readonly limits: ServerLimits
  readonly alarms: Timers<Alarm> = new Timers()
  /** Shared by all sessions, so that a new session continues above the ids of its predecessor. */
  readonly lastMsgId: LastMsgId = { value: undefined }
  /** The last number of a packet that was given away to be sealed or opened. */
  lastJob = 0
  readonly guard: ReplayGuard
  nowMs = 0
  /** The rules' clock minus ours. */
  aheadMs = 0
  out: ServerOutput[] = []

  constructor(options: ServerMachineOptions) {
    this.options = options
    this.limits = { ...SERVER_LIMITS, ...options.limits }
    this.guard = new ReplayGuard(this.limits)
  }

  get rulesNowS(): number {
    return Math.floor((this.nowMs + this.aheadMs) / 1000)
  }
}
