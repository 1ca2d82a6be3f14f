import os from 'node:os'
import type { Random } from '@cablegram/mtproto'
import { type Clock, systemClock } from './net/clock.ts'
import { dialNodePosts } from './net/node-posts.ts'
import { nodeWebSocketDial } from './net/node-web-socket.ts'
import { dialPosts } from './net/posts.ts'
import { dialTcp } from './net/tcp.ts'
import type { Dial } from './net/transport.ts'
import { dialWebSocket } from './net/web-socket.ts'
import { secureRandom } from './random.ts'
import { fileSession } from './storage/file.ts'
import type { SessionStorage } from './storage/storage.ts'

/** Parts that differ between runtimes. */
export interface Platform {
  readonly clock: Clock
  readonly random: Random
  /** Opens a TCP connection. */
  readonly dial: Dial
  readonly dialWebSocket: Dial
  /** Sends packets by HTTP. */
  readonly dialPosts: Dial
  /** The session of a given name. */
  openSession(name: string): SessionStorage
  /** Shows an error that the program listens to nowhere. */
  report(error: unknown): void
  /** Default texts for the list of active sessions. */
  device(): { deviceModel: string; systemVersion: string; langCode: string }
}

/** Bun and Deno have Node's modules, but not each part of its HTTP client: there, what browsers have is used. */
const isNode = !('Bun' in globalThis) && !('Deno' in globalThis)

/** Node: TCP and files. With `net/tcp.ts`, `storage/file.ts` and `login/terminal*.ts` all there is of it. */
export const nodePlatform: Platform = {
  clock: systemClock,
  random: secureRandom,
  dial: dialTcp,
  dialWebSocket: isNode ? nodeWebSocketDial(secureRandom) : dialWebSocket,
  dialPosts: isNode ? dialNodePosts : dialPosts,
  openSession: fileSession,
  report: (error) => console.error(error),
  device: () => ({
    deviceModel: os.type(),
    systemVersion: os.release(),
    langCode: new Intl.DateTimeFormat().resolvedOptions().locale.split('-')[0] ?? 'en',
  }),
}
