/** One client of the benchmark of files: signs in, sends a file, and reads it again. */
import { once } from 'node:events'
import { CLIENTS, type ClientName, type ClientSetup } from './client-programs.ts'

/** Everything that a client is told. */
export interface FilesSetup extends ClientSetup {
  readonly mib: number
}

/** Figures of one run: milliseconds per MiB, and the slowest of the small calls that were made meanwhile. */
export interface FilesResult {
  readonly upMs: number
  readonly upCpuMs: number
  readonly downMs: number
  readonly downCpuMs: number
  readonly callMs: number
}

const [name = ''] = process.argv.slice(2)
const [setup]: [FilesSetup] = (await once(process, 'message')) as [FilesSetup]
const { mib } = setup
const signIn = await CLIENTS[name as ClientName](setup)
const client = await signIn()

const calls = watchCalls()
const [sent, up] = await measured(() => client.up())
const [bytes, down] = await measured(() => client.down(sent))
if (bytes !== mib * 1024 * 1024) throw new Error(`${name} read ${bytes} bytes`)
const callMs = await calls()
const result: FilesResult = {
  ...{
    upMs: up.ms / mib,
    upCpuMs: up.cpuMs / mib,
    downMs: down.ms / mib,
    downCpuMs: down.cpuMs / mib,
    callMs,
  },
}
process.send?.(result)
await client.close()
process.exit()

interface Cost {
  readonly ms: number
  readonly cpuMs: number
}

async function measured<Result>(act: () => Promise<Result>): Promise<[Result, Cost]> {
  const [cpu, from] = [process.cpuUsage(), performance.now()]
  const result = await act()
  const { user, system } = process.cpuUsage(cpu)
  return [result, { ms: performance.now() - from, cpuMs: (user + system) / 1000 }]
}

/** Makes a small call ten times a second. @returns ends that; the slowest in milliseconds */
function watchCalls(): () => Promise<number> {
  let [worstMs, isOver] = [0, false]
  const running = (async () => {
    while (!isOver) {
      const from = performance.now()
      await client.call()
      worstMs = Math.max(worstMs, performance.now() - from)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  })()
  return async () => {
    isOver = true
    await running
    return worstMs
  }
}
