import { type MtprotoError, ProtocolError } from '../errors.ts'
import type { Framing } from '../framing/index.ts'
import type { ClientOutput } from '../machine.ts'
import { CLIENT_LIMITS, type ClientLimits, type ClientMachineOptions } from '../options.ts'
import { type QuickAcks, type ServerClock, UnpackBudget } from '../session/index.ts'

/** The transport: `lost` once we have asked for another. */
export type Link =
  | { readonly at: 'closed' | 'lost' }
  | { readonly at: 'open'; readonly framing: Framing; readonly quickAcks: QuickAcks }

/** State shared by the parts of a client machine: transport, server clock, and the outputs of the current step. */
export class ClientState {
  readonly options: ClientMachineOptions
  readonly limits: ClientLimits
  readonly clock: ServerClock
  readonly unpacking: UnpackBudget
  link: Link = { at: 'closed' }
  out: ClientOutput[] = []
  isDead = false
  /** The time of the last step, and how far the clock given to us has been set back so far. */
  #lastMs = Number.NEGATIVE_INFINITY
  setBackMs = 0

  constructor(options: ClientMachineOptions) {
    this.options = options
    this.limits = { ...CLIENT_LIMITS, ...options.limits }
    this.unpacking = new UnpackBudget(this.limits)
    this.clock = { offsetMs: options.keys?.timeOffsetMs ?? 0 }
  }

  /** An offset that was kept and cannot be right is dropped: the server's clock shows soon. True if it was. */
  dropImpossibleOffset(nowMs: number): boolean {
    const serverS = (nowMs + this.clock.offsetMs) / 1000
    if (this.clock.offsetMs === 0 || (serverS >= 0 && serverS < 2 ** 32)) return false
    this.clock.offsetMs = 0
    return true
  }

  /** There is a transport, and the machine still works. */
  get isOpen(): boolean {
    return this.link.at === 'open' && !this.isDead
  }

  /** Keeps time from running backward: a clock that is set back would stop every timer for as long. */
  steady(wallMs: number): number {
    this.setBackMs = Math.max(this.setBackMs, this.#lastMs - wallMs)
    this.#lastMs = wallMs + this.setBackMs
    return this.#lastMs
  }

  send(packet: Uint8Array, wantsQuickAck = false): void {
    if (this.link.at !== 'open') return
    this.out.push({ kind: 'send', chunk: this.link.framing.encodeFrame(packet, wantsQuickAck) })
  }

  reconnect(reason: MtprotoError): void {
    if (this.link.at !== 'open') return
    this.link = { at: 'lost' }
    this.out.push({ kind: 'reconnect', reason })
  }

  fail(error: MtprotoError): void {
    this.isDead = true
    this.out.push({ kind: 'failed', error })
  }

  /** Fails because of an error that the peer did not cause. */
  failInside(cause: unknown): void {
    this.fail(new ProtocolError('INTERNAL', 'the client machine has a fault', { cause }))
  }
}
