/** Where a data centre listens. */
export interface Address {
  readonly host: string
  readonly port: number
  /** Where it takes WebSockets, if that has been told: the host's own `/apiws` otherwise. */
  readonly wsUrl?: string | undefined
}

/** An open byte stream to a server; over HTTP one chunk a request, and one an answer. */
export interface Transport {
  send(chunk: Uint8Array): void
  /** Ends it; `onClosed` is not called for a close of our own. */
  close(): void
}

/** What a transport tells its owner. */
export interface TransportEvents {
  onBytes(chunk: Uint8Array): void
  /** Over HTTP, instead of an answer: the status, negative. */
  onTransportError(code: number): void
  /** The stream is gone, for `cause` if that is known. Called once. */
  onClosed(cause: Error | undefined): void
}

/**
 * Opens a transport, or rejects with the system's error; events come only after it has resolved. Aborting
 * `signal` gives the attempt up.
 */
export type Dial = (address: Address, events: TransportEvents, signal: AbortSignal) => Promise<Transport>
