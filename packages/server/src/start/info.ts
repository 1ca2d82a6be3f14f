import { readFileSync } from 'node:fs'
import { isIPv6 } from 'node:net'
import { LAYER } from '@cablegram/tl/api'
import type { ServerInfo } from '../console/index.ts'

/** This package's version. */
export const VERSION: string = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
).version

/** The parts of the ready line. */
export interface InfoParts {
  readonly host: string
  readonly dcs: readonly { readonly id: number; readonly port: number }[]
  readonly advertise: string | undefined
  /** WebSockets come with TLS, too. */
  readonly hasTls: boolean
  readonly consoleHost: string
  readonly consolePort: number
  readonly publicKeys: ServerInfo['publicKeys']
  readonly apps: ServerInfo['apps']
}

/** All that a client needs to know of a server. */
export function describeServer(parts: InfoParts): ServerInfo {
  const host = parts.advertise ?? reachable(parts.host)
  const webSocket = parts.hasTls ? 'wss' : 'ws'
  return {
    dcs: parts.dcs.map(({ id, port }) => ({
      id,
      host,
      port,
      wsUrl: `${webSocket}://${inUrl(host)}:${port}/apiws`,
    })),
    publicKeys: parts.publicKeys,
    apps: parts.apps.map(({ apiId, apiHash, title }) => ({ apiId, apiHash, title })),
    console: `http://${inUrl(reachable(parts.consoleHost))}:${parts.consolePort}`,
    layer: LAYER,
    version: VERSION,
  }
}

/** A host that listens on every address is reached from this machine on loopback. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

function inUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host
}
