import type { AddressFraming } from '@cablegram/mtproto'
import type { OpenSockets } from './open-sockets.ts'

/** Address of a data centre. */
export interface Address {
  readonly host: string
  readonly port: number
  /** URL for WebSockets, if known; otherwise `/apiws` on the same host. */
  readonly wsUrl?: string | undefined
  /** Frames that it wants in place of the connection's own. */
  readonly framing?: AddressFraming | undefined
}

/** An open byte stream to a server; over HTTP one chunk a request, and one an answer. */
export interface Transport {
  send(chunk: Uint8Array): void
  /** Ends it; `onClosed` is not called for a close of our own. */
  close(): void
}

/** Events of a transport. */
export interface TransportEvents {
  onBytes(chunk: Uint8Array): void
  /** Over HTTP, instead of an answer: the status, negative. */
  onTransportError(code: number): void
  /** Over HTTP: the connection of a packet ended without an answer. Others go on, and the server may have the packet. */
  onUnanswered(): void
  /** The stream is gone, for `cause` if that is known. Called once. */
  onClosed(cause: Error | undefined): void
}

/**
 * Opens a transport, or rejects with the system's error; events come only after it has resolved. Aborting
 * `signal` gives the attempt up. Each socket it opens is added to `sockets`, where the runtime tells when it is closed.
 */
export type Dial = (
  address: Address,
  events: TransportEvents,
  signal: AbortSignal,
  sockets?: OpenSockets,
) => Promise<Transport>
