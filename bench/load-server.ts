/**
 * The server of load.ts, in a process of its own: `cablegram serve` on the data folder it is given, from source, with so many
 * threads for key exchanges.
 * Says where it listens, and, when asked, what it has used so far.
 */
import { startServer } from '@cablegram/server'

/** What the process has used: processor time since it began, memory once garbage is collected. */
export interface Usage {
  readonly cpuUs: number
  readonly rssBytes: number
  readonly heapBytes: number
}

/** Where it listens, and the key it proves itself with. */
export interface Ready {
  readonly port: number
  readonly pem: string
  readonly fingerprint: string
  readonly apiId: number
  readonly apiHash: string
}

const server = await startServer({
  data: process.argv[2],
  log: 'error',
  exchangeThreads: Number(process.argv[3] ?? 1),
})
process.on('message', () => {
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({ cpuUs: user + system, rssBytes: rss, heapBytes: heapUsed + external } satisfies Usage)
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
