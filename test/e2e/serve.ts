/**
 * A real `cablegram serve` as a child process, for tests in which a process dies: restarts, kills, exit
 * codes.
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { INSTALLED } from '../../scripts/published.ts'
import { freePort } from './free-port.ts'

// The runner may be killed, and this file's process left behind.
if (process.env['NODE_TEST_CONTEXT'] !== undefined) await import('./end-with-parent.mjs')

/** The file of the `cablegram` command. */
export const COMMAND: string = fileURLToPath(new URL('../../packages/cli/bin/cablegram.js', import.meta.url))
/** The command of servers. Steps of `.ci/run` have built it: what users install, and three times as quick to start. */
const SERVER: string =
  process.env['CABLEGRAM_BUILT'] === '1'
    ? fileURLToPath(new URL(`../../${INSTALLED}/cablegram/bin/cablegram.js`, import.meta.url))
    : COMMAND
/** Arguments of Node for a server that ends with the test, also if the test is killed; its standard input is to be a pipe. */
export const END_WITH_PARENT: readonly string[] = [
  '--import',
  new URL('end-with-parent.mjs', import.meta.url).href,
]
/** Generous: other programs may use the machine, too. */
const READY_WITHIN_MS = 60_000
const MAX_STDERR_LENGTH = 64 * 1024

/** The first line that `cablegram serve --json` prints. */
export interface ReadyLine {
  event: 'ready'
  dcs: readonly { id: number; host: string; port: number; wsUrl: string }[]
  publicKeys: readonly { pem: string; fingerprint: string }[]
  apps: readonly { apiId: number; apiHash: string; title: string }[]
  console: string
  layer: number
  version: string
}

/** The exit of a process, and its standard error. */
export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stderr: string
}

/** A running server. */
export interface ServeProcess {
  readonly ready: ReadyLine
  readonly pid: number | undefined
  readonly isRunning: boolean
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>
  /** Its standard error so far. */
  stderr(): string
}

/** Options of a server that is to be started again: the ports of the one before, or free ones. */
export async function portsOf(before?: Pick<ServeProcess, 'ready'>): Promise<string[]> {
  const port = before?.ready.dcs[0]?.port ?? (await freePort())
  const consolePort = before === undefined ? await freePort() : new URL(before.ready.console).port
  return ['--port', String(port), '--console-port', String(consolePort)]
}

/** Starts `cablegram serve --json` with these arguments, and waits until it is ready. */
export async function startServe(args: string[], options: SpawnOptions = {}): Promise<ServeProcess> {
  const child = spawnServe(args, options)
  const said = collectStderr(child)
  const ended = endOf(child, said)
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS)
  const ready = await Promise.race([
    firstLine(child),
    ended.then(({ code, signal, stderr }) => {
      throw new Error(`cablegram serve ended with ${code ?? signal} before it was ready: ${stderr}`)
    }),
  ])
  clearTimeout(timer)
  return {
    ready: JSON.parse(ready) as ReadyLine,
    pid: child.pid,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null
    },
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
    stderr: () => said.text,
  }
}

function spawnServe(args: string[], options: SpawnOptions): ChildProcess {
  return spawn(process.execPath, [...END_WITH_PARENT, SERVER, 'serve', '--json', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...options,
  })
}

function collectStderr(child: ChildProcess): { text: string } {
  const said = { text: '' }
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    said.text = (said.text + chunk).slice(-MAX_STDERR_LENGTH)
  })
  return said
}

async function endOf(child: ChildProcess, said: { text: string }): Promise<Ended> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, stderr: said.text }
}

/** Standard output is read and dropped: a full pipe would stop the server. */
function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    let found = false
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      if (found) return
      text += chunk
      const end = text.indexOf('\n')
      if (end < 0) return
      found = true
      resolve(text.slice(0, end))
    })
  })
}
