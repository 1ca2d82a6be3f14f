import type { Random } from '@cablegram/mtproto'
import type { Origins } from './events/origins.ts'
import type { Clock } from './net/clock.ts'
import type { Dial } from './net/transport.ts'
import type { LineFile } from './storage/lines.ts'
import type { SessionStorage } from './storage/storage.ts'

/** Transport of a client's bytes. */
export type TransportName = 'tcp' | 'websocket' | 'http'

/** Parts that differ between runtimes. */
export interface Platform {
  readonly clock: Clock
  readonly random: Random
  /** The transport of clients that name none. */
  readonly transport: TransportName
  /** Opens a TCP connection; undefined where there is no TCP. */
  readonly dial: Dial | undefined
  readonly dialWebSocket: Dial
  /** Sends packets by HTTP. */
  readonly dialPosts: Dial
  /** A text that differs where the machine is in another network; undefined where that cannot be told. */
  readonly networkId?: (() => string) | undefined
  /** The session of a given name. */
  openSession(name: string): SessionStorage
  /** Begins a file of lines; undefined where there are no files. */
  readonly openLines?: ((path: string, onError: (error: unknown) => void) => LineFile) | undefined
  /** Tells whether `close` is called by a handler. */
  readonly origins: Origins
  /** Shows an error that the program listens to nowhere. */
  report(error: unknown): void
  /** Default texts for the list of active sessions. */
  device(): { deviceModel: string; systemVersion: string; langCode: string }
}
