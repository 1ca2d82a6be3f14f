/**
 * The server of load.ts, in a process of its own: `cablegram serve` on the data folder it is given, from source.
 * Says where it listens, and, when asked, what it has used so far.
 */
import { startServer } from '@cablegram/server'

/** What the process has used: processor time since it began, memory once garbage is collected. */
export interface Usage {
  readonly cpuUs: number
  readonly rssBytes: number
  readonly heapBytes: number
}

const server = await startServer({ data: process.argv[2], log: 'error' })
process.on('message', () => {
  globalThis.gc?.()
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.send?.({ cpuUs: user + system, rssBytes: rss, heapBytes: heapUsed + external } satisfies Usage)
})
process.on('disconnect', () => void server.close())
process.send?.(server.info.dcs[0]?.port)
