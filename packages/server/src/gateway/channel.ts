import type { Socket } from 'node:net'
import type { ServerInput } from '@cablegram/mtproto'

/** What a channel tells the driver. */
export interface ChannelEvents {
  onBytes(chunk: Uint8Array): void
  /** A slow reader has taken what waited for it. */
  onDrained(): void
  /** Once. Nothing comes after it. */
  onClosed(): void
}

/** Who is at the other end, and at which of our addresses. */
export interface Addresses {
  readonly ip: string
  readonly localIp: string
}

/** A client's connection, however its bytes travel: plain, in a WebSocket's messages, as requests over HTTP. */
export interface Channel extends Addresses {
  /** As the machine is to read it. */
  readonly framing: (ServerInput & { kind: 'opened' })['framing']
  /** What has been written and not been taken yet. */
  readonly bufferedBytes: number
  /** To be called once, and first. */
  open(events: ChannelEvents, idleTimeoutMs: number): void
  write(chunk: Uint8Array): void
  /** A transport error where the framing has no frame for it: over HTTP a status. */
  refuse(code: number): void
  /** Has nothing read from it until `resume`. */
  pause(): void
  resume(): void
  /**
   * Flushes and closes, cut off if that takes long; what the peer still sends is not read.
   * @param why the peer's fault, or our leaving: over HTTP the status says so
   */
  end(why: 'fault' | 'leaving'): void
  /** Closes at once. */
  destroy(): void
}

/** How long a peer may take to close its side of a connection, once we have closed ours. */
export const CLOSE_TIMEOUT_MS = 2000

/** The addresses of a socket, IPv4 ones as IPv4 also where they came over IPv6. */
export function addressesOf({ remoteAddress, localAddress }: Socket): Addresses {
  return { ip: plainIp(remoteAddress), localIp: plainIp(localAddress) }
}

function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '')
}
