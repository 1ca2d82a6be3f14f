import { AsyncLocalStorage } from 'node:async_hooks'
import os from 'node:os'
import type { Origins } from './events/origins.ts'
import { systemClock } from './net/clock.ts'
import { dialNodePosts } from './net/node-posts.ts'
import { nodeWebSocketDial } from './net/node-web-socket.ts'
import { dialPosts } from './net/posts.ts'
import { dialTcp } from './net/tcp.ts'
import { dialWebSocket } from './net/web-socket.ts'
import type { Platform } from './platform.ts'
import { secureRandom } from './random.ts'
import { fileSession } from './storage/file.ts'
import { lineFile } from './storage/line-file.ts'

/** Bun and Deno have Node's modules, but not each part of its HTTP client: there, what browsers have is used. */
const isNode = !('Bun' in globalThis) && !('Deno' in globalThis)

const callers = new AsyncLocalStorage<() => void>()
const origins: Origins = {
  run: (origin, act) => callers.run(origin, act),
  current: () => callers.getStore(),
}

/** Node, Bun and Deno: TCP and files. Pages have browser/platform.ts (`#platform` in package.json). */
export const platform: Platform = {
  clock: systemClock,
  random: secureRandom,
  transport: 'tcp',
  dial: dialTcp,
  dialWebSocket: isNode ? nodeWebSocketDial(secureRandom) : dialWebSocket,
  dialPosts: isNode ? dialNodePosts : dialPosts,
  networkId: addressesOfMachine,
  openSession: fileSession,
  openLines: lineFile,
  origins,
  report: (error) => console.error(error),
  device: () => ({
    deviceModel: os.type(),
    systemVersion: os.release(),
    // The same as that of Intl.DateTimeFormat, which takes 30 ms of processor time for it.
    langCode: new Intl.PluralRules().resolvedOptions().locale.split('-')[0] ?? 'en',
  }),
}

/** The addresses of this machine, without those of loopback; empty where the system does not tell (Android, Deno's permissions). */
function addressesOfMachine(): string {
  return interfaces()
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
    .sort()
    .join(' ')
}

function interfaces(): os.NetworkInterfaceInfo[] {
  try {
    return Object.values(os.networkInterfaces()).flatMap((addresses = []) => addresses)
  } catch {
    return []
  }
}
