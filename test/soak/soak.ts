/**
 * `npm run soak -- --minutes N --seed S`: programs with the client, over TCP, a WebSocket and HTTP, with a real server that is
 * killed with -9 and told to have faults. Prints where it stands every ten seconds, and in the end a verdict, which is also how
 * it exits.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ClientOptions } from '@cablegram/client'
import { Rng } from '@cablegram/mtproto/testing'
import { Account } from './account.ts'
import { TroubledServer } from './troubled-server.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' } },
})
const minutes = Number(values.minutes)
const seed = Number(values.seed)
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  process.stderr.write('usage: npm run soak -- [--minutes N] [--seed S]\n')
  process.exit(2)
}

/** The programs: one for each way to connect, and one without temporary keys. */
const CLIENTS: Readonly<Record<string, ClientOptions>> = {
  tcp: { pfs: false },
  hidden: { framing: 'padded', obfuscated: true },
  websocket: { transport: 'websocket' },
  http: { transport: 'http' },
}
const TELL_EVERY_MS = 10_000
/** Before this the modules and tables of the clients are not all there. */
const WARM_UP_MS = 5_000
/** Programs go on for so long once nothing goes wrong any more. */
const LAST_CALLS_MS = 5_000
/** Updates that were lost at the end are asked for when a client has heard nothing for so long. */
const CATCH_UP_MS = 16 * 60_000
/** The heap may grow by so much. */
const MOST_GROWTH_MIB = 10

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const rng = new Rng(seed)
const folder = mkdtempSync(join(tmpdir(), 'cablegram-soak-'))
const before = handles()
const server = await TroubledServer.start(join(folder, 'data'), rng)
const accounts = Object.entries(CLIENTS).map(
  ([name, client], index) =>
    new Account({
      name,
      phone: `+999662${7000 + index}`,
      session: join(folder, `${name}.session`),
      client: { floodWaitMaxS: 30, ...client, server: server.info },
      rng: new Rng(seed * 100 + index),
    }),
)
const [first, ...rest] = accounts
if (first === undefined) throw new Error('there is no program')
for (const account of accounts) await account.begin()
const group = await first.makeGroup(rest)
for (const account of accounts) await account.beginCount(group)
const others = (account: Account) => accounts.filter((each) => each !== account)
for (const account of accounts) account.work(group, others(account))
await wait(WARM_UP_MS)
const heapAtStart = heapMib()
server.beginTroubles()
const endsMs = performance.now() + minutes * 60_000
const telling = setInterval(tell, TELL_EVERY_MS)
await wait(endsMs - performance.now())
await server.endTroubles()
// Updates that come after the last lost ones show that those are missing.
await wait(LAST_CALLS_MS)
await Promise.all(accounts.map((account) => account.end()))
const wrong = await proven()
const heapAtEnd = heapMib()
clearInterval(telling)
tell()
for (const account of accounts) await account.close()
await server.stop()
rmSync(folder, { recursive: true })
const left = await handlesLeft()
verdict()

/** Waits until everybody has heard of everything, as long as that may take. */
async function proven(): Promise<string[]> {
  const untilMs = performance.now() + CATCH_UP_MS
  for (;;) {
    const found: string[] = []
    for (const account of accounts) found.push(...(await account.prove(group, others(account))))
    const isMissing = found.some((each) => each.includes('was not told'))
    if (!isMissing || performance.now() > untilMs) return found
    await wait(1_000)
  }
}

function heapMib(): number {
  for (let round = 0; round < 3; round++) collect()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

function handles(): number {
  return process.getActiveResourcesInfo().filter((name) => !/TTY|Pipe/.test(name)).length
}

/** Sockets of fetch stay for a few seconds. */
async function handlesLeft(): Promise<number> {
  for (let tries = 0; tries < 50 && handles() > before; tries++) await wait(200)
  return Math.max(0, handles() - before)
}

function sums() {
  const total = { made: 0, answered: 0, refused: 0, unknown: 0, told: 0, duplicates: 0, reopened: 0 }
  for (const { outcomes, told, duplicates, reopened } of accounts) {
    for (const [name, count] of Object.entries({ ...outcomes, told, duplicates, reopened })) {
      total[name as keyof typeof total] += count
    }
  }
  return total
}

function tell(): void {
  const { made, answered, told } = sums()
  const heap = (process.memoryUsage().heapUsed / 1024 / 1024).toFixed(1)
  const text = `${made} calls, ${answered} answered; ${told} messages told; ${server.kills} kills, ${server.faults} faults; heap ${heap} MiB`
  process.stdout.write(`${(performance.now() / 1000).toFixed(0)} s: ${text}\n`)
}

function verdict(): void {
  const { made, answered, refused, unknown, told, duplicates, reopened } = sums()
  const lost = wrong.filter((each) => each.includes('was not told')).length
  const unsettled = made - answered - refused - unknown
  const grownMib = heapAtEnd - heapAtStart
  const failures = [
    ...accounts.flatMap((account) => account.wrong),
    ...wrong,
    ...(duplicates > 0 ? [`${duplicates} messages were told again`] : []),
    ...(unsettled > 0 ? [`${unsettled} calls have no outcome`] : []),
    ...(grownMib > MOST_GROWTH_MIB ? [`the heap has grown by ${grownMib.toFixed(1)} MiB`] : []),
    ...(left > 0 ? [`${left} handles left: ${process.getActiveResourcesInfo().join()}`] : []),
  ]
  const lines = [
    `minutes ${minutes}, seed ${seed}: ${server.kills} kills, ${server.faults} faults, ${reopened} clients closed and made again`,
    `updates: ${told} told, ${duplicates} told again after the cursor had them, ${lost} lost`,
    `calls: ${made} made, ${answered} answered, ${refused} refused, ${unknown} without an answer, ${unsettled} without an outcome`,
    `heap after collection: ${heapAtStart.toFixed(1)} MiB at the start, ${heapAtEnd.toFixed(1)} MiB at the end`,
    `handles left: ${left}`,
    failures.length === 0 ? 'verdict: all promises kept' : `verdict: BROKEN\n${failures.join('\n')}`,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  process.exitCode = failures.length === 0 ? 0 : 1
}
