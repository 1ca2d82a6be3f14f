/**
 * The server of load.ts in its own process: `cablegram serve` from source, on the given data folder, with
 * the given number of exchange threads and, as JSON, further options.
 * Reports where it listens and, when asked, what it has used so far.
 */
import { readFileSync } from 'node:fs'
import { type ServerOptions, startServer } from '@cablegram/server'

/** Usage of the process: processor time since the start, and memory after garbage collection. */
export interface Usage {
  readonly cpuUs: number
  /** Of the event loop's thread alone; undefined before Node 23.9, which cannot tell. */
  readonly loopUs: number | undefined
  readonly rssBytes: number
  /** The most that the process has had since its start. */
  readonly peakRssBytes: number
  readonly heapBytes: number
}

/** The address it listens at and its public key. */
export interface Ready {
  readonly port: number
  readonly pem: string
  readonly fingerprint: string
  readonly apiId: number
  readonly apiHash: string
}

const [, , data, exchangeThreads = '1', further = '{}'] = process.argv
const server = await startServer({
  data: data || undefined,
  log: 'error',
  exchangeThreads: Number(exchangeThreads),
  ...(JSON.parse(further) as ServerOptions),
})
process.on('message', () => {
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const loop = process.threadCpuUsage?.()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({
    cpuUs: user + system,
    loopUs: loop && loop.user + loop.system,
    rssBytes: rss,
    peakRssBytes: peakRssBytes(),
    heapBytes: heapUsed + external,
  } satisfies Usage)
})
process.on('disconnect', () => void server.close())
const {
  dcs: [dc],
  publicKeys: [key],
  apps: [app],
} = server.info
process.send?.({
  port: dc?.port ?? 0,
  pem: key?.pem ?? '',
  fingerprint: key?.fingerprint ?? '',
  apiId: app?.apiId ?? 0,
  apiHash: app?.apiHash ?? '',
} satisfies Ready)

/** Not `resourceUsage().maxRSS` on Linux: a child begins with the most of its parent, which is often more than it ever has itself. */
function peakRssBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kib) * 1024
}
