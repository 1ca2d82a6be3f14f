/** Where a data centre listens. */
export interface Address {
  readonly host: string
  readonly port: number
}

/** An open byte stream to a server. */
export interface Transport {
  send(chunk: Uint8Array): void
  /** Ends it; `onClosed` is not called for a close of our own. */
  close(): void
}

/** What a transport tells its owner. */
export interface TransportEvents {
  onBytes(chunk: Uint8Array): void
  /** The stream is gone, for `cause` if that is known. Called once. */
  onClosed(cause: Error | undefined): void
}

/**
 * Opens a transport, or rejects with the system's error; events come only after it has resolved. Aborting
 * `signal` gives the attempt up. Node dials TCP; a browser build brings one over WebSocket.
 */
export type Dial = (address: Address, events: TransportEvents, signal: AbortSignal) => Promise<Transport>
