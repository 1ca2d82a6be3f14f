import { type ClientKeys, ConnectionError } from '@cablegram/mtproto'
import type { OutgoingCall } from './net/calls.ts'
import type { Clock } from './net/clock.ts'
import type { Connection, ConnectionOptions } from './net/connection.ts'
import type { Address } from './net/transport.ts'
import type { ConnectionStats } from './stats.ts'

/** A data centre that is not home is let go of after so long without a call. */
const IDLE_MS = 60_000
/** How long to wait for the server to say that it has destroyed a key. */
const DESTROY_TIMEOUT_MS = 3_000

/** Parts of a link to a data centre. */
export interface DcLinkOptions {
  readonly dcId: number
  readonly clock: Clock
  readonly makeConnection: (onSave: ConnectionOptions['onSave']) => Connection
  readonly onSave: ConnectionOptions['onSave']
  /** Whether it stays open with nothing to do. */
  readonly isHome: () => boolean
}

/** The connection to one data centre: made when somebody calls, let go of when nobody has for a while. */
export class DcLink {
  readonly dcId: number
  readonly #options: DcLinkOptions
  #connection: Connection | undefined
  #opening: Promise<void> | undefined
  /** Calls have flowed over the connection. */
  #isUp = false
  #inFlight = 0
  #closedFor: ConnectionError | undefined
  #cancelIdle: () => void = () => {}
  #onKeyGone: () => void = () => {}

  constructor(options: DcLinkOptions) {
    this.dcId = options.dcId
    this.#options = options
  }

  /** Open, or being opened. */
  get isOpen(): boolean {
    return this.#connection?.hasEnded === false
  }

  /** Open, and calls have flowed: a call need not wait for `open`. */
  get isUp(): boolean {
    return this.#isUp && this.isOpen
  }

  /** State, address and speed of the connection. */
  get stats(): Pick<ConnectionStats, 'state' | 'address' | 'answerMs'> {
    const { at = 'ended', address, answerMs } = this.#connection ?? {}
    return {
      state: at === 'ended' ? 'closed' : at,
      ...(address && { address: `${address.host}:${address.port}` }),
      ...(answerMs !== undefined && { answerMs }),
    }
  }

  /** The address that it is connected to, while it is. */
  get address(): Address | undefined {
    return this.#connection?.address
  }

  /** Resolves once calls flow. A connection that has ended by itself is followed by a new one. */
  async open(): Promise<void> {
    await this.#opened()
    // The caller may have given up meanwhile, so that no call follows.
    this.rest()
  }

  /** Makes a call. */
  async call<Result>(call: OutgoingCall<Result>): Promise<Result> {
    this.#cancelIdle()
    this.#inFlight += 1
    try {
      const connection = this.isUp && this.#connection ? this.#connection : await this.#opened()
      return await connection.call(call)
    } finally {
      this.#inFlight -= 1
      this.rest()
    }
  }

  /** Away from home, the link closes after a while without calls. */
  rest(): void {
    this.#cancelIdle()
    if (this.#closedFor || this.#inFlight > 0 || this.#options.isHome()) return
    this.#cancelIdle = this.#options.clock.after(IDLE_MS, () => this.#connection?.close(idleError()))
  }

  /** Has the server forget the key. One that does not say so in time may keep its half; nobody has ours any more. */
  async destroyKey(): Promise<void> {
    if (!this.isOpen) return
    await new Promise<void>((resolve) => {
      const cancel = this.#options.clock.after(DESTROY_TIMEOUT_MS, resolve)
      this.#onKeyGone = () => {
        cancel()
        resolve()
      }
      this.#connection?.destroyKey()
      // A connection that has ended brings no answer.
      void this.#connection?.ended.then(this.#onKeyGone)
    })
  }

  /** The network may be another one: see `Connection.probe`. */
  probe(): void {
    this.#connection?.probe()
  }

  /** Ends the connection for good; calls without an answer and later ones fail with `reason`. */
  close(reason: ConnectionError): void {
    this.#closedFor = reason
    this.#cancelIdle()
    this.#connection?.close(reason)
    // Nobody is left who could say that the key is destroyed.
    this.#onKeyGone()
  }

  async #opened(): Promise<Connection> {
    if (this.#closedFor) throw this.#closedFor
    if (this.#connection && !this.#connection.hasEnded) {
      await this.#opening
      return this.#connection
    }
    const connection = this.#options.makeConnection((keys) => this.#onSave(keys))
    this.#connection = connection
    this.#isUp = false
    this.#opening = connection.open()
    await this.#opening
    this.#isUp = this.#connection === connection
    return connection
  }

  #onSave(keys: ClientKeys | undefined): void {
    this.#options.onSave(keys)
    if (keys === undefined) this.#onKeyGone()
  }
}

function idleError(): ConnectionError {
  return new ConnectionError('DC_IDLE', 'Nobody has called this data centre for a while')
}
