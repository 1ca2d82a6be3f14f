import { plainOrigins } from '../events/origins.ts'
import { systemClock } from '../net/clock.ts'
import { dialPosts } from '../net/posts.ts'
import { dialWebSocket } from '../net/web-socket.ts'
import type { Platform } from '../platform.ts'
import { secureRandom } from '../random.ts'
import { deviceOf } from './device.ts'
import { indexedDbSession } from './indexed-db-session.ts'

/** Pages and their workers: WebSockets, and sessions in IndexedDB. */
export const platform: Platform = {
  clock: systemClock,
  random: secureRandom,
  transport: 'websocket',
  dial: undefined,
  dialWebSocket,
  dialPosts,
  networkId: () => String(navigator.onLine),
  openSession: indexedDbSession,
  origins: plainOrigins(),
  report: (error) => console.error(error),
  device: () => ({ ...deviceOf(navigator.userAgent), langCode: navigator.language.split('-')[0] ?? 'en' }),
}
