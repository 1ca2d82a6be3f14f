import type { Socket } from 'node:net'
import type { ServerInput } from '@cablegram/mtproto'
import { freeBytes } from '@cablegram/tl'

/** Events that a channel tells the driver. */
export interface ChannelEvents {
  onBytes(chunk: Uint8Array): void
  /** The channel keeps so many bytes that the driver has not been given yet. Told when the number changes. */
  onHeld(bytes: number): void
  /** A slow reader has taken what waited for it. */
  onDrained(): void
  /** The last event, once. */
  onClosed(): void
}

/** The client's address, and the one of ours that it reached. */
export interface Addresses {
  readonly ip: string
  readonly localIp: string
}

/** A client's connection: plain bytes, the messages of a WebSocket, or requests over HTTP. */
export interface Channel extends Addresses {
  /** Tells the machine how to read the bytes. */
  readonly framing: (ServerInput & { kind: 'opened' })['framing']
  /** Bytes written that the peer has not taken yet. */
  readonly bufferedBytes: number
  /** Must be called first, once. */
  open(events: ChannelEvents, idleTimeoutMs: number): void
  /** Sends a chunk, and takes it over: its memory may be freed once it has left. */
  write(chunk: Uint8Array): void
  /** Sends a transport error that the framing has no frame for: over HTTP a status. */
  refuse(code: number): void
  /** Reads nothing until `resume`. */
  pause(): void
  resume(): void
  /**
   * Flushes and closes, cut off if that takes long. Drops whatever the peer still sends.
   * @param why the peer's fault, or our leaving: over HTTP the status says which
   */
  end(why: 'fault' | 'leaving'): void
  /** Closes at once. */
  destroy(): void
}

/** A peer has this long to close its side of a connection, once we have closed ours. */
export const CLOSE_TIMEOUT_MS = 2000

/**
 * The callback of a write, which frees a large chunk once the kernel has it. After an error the system may still read it: the
 * collector frees it then. Small ones are the collector's, too: they cost less than a callback.
 */
export function freeingOf(chunk: Uint8Array): ((error?: Error | null) => void) | undefined {
  if (chunk.length < FREED_BYTES) return undefined
  return (error) => {
    if (!error) freeBytes(chunk)
  }
}

/** Shorter ones are left to the collector. */
export const FREED_BYTES = 16_384

/** The addresses of a socket. IPv4 addresses that came over IPv6 are written as IPv4. */
export function addressesOf({ remoteAddress, localAddress }: Socket): Addresses {
  return { ip: plainIp(remoteAddress), localIp: plainIp(localAddress) }
}

function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '')
}
