/**
 * Measures a server under attack. The server and each attack run in their own processes; this process
 * measures the calls of a neighbour and the server's memory. See HELP.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { encodeRequest } from '@cablegram/tl/api'
import { type AttackResult, type AttackSize, MEASURED_ATTACKS } from '../test/e2e/attacks.ts'
import type { Target } from '../test/e2e/hostile-clients.ts'
import { LoadClient } from './load-client.ts'
import { median } from './measure.ts'

const HELP = `npm run bench -- attacks [OPTION…]

Starts a server, attacks it in five ways, one after the other, and prints for each the median and the longest call of a
neighbour, the server's peak memory, and how many of the attack's connections the server closed.

  --root DIR            the checkout whose server is attacked (default: this one)
  --only N[,N…]         attacks by their number, 1 to 5 (default: all)
  --seconds S           how long a neighbour calls during each attack (default: 8)
  --memory-limit MIB    one server for all attacks, in a memory cgroup of that size (needs root, cgroup v1 or v2)
  --seed N              the seed of everything random (default: 1)
  --help                this text`

const MIB = 1024 * 1024

interface Plan extends Omit<AttackSize, 'seed'> {
  readonly name: string
  /** Server options that only this attack needs. */
  readonly flags: readonly string[]
  /** Opens a new connection for each call instead of sharing one. */
  readonly connectsAnew?: boolean
}

const PLANS: readonly Plan[] = [
  { name: 'bodies in chunks of a byte', count: 3, bytes: 25_000_000, flags: [] },
  { name: 'numbers of 2 MiB in a key exchange', count: 4, bytes: 2 * MIB - 1024, flags: [] },
  { name: 'WebSockets with unfinished frames', count: 400, bytes: 4 * MIB - 4096, flags: [] },
  {
    name: 'one address that takes every slot',
    count: 1500,
    bytes: 1,
    flags: ['--max-connections', '500', '--max-strangers', '100'],
    connectsAnew: true,
  },
  { name: 'dear answers in one msg_container', count: 1000, bytes: 0, flags: [] },
]

const QUERY = encodeRequest({ _: 'help.getNearestDc' })
const CALL_PAUSE_MS = 10
const GIVE_UP_MS = 5_000
const BEGIN_WITHIN_MS = 60_000

interface Server {
  readonly target: Target
  readonly child: ChildProcess
  stop(): Promise<void>
}

interface Ready {
  readonly dcs: readonly { readonly port: number }[]
  readonly publicKeys: readonly { readonly pem: string; readonly fingerprint: string }[]
}

async function startServer(root: string, flags: readonly string[], memory?: MemoryGroup): Promise<Server> {
  const command = [`${root}/packages/cli/bin/cablegram.js`, 'serve', '--memory', '--json']
  const ports = ['--port', '0', '--console-port', '0']
  const known = memory === undefined ? '' : `echo $$ > ${memory.procs}; `
  const child = spawn(
    'sh',
    ['-c', `${known}exec "$0" "$@"`, process.execPath, ...command, ...ports, ...flags],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'exit').then(() => assertNever('the server has not started')),
  ])) as [string]
  const { dcs, publicKeys }: Ready = JSON.parse(line)
  const [dc, key] = [dcs[0], publicKeys[0]]
  if (!dc || !key) return assertNever('the server says no address')
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { target: { port: dc.port, ...key }, child, stop }
}

function assertNever(message: string): never {
  throw new Error(message)
}

/** A checkout from before an option existed is attacked without it. */
function knownFlags(root: string, flags: readonly string[]): string[] {
  const source = readFileSync(`${root}/packages/cli/src/commands/serve.ts`, 'utf8')
  const pairs = Array.from({ length: flags.length / 2 }, (_, i) => flags.slice(2 * i, 2 * i + 2))
  return pairs.filter(([name = '']) => source.includes(`'${name.slice(2)}'`)).flat()
}

function memoryOf({ pid }: ChildProcess, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024
}

interface Calls {
  readonly medianMs: number
  readonly longestMs: number
  readonly count: number
  readonly failed: number
}

/** Starts a call every few milliseconds for a while, whether or not earlier calls are answered. */
async function callFor(target: Target, ms: number, connectsAnew: boolean): Promise<Calls> {
  return await (connectsAnew ? connectAndCallFor(target, ms) : callOnOne(target, ms))
}

async function callOnOne(target: Target, ms: number): Promise<Calls> {
  const client = new LoadClient({ ...target, apiId: 0, apiHash: '' })
  await client.connect(QUERY)
  const endsAtMs = performance.now() + ms
  const calls: Promise<Call>[] = []
  while (performance.now() < endsAtMs) {
    calls.push(timed(client.call(QUERY)))
    await pause(CALL_PAUSE_MS)
  }
  const took = await Promise.all(calls)
  client.close()
  return summary(took)
}

/** Makes calls one after the other, each on its own connection with its own key. */
async function connectAndCallFor(target: Target, ms: number): Promise<Calls> {
  const endsAtMs = performance.now() + ms
  const took: Call[] = []
  while (performance.now() < endsAtMs) {
    const client = new LoadClient({ ...target, apiId: 0, apiHash: '' })
    took.push(await timed(client.connect(QUERY)))
    client.close()
    await pause(CALL_PAUSE_MS)
  }
  return summary(took)
}

interface Call {
  readonly tookMs: number
  readonly isAnswered: boolean
}

/** A call that takes five seconds counts as failed. */
async function timed(answer: Promise<unknown>): Promise<Call> {
  const beganMs = performance.now()
  const isAnswered = await Promise.race([
    answer.then(() => true).catch(() => false),
    pause(GIVE_UP_MS, false),
  ])
  return { tookMs: performance.now() - beganMs, isAnswered }
}

function summary(calls: readonly Call[]): Calls {
  const took = calls.map(({ tookMs }) => tookMs)
  const failed = calls.filter(({ isAnswered }) => !isAnswered).length
  return { medianMs: median(took), longestMs: Math.max(...took), count: took.length, failed }
}

async function beginAttack({ name, count, bytes }: Plan, target: Target, seed: number) {
  const size: AttackSize = { count, bytes, seed }
  const child = fork(fileURLToPath(import.meta.url), ['--attack', JSON.stringify({ name, target, size })], {
    execArgv: [],
  })
  const begun = Promise.race([once(child, 'message'), pause(BEGIN_WITHIN_MS)])
  const end = async (): Promise<AttackResult> => {
    child.send('end')
    // The first message reports the start, the last one the result.
    let result: AttackResult | undefined
    child.on('message', (message: AttackResult) => {
      if (typeof message === 'object') result = message
    })
    await Promise.race([once(child, 'exit'), pause(GIVE_UP_MS)])
    child.kill('SIGKILL')
    return result ?? { sentBytes: 0, opened: 0, closedByServer: 0 }
  }
  return { begun, end }
}

/** Runs in the process of the attack. */
function attack(text: string): void {
  const { name, target, size } = JSON.parse(text) as { name: string; target: Target; size: AttackSize }
  const running = MEASURED_ATTACKS[name]?.(target, size)
  // An attack that is closed halfway may fail; that is its own problem.
  process.on('unhandledRejection', () => undefined)
  void running?.begun.then(() => process.send?.('begun'))
  process.on('disconnect', () => process.exit())
  process.once('message', () => {
    process.send?.({ ...running?.result }, () => process.exit())
  })
}

interface MemoryGroup {
  readonly procs: string
  peakBytes(): number
  kills(): string
  remove(): void
}

/** @throws if no cgroup can be made: that needs root and a free memory controller */
function makeMemoryGroup(limitBytes: number): MemoryGroup {
  const isV1 = existsSync('/sys/fs/cgroup/memory')
  const folder = `/sys/fs/cgroup/${isV1 ? 'memory/' : ''}cablegram-${process.pid}`
  mkdirSync(folder)
  writeFileSync(`${folder}/${isV1 ? 'memory.limit_in_bytes' : 'memory.max'}`, String(limitBytes))
  const read = (name: string): string => readFileSync(`${folder}/${name}`, 'utf8').trim()
  return {
    procs: `${folder}/cgroup.procs`,
    peakBytes: () => Number(read(isV1 ? 'memory.max_usage_in_bytes' : 'memory.peak')),
    kills: () => /oom_kill (\d+)/.exec(read(isV1 ? 'memory.oom_control' : 'memory.events'))?.[1] ?? 'unknown',
    remove: () => rmdirSync(folder),
  }
}

const mb = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
const ms = (value: number): string => (value < 100 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`)

interface Options {
  readonly root: string
  readonly plans: readonly Plan[]
  readonly callMs: number
  readonly seed: number
}

/** Runs one attack on a server and measures the neighbour's calls before it and during it. */
async function play(plan: Plan, { target, child }: Server, { callMs, seed }: Options): Promise<string[]> {
  const isNew = plan.connectsAnew ?? false
  await callFor(target, 1000, isNew)
  const peace = await callFor(target, 2000, isNew)
  const idleBytes = memoryOf(child, 'VmRSS')
  writeFileSync(`/proc/${child.pid}/clear_refs`, '5')
  const { begun, end } = await beginAttack(plan, target, seed)
  const [calls] = await Promise.all([callFor(target, callMs, isNew), begun])
  const peakBytes = memoryOf(child, 'VmHWM')
  const { sentBytes, opened, closedByServer } = await end()
  const failed = calls.failed > 0 ? `, ${calls.failed} of ${calls.count} failed` : ''
  return [
    plan.name,
    ms(peace.medianMs),
    `${ms(calls.medianMs)}${failed}`,
    ms(calls.longestMs),
    mb(idleBytes),
    mb(peakBytes),
    mb(sentBytes),
    `${closedByServer} of ${opened}`,
  ]
}

const HEAD = [
  'attack',
  'median call in peace',
  'beside it',
  'longest',
  'resident in peace',
  'peak',
  'sent',
  'connections closed',
]

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

async function eachOnItsOwn(options: Options): Promise<void> {
  for (const plan of options.plans) {
    const server = await startServer(options.root, knownFlags(options.root, plan.flags))
    try {
      console.log(row(await play(plan, server, options)))
    } finally {
      await server.stop()
    }
  }
}

/** Runs everything on one server with this memory limit. */
async function allOnOne(options: Options, limitBytes: number): Promise<void> {
  const memory = makeMemoryGroup(limitBytes)
  const server = await startServer(
    options.root,
    knownFlags(options.root, ['--max-strangers', '1000']),
    memory,
  )
  try {
    for (const plan of options.plans) {
      const isTaken = plan.name === 'one address that takes every slot'
      console.log(row(await play(isTaken ? { ...plan, count: 3000 } : plan, server, options)))
    }
    const { medianMs, failed } = await callFor(server.target, 2000, true)
    console.log(
      `\nafterwards: ${failed === 0 ? 'alive' : 'does not answer'}, median call with connecting ${ms(medianMs)}`,
    )
  } catch (error) {
    console.log(`\nafterwards: ${server.child.signalCode ?? server.child.exitCode ?? 'running'} (${error})`)
    process.exitCode = 1
  } finally {
    console.log(
      `peak of the memory cgroup of ${mb(limitBytes)}: ${mb(memory.peakBytes())}; killed by it: ${memory.kills()}`,
    )
    await server.stop()
    await pause(200)
    memory.remove()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
      only: { type: 'string', default: PLANS.map((_, i) => i + 1).join() },
      seconds: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
      'memory-limit': { type: 'string' },
      attack: { type: 'string' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    console.log(HELP)
    return
  }
  if (values.attack !== undefined) {
    attack(values.attack)
    return
  }
  const plans = PLANS.filter((_, i) => values.only.split(',').includes(String(i + 1)))
  const root = values.root.replace(/\/$/, '')
  const options: Options = { root, plans, callMs: Number(values.seconds) * 1000, seed: Number(values.seed) }
  console.log(`${row(HEAD)}\n|${'---|'.repeat(HEAD.length)}`)
  const limit = values['memory-limit']
  await (limit === undefined ? eachOnItsOwn(options) : allOnOne(options, Number(limit) * MIB))
}

// A neighbour's connection may break: the call counts as failed.
process.on('uncaughtException', (error) => {
  if (!(error instanceof Error && 'code' in error)) throw error
})
await main()
if (!process.argv.includes('--attack')) process.exit()
