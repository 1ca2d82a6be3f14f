/**
 * Measures a server under load, over loopback, from this process: 10,000 connections of signed-in clients,
 * each with its own key, and calls on 64 of them, 16 in flight on each. The clients are our machines. The
 * server is a separate process, whose processor time and memory count. For comparison the table has the
 * ceilings of a server without native code.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { LoadClient } from './load-client.ts'
import { makeSignedInKeys } from './load-keys.ts'
import type { Usage } from './load-server.ts'

const CONNECTIONS = Number(process.env['LOAD_CONNECTIONS'] ?? 10_000)
const BUSY = 64
const IN_FLIGHT = 16
const WARM_UP_MS = 2_000
const MEASURED_MS = 6_000
const CONNECTED_AT_ONCE = 100
/**
 * An echo server on one core without native code, with 64 × 16 calls in flight; and the memory of an idle
 * connection.
 */
const CEILING = { callsPerS: 58_000, bytesPerConnection: 3_700 }

const folder = mkdtempSync(`${tmpdir()}/cablegram-load-`)
try {
  const keys = await makeSignedInKeys(folder, CONNECTIONS)
  const server = fork(fileURLToPath(new URL('./load-server.ts', import.meta.url)), [folder], {
    execArgv: ['--expose-gc', ...(process.env['LOAD_SERVER_FLAGS']?.split(' ') ?? [])],
  })
  const [ready] = await once(server, 'message')
  const clients = keys.map((key) => new LoadClient(ready, key))
  const ticking = setInterval(() => {
    for (const client of clients) client.wake()
  }, 250)

  await connect(clients.slice(0, BUSY))
  await call(server, clients.slice(0, BUSY), WARM_UP_MS)
  reportCalls('64 × 16 calls in flight', await call(server, clients.slice(0, BUSY), MEASURED_MS))

  const before = await usage(server)
  const startedMs = performance.now()
  await connect(clients.slice(BUSY))
  const tookS = (performance.now() - startedMs) / 1000
  const after = await usage(server)
  const idle = CONNECTIONS - BUSY
  const perConnection = (after.rssBytes - before.rssBytes) / idle
  const ratio = (CEILING.bytesPerConnection / perConnection).toFixed(2)
  console.log(
    `an idle connection of ${CONNECTIONS}: cablegram ${kilobytes(perConnection)}, ceiling ${kilobytes(CEILING.bytesPerConnection)}: ${ratio}×`,
  )
  console.log(
    `… of it JavaScript and buffers: cablegram ${kilobytes((after.heapBytes - before.heapBytes) / idle)}`,
  )
  console.log(`connect and ask who one is: cablegram ${(idle / tookS / 1000).toFixed(1)} k/s`)
  reportCalls(
    `64 × 16 calls in flight beside ${idle} idle`,
    await call(server, clients.slice(0, BUSY), MEASURED_MS),
  )

  clearInterval(ticking)
  for (const client of clients) client.close()
  server.disconnect()
  await once(server, 'exit')
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Connects and signs in clients, a limited number at a time. */
async function connect(clients: readonly LoadClient[]): Promise<void> {
  for (let at = 0; at < clients.length; at += CONNECTED_AT_ONCE) {
    await Promise.all(clients.slice(at, at + CONNECTED_AT_ONCE).map((client) => client.open()))
  }
}

/** Keeps calls in flight for a while; returns how many were answered and what they cost the server. */
async function call(server: ChildProcess, clients: readonly LoadClient[], ms: number): Promise<Called> {
  const before = await usage(server)
  const startedMs = performance.now()
  const counts = await Promise.all(clients.map((client) => client.keepCalling(IN_FLIGHT, ms)))
  const tookMs = performance.now() - startedMs
  const { cpuUs } = await usage(server)
  const calls = counts.reduce((sum, count) => sum + count, 0)
  return { callsPerS: (calls * 1000) / tookMs, cpuUsPerCall: (cpuUs - before.cpuUs) / calls }
}

interface Called {
  readonly callsPerS: number
  readonly cpuUsPerCall: number
}

function reportCalls(name: string, { callsPerS, cpuUsPerCall }: Called): void {
  const ceilingUs = 1e6 / CEILING.callsPerS
  console.log(
    `${name}: cablegram ${(callsPerS / 1000).toFixed(1)} k/s, ceiling 58.0 k/s: ${(callsPerS / CEILING.callsPerS).toFixed(2)}×`,
  )
  console.log(
    `… the server's processor time for each: cablegram ${cpuUsPerCall.toFixed(0)} µs, ceiling ${ceilingUs.toFixed(0)} µs: ${(ceilingUs / cpuUsPerCall).toFixed(2)}×`,
  )
}

async function usage(server: ChildProcess): Promise<Usage> {
  server.send('usage')
  const [used] = await once(server, 'message')
  return used
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`
}
