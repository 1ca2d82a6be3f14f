/**
 * Promises under failure, by breaking things: nodes, PostgreSQL, Redis, the clock, the disk. Each test adds a row to the table
 * that is printed at the end. `npm run test:promises` runs the full form and writes `docs/promises.md`.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { memorySession, TelegramClient } from '@cablegram/client'
import { RpcError } from '@cablegram/mtproto'
import { Rng } from '@cablegram/mtproto/testing'
import { startServer } from '@cablegram/server'
import { isHealthy } from '../e2e/console.ts'
import { openClient, ownPhone, sendCode, signUp, testPhone } from '../e2e/logins.ts'
import { effort, isLong } from '../effort.ts'
import { startCluster } from './cluster.ts'
import { startPostgres, startProxy, startRedis } from './index.ts'
import { Chat } from './promises/chat.ts'
import { Logins, type SignedIn } from './promises/logins.ts'
import { startMischief } from './promises/mischief.ts'
import { revokeLate } from './promises/revoke.ts'
import { Seen } from './promises/seen.ts'
import { mountSmallDisk } from './promises/small-disk.ts'
import { Report, say, seconds, timesInWords, writePromises, writeTalk } from './promises/table.ts'
import { Talk } from './promises/talk.ts'

const SEED = 10
/** Time limit of a test, and of the clients that log in around one fault. */
const LIMIT_MS = effort(240_000, 7_200_000)
const ROUND_LIMIT_MS = 110_000
const LOG_CHARACTERS = 4_000
/** Two sessions chat for so many rounds, then two others: an account's log keeps 10,000 events. */
const ROUNDS_OF_CHAT = 10
const NODES = 3
/** Time limit for every client to be signed in after a fault: ten seconds, and more beside the other tests of a busy machine. */
const SIGNED_IN_WITHIN_MS = effort(60_000, 10_000)

const rng = new Rng(SEED)
const folder = mkdtempSync(join(tmpdir(), 'cablegram-promises-'))
const secretFile = join(folder, 'secret.key')
const postgres = await startPostgres()
const proxy = await startProxy(postgres)
const redis = await startRedis()
const busProxy = await startProxy(redis)
const database = await postgres.createDatabase()
const cluster = await startCluster({
  store: postgres.url(database, proxy.port),
  bus: redis.url({ port: busProxy.port }),
  secretFile,
  nodes: NODES,
})
const report = new Report((rows) => isLong && writePromises(rows, new Date()))
const talkReport = new Report((rows) => isLong && writeTalk(rows, new Date()))
/** Ends the waits of the test that runs. */
let over = AbortSignal.timeout(0)
let accounts = 9_000
const newAccount = (): string => testPhone(++accounts)

after(async () => {
  const closed = await Promise.allSettled([cluster.close()])
  closed.push(...(await Promise.allSettled([proxy, busProxy, postgres, redis].map((each) => each.close()))))
  rmSync(folder, { recursive: true })
  report.print()
  talkReport.print()
  for (const each of closed) if (each.status === 'rejected') throw each.reason
})

/** A test whose waits end, after which the next one finds everything running. */
function scenario(name: string, run: () => Promise<void>): void {
  test(name, async () => {
    const startedMs = performance.now()
    over = AbortSignal.timeout(LIMIT_MS)
    say(name)
    try {
      await mend()
      await within(run(), LIMIT_MS)
      say(`done in ${seconds(performance.now() - startedMs)}`)
    } catch (error) {
      const [reason] = String(error).split('\n')
      say(`failed: ${reason}\n${cluster.log().slice(-LOG_CHARACTERS)}`)
      report.add({
        fault: name,
        seen: `the test failed: ${reason}`,
        longest: 'not measured',
        lost: 'not shown',
      })
      throw error
    }
  })
}

/** Starts again what a test that failed has left broken. */
async function mend(): Promise<void> {
  proxy.restore()
  busProxy.restore()
  postgres.thaw()
  if (!postgres.isRunning) await postgres.start()
  if (!redis.isRunning) await redis.start()
  for (let node = 0; node < NODES; node += 1) if (!cluster.isRunning(node)) await cluster.start(node)
}

function pause(forMs: number): Promise<void> {
  return wait(forMs, undefined, { signal: over })
}

/** Waits for something, but not for ever. */
async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const late = new AbortController()
  const signal = AbortSignal.any([over, late.signal])
  const timeout = wait(limitMs, undefined, { signal }).then(
    () => Promise.reject(new Error(`not done within ${seconds(limitMs)}`)),
    () =>
      late.signal.aborted
        ? new Promise<never>(() => {})
        : Promise.reject(new Error('the test took too long')),
  )
  try {
    return await Promise.race([work, timeout])
  } finally {
    late.abort()
  }
}

/** A part of the server that breaks, and comes back before the promise resolves. */
interface Fault {
  /** Asked once the fault is over. */
  readonly name: () => string
  readonly times: number
  readonly logins: number
  /** @param round from 0 @returns the time that the longest wait is measured from */
  readonly breakIt: (round: number) => Promise<number>
  /** Beginning of the longest wait. */
  readonly since: string
}

/** Breaks something while many log in and two sessions chat; proves each time that nothing is lost. */
async function breakUnderLogins({ name, times, logins: count, breakIt, since }: Fault): Promise<number> {
  const logins = new Logins(cluster)
  const seen = new Seen()
  const chats: Chat[] = []
  let longestMs = 0
  let total = 0
  let round = 0
  try {
    await nodesAreWell()
    for (; round < times; round += 1) {
      if (round % ROUNDS_OF_CHAT === 0) {
        await within(proveLast(chats), ROUND_LIMIT_MS)
        chats.push(await within(Chat.begin(cluster, logins, newAccount(), seen), ROUND_LIMIT_MS))
      }
      const { done, all } = logins.begin(count, cluster.consoleOf((round + 1) % NODES))
      await someAreDone(done, all, rng.between(0, count - 5), rng.between(0, 300))
      const overMs = await breakIt(round)
      await within(all, ROUND_LIMIT_MS)
      const tookMs = Math.max(...done.map(({ atMs }) => atMs - overMs))
      longestMs = Math.max(longestMs, tookMs)
      total += done.length
      await nodesAreWell()
      await within(logins.prove(done, postgres, database), ROUND_LIMIT_MS)
      if (times > 1) say(`  ${round + 1} of ${times}: the last client after ${seconds(Math.max(0, tookMs))}`)
    }
    await within(proveLast(chats), ROUND_LIMIT_MS)
  } catch (error) {
    throw new Error(
      `after ${round} of ${times} rounds and ${total} logins: ${String(error).split('\n')[0]}`,
      {
        cause: error,
      },
    )
  } finally {
    for (const chat of chats) chat.end()
    await logins.close()
  }
  const messages = chats.reduce((sum, chat) => sum + chat.count, 0)
  const fetched = chats.reduce((sum, chat) => sum + chat.fetched, 0)
  report.add({
    fault: `${name()}, ${timesInWords(times)}, under ${count} logins each time`,
    seen: `logins: ${logins.seen}; messages: ${seen}`,
    longest: `${seconds(Math.max(0, longestMs))} ${since}`,
    lost: `nothing of ${total} logins and ${messages} messages (${fetched} fetched by the reader after a gap, the others pushed)`,
  })
  return longestMs
}

async function proveLast(chats: readonly Chat[]): Promise<void> {
  await chats.at(-1)?.prove()
}

async function nodesAreWell(): Promise<void> {
  const untilMs = performance.now() + ROUND_LIMIT_MS
  for (let node = 0; node < NODES; node += 1)
    while (!(await isHealthy(cluster.consoleOf(node)))) {
      assert.ok(performance.now() < untilMs, `node ${node} is not well`)
      await pause(20)
    }
}

async function someAreDone(
  done: readonly SignedIn[],
  all: Promise<void>,
  count: number,
  thenMs: number,
): Promise<void> {
  let isOver = false
  const end = (): void => {
    isOver = true
  }
  all.then(end, end)
  while (done.length < count && !isOver) await pause(2)
  await pause(thenMs)
}

scenario(
  'nodes killed under logins: every client is signed in 10 s later, and no code works twice',
  async () => {
    const longestMs = await breakUnderLogins({
      name: () => 'One of three nodes killed with -9 and started again',
      times: effort(3, 100),
      logins: effort(10, 50),
      since: 'from the kill until the last client was signed in',
      async breakIt(round) {
        const node = round % NODES
        const killedMs = performance.now()
        await cluster.stop(node, 'SIGKILL')
        await cluster.start(node)
        return killedMs
      },
    })
    assert.ok(longestMs < SIGNED_IN_WITHIN_MS, `${longestMs} ms`)
  },
)

scenario('nodes restarted one after the other under logins and pushes: nothing is lost', async () => {
  await breakUnderLogins({
    name: () => 'A rolling restart: each of three nodes stopped with SIGTERM and started again',
    times: effort(1, 10),
    logins: effort(8, 30),
    since: 'from the end of the restart until the last client was signed in',
    async breakIt() {
      for (let node = 0; node < NODES; node += 1) {
        await cluster.stop(node, 'SIGTERM')
        await cluster.start(node)
      }
      return performance.now()
    },
  })
})

const downMs = effort(2_000, 10_000)
const POSTGRES_FAULTS: Readonly<Record<string, () => Promise<void>>> = {
  [`PostgreSQL stopped for ${downMs / 1000} s`]: async () => {
    await postgres.stop('fast')
    await pause(downMs)
    await postgres.start()
  },
  'PostgreSQL restarted': async () => {
    await postgres.stop('fast')
    await postgres.start()
  },
  'PostgreSQL killed with -9 and started again': async () => {
    await postgres.kill()
    await postgres.start()
  },
  'All connections to PostgreSQL cut, 10 times within 2 s': async () => {
    for (let cuts = 0; cuts < 10; cuts += 1) {
      proxy.cut()
      await pause(rng.between(100, 300))
    }
  },
  [`Connections to PostgreSQL refused for ${downMs / 1000} s`]: async () => {
    proxy.refuse()
    await pause(downMs)
    proxy.restore()
  },
  [`PostgreSQL silent for ${downMs / 1000} s, its connections open`]: async () => {
    await postgres.freeze()
    await pause(downMs)
    postgres.thaw()
  },
}

for (const [name, breakPostgres] of Object.entries(POSTGRES_FAULTS)) {
  scenario(`${name}, under logins: nothing acknowledged is lost`, async () => {
    const longestMs = await breakUnderLogins({
      name: () => name,
      times: effort(1, 10),
      logins: effort(8, 30),
      since: 'from its return until the last client was signed in',
      async breakIt() {
        await breakPostgres()
        return performance.now()
      },
    })
    assert.ok(longestMs < SIGNED_IN_WITHIN_MS, `${longestMs} ms`)
  })
}

for (const [name, commits] of [
  ['swallowed', effort(5, 60)],
  ['cut off', effort(20, 300)],
] as const) {
  scenario(`answers to COMMIT ${name} under logins: each decision is done once`, async () => {
    const silent = new Set<number>()
    let count = 0
    const watch = (): void =>
      proxy.watch(({ direction, chunk, connection }) => {
        if (direction === 'down') return silent.has(connection) ? 'swallow' : 'pass'
        if (count >= commits || !chunk.includes('COMMIT') || !rng.chance(0.1)) return 'pass'
        count += 1
        if (name === 'cut off') return 'passThenCut'
        silent.add(connection)
        return 'pass'
      })
    await breakUnderLogins({
      name: () => `${count} answers to COMMIT ${name} in all`,
      times: effort(1, 10),
      logins: effort(10, 50),
      since: 'from the first of them until the last client was signed in',
      async breakIt() {
        watch()
        return performance.now()
      },
    })
    proxy.restore()
    assert.ok(count > 0)
  })
}

scenario('while PostgreSQL is down, calls are refused at once on connections that stay', async () => {
  const clients = Array.from({ length: 5 }, () => openClient(cluster.ready))
  const stranger = openClient(cluster.ready)
  const phones = clients.map(() => newAccount())
  await Promise.all(clients.map((client, at) => signUp(client, cluster.ready, phones[at] ?? '')))
  await stranger.help.getNearestDc({})
  const { accepted } = cluster.balancer
  await postgres.stop('fast')
  const outcomes = new Map<string, number>()
  let slowestMs = 0
  const untilMs = performance.now() + downMs
  const ask = async (call: () => Promise<unknown>): Promise<void> => {
    while (performance.now() < untilMs) {
      const sentMs = performance.now()
      const outcome = await call().then(
        () => 'answered',
        (error: unknown) => (error instanceof RpcError ? `${error.code} ${error.message}` : String(error)),
      )
      slowestMs = Math.max(slowestMs, performance.now() - sentMs)
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      await pause(50)
    }
  }
  const phone = newAccount()
  await Promise.all([
    ...clients.map((client) => ask(() => client.updates.getState({}))),
    ask(() => sendCode(stranger, cluster.ready, phone)),
  ])
  await postgres.start()
  for (const [at, client] of clients.entries()) {
    for (;;) {
      const own = await ownPhone(client).catch((error: unknown) => error)
      if (typeof own === 'string') {
        assert.equal(`+${own}`, phones[at])
        break
      }
      assert.ok(own instanceof RpcError && own.code >= 500, String(own))
      await pause(50)
    }
  }
  assert.equal(cluster.balancer.accepted, accepted, 'no client had to connect again')
  assert.ok(
    [...outcomes.keys()].every((outcome) => /^-?50\d /.test(outcome)),
    [...outcomes.keys()].join(),
  )
  report.add({
    fault: `PostgreSQL stopped for ${downMs / 1000} s; five signed-in clients and one that asks for a code go on asking`,
    seen: `${[...outcomes].map(([name, times]) => `${name} (${times} times)`).join(', ')}; connections stayed open`,
    longest: `${seconds(slowestMs)} for a refusal`,
    lost: 'nothing',
  })
  await Promise.all([...clients, stranger].map((client) => client.close()))
})

async function busIs(state: string): Promise<void> {
  for (let node = 0; node < NODES; node += 1) {
    for (;;) {
      const health = (await (await fetch(`${cluster.consoleOf(node)}/healthz`)).json()) as { bus?: string }
      if (health.bus === state) break
      await pause(20)
    }
  }
}

async function revokeSome(times: number): Promise<number> {
  let latestMs = 0
  for (let count = 0; count < times; count += 1)
    latestMs = Math.max(latestMs, await revokeLate(cluster, newAccount(), over))
  return latestMs
}

scenario(
  'Redis away under logins and pushes: nothing is lost, and revocations are at most 2 s late',
  async () => {
    const awayMs = effort(4_000, 60_000)
    const revocations = effort(3, 20)
    await busIs('ok')
    const withBusMs = await revokeSome(revocations)
    let withoutBusMs = 0
    await breakUnderLogins({
      name: () => `Redis killed, away for ${awayMs / 1000} s`,
      times: 1,
      logins: effort(8, 30),
      since: 'from the kill until the last client was signed in',
      async breakIt() {
        const killedMs = performance.now()
        await redis.kill()
        await busIs('polling')
        withoutBusMs = await revokeSome(revocations)
        await pause(Math.max(0, killedMs + awayMs - performance.now()))
        await redis.start()
        await busIs('ok')
        return killedMs
      },
    })
    for (const [state, latestMs, limitMs] of [
      ['with Redis', withBusMs, effort(SIGNED_IN_WITHIN_MS, 1_000)],
      ['while Redis is away', withoutBusMs, effort(SIGNED_IN_WITHIN_MS, 2_000)],
    ] as const) {
      report.add({
        fault: `A login ended at one node, used at another, ${revocations} times, ${state}`,
        seen: '401 at the next call',
        longest: `${seconds(latestMs)} in which the ended login was still served`,
        lost: 'nothing',
      })
      assert.ok(latestMs <= limitMs, `${state}: ${latestMs} ms`)
    }
  },
)

const pausedMs = effort(4_000, 10_000)
const mischiefMs = effort(2_000, 10_000)
const talkRounds = effort(1, 10)
/** Messages that are written before a fault, and after it. */
const MESSAGES_AROUND = 20
let saidAgain = 0
/** Each resolves when it is over. */
const FAULTS_OF_TALK: readonly {
  readonly name: () => string
  readonly run: (round: number) => Promise<void>
}[] = [
  {
    name: () => `A node held for ${pausedMs / 1000} s (SIGSTOP), and let go on`,
    async run(round) {
      const node = round % NODES
      cluster.pause(node)
      try {
        await pause(pausedMs)
      } finally {
        cluster.goOn(node)
      }
    },
  },
  {
    name: () => 'Redis killed and started again',
    async run() {
      await redis.kill()
      await redis.start()
    },
  },
  {
    name: () => 'PostgreSQL restarted amid sends to a group',
    async run() {
      await postgres.stop('fast')
      await postgres.start()
    },
  },
  {
    name: () => `Three of ten messages on the bus lost on the way to a node, for ${mischiefMs / 1000} s`,
    async run() {
      busProxy.watch(({ direction, chunk }) => {
        const isNews = direction === 'down' && chunk.includes('"kind":"box"')
        return isNews && rng.chance(0.3) ? 'swallow' : 'pass'
      })
      await pause(mischiefMs)
      busProxy.watch(() => 'pass')
      // The next beats show what is missing: no connection is cut.
      await pause(1_000)
    },
  },
  {
    name: () =>
      `Every message on the bus said again, at once, up to 2 s late and in another order (${saidAgain} in all)`,
    async run() {
      const end = await startMischief(redis.url(), rng)
      await pause(mischiefMs)
      saidAgain += await end()
    },
  },
]

/** Breaks something while people write to each other; proves each time that nothing is lost. @returns the longest wait */
async function breakUnderTalk(talk: Talk, breakIt: (round: number) => Promise<void>): Promise<number> {
  let longestMs = 0
  for (let round = 0; round < talkRounds; round += 1) {
    talk.begin()
    await within(talk.goesOn(MESSAGES_AROUND), ROUND_LIMIT_MS)
    await breakIt(round)
    const overMs = performance.now()
    await within(talk.goesOn(), ROUND_LIMIT_MS)
    longestMs = Math.max(longestMs, performance.now() - overMs)
    await within(talk.goesOn(MESSAGES_AROUND), ROUND_LIMIT_MS)
    await within(
      talk.prove((text) => postgres.query(text, database)),
      ROUND_LIMIT_MS,
    )
    await nodesAreWell()
  }
  return longestMs
}

scenario(
  'people who write to each other end with equal devices, whatever becomes of nodes, bus and database',
  async () => {
    await nodesAreWell()
    const seen = new Seen()
    const talk = await within(Talk.open(cluster.ready, 8_000, seen), ROUND_LIMIT_MS)
    try {
      for (const { name, run } of FAULTS_OF_TALK) {
        const { count, differences } = talk
        const longestMs = await breakUnderTalk(talk, run)
        talkReport.add({
          fault: `${name()}, ${timesInWords(talkRounds)}`,
          seen: seen.take(),
          longest: `${seconds(longestMs)} from its end until the next message was acknowledged`,
          lost: `nothing of ${talk.count - count} messages; the devices that listen asked for ${talk.differences - differences} differences`,
        })
      }
    } finally {
      await talk.close()
    }
  },
)

scenario('a node with a wrong clock is refused, and one whose clock goes wrong says so', async () => {
  const options = {
    store: postgres.url(await postgres.createDatabase()),
    secretFile: join(folder, 'clock.key'),
  }
  const right = await startServer(options)
  await assert.rejects(startServer({ ...options, nowMs: () => Date.now() + 10_000 }), { code: 'CLOCK_SKEW' })
  await assert.rejects(startServer({ ...options, nowMs: () => Date.now() - 10_000 }), { code: 'CLOCK_SKEW' })
  let aheadMs = 1_000
  const other = await startServer({ ...options, nowMs: () => Date.now() + aheadMs })
  const phone = newAccount()
  const first = new TelegramClient(memorySession(), { server: right.info })
  const second = new TelegramClient(memorySession(), { server: other.info })
  const sent = await sendCode(first, right.info, phone)
  await signUp(second, other.info, newAccount())
  const health = async (): Promise<number> => (await fetch(`${other.info.console}/healthz`)).status
  assert.equal(await health(), 200)
  aheadMs = 5_000
  const sinceMs = performance.now()
  while ((await health()) !== 503) await pause(20)
  const toldMs = performance.now() - sinceMs
  assert.equal(`+${await signUpWith(first, sent)}`, phone)
  aheadMs = 0
  while ((await health()) !== 200) await pause(20)
  await Promise.all([first.close(), second.close()])
  await other.close()
  await right.close()
  report.add({
    fault: 'A node whose clock is 10 s ahead or behind at start; one whose clock is 1 s ahead, and then 5 s',
    seen: 'the first two did not start (CLOCK_SKEW, with the next step); the third served, and `/healthz` answered 503 once it was off, so that a balancer takes the node out',
    longest: `${seconds(toldMs)} until \`/healthz\` said so`,
    lost: 'nothing',
  })
})

async function signUpWith(
  client: ReturnType<typeof openClient>,
  sent: Awaited<ReturnType<typeof sendCode>>,
): Promise<string | undefined> {
  await client.auth.signIn({ ...sent, phoneCode: '22222' })
  await client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' })
  return await ownPhone(client)
}

scenario(
  'a full disk of PostgreSQL: writes are refused with an error that says so, and reads go on',
  async () => {
    const disk = await mountSmallDisk(postgres)
    if (typeof disk === 'string') {
      report.add({
        fault: 'The disk of PostgreSQL full',
        seen: `not tried: this machine may not mount a small disk (${disk})`,
        longest: 'not measured',
        lost: 'not measured',
      })
      return
    }
    const small = await startServer({
      store: postgres.url(disk.database),
      secretFile: join(folder, 'disk.key'),
    })
    const client = new TelegramClient(memorySession(), { server: small.info })
    const made: string[] = []
    const create = async (): Promise<{ status: number; code: unknown }> => {
      const phone = newAccount()
      const body = JSON.stringify({ phone, firstName: 'A'.repeat(64), lastName: 'B'.repeat(64) })
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${small.info.console}/api/users`, { method: 'POST', headers, body })
      const answer = (await response.json()) as { error?: { code: string } }
      if (response.status === 201) made.push(phone)
      return { status: response.status, code: answer.error?.code }
    }
    const health = async (): Promise<number> => (await fetch(`${small.info.console}/healthz`)).status
    try {
      const phone = newAccount()
      await signUp(client, small.info, phone)
      disk.fill()
      let answer = await create()
      while (answer.status === 201) answer = await create()
      assert.deepEqual(answer, { status: 503, code: 'STORE_FULL' })
      assert.equal(await health(), 503)
      assert.equal(`+${await ownPhone(client)}`, phone)
      disk.free()
      const freedMs = performance.now()
      while ((await health()) !== 200) await pause(20)
      const tookMs = performance.now() - freedMs
      assert.equal((await create()).status, 201)
      const phones = new Set((await small.users.list()).map((user) => user.phone))
      for (const each of [phone, ...made]) assert.ok(phones.has(each), each)
      report.add({
        fault: 'The disk of PostgreSQL full',
        seen: 'writes refused (console: 503 STORE_FULL with the next step), reads answered, `/healthz` 503',
        longest: `${seconds(tookMs)} from new room until \`/healthz\` was 200 again`,
        lost: `nothing of ${made.length + 1} accounts`,
      })
    } finally {
      await client.close()
      await small.close()
      await postgres.query(`DROP DATABASE ${disk.database} WITH (FORCE)`)
      disk.close()
    }
  },
)
