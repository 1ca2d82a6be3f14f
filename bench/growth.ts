/**
 * Measures logins with one node on SQLite and with one, two and three nodes on PostgreSQL and Redis, on this machine:
 * processor time by program and by part of a node, and how often a login waits for PostgreSQL. Commits reach the disk.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { startPostgres, startRedis } from '../test/engines/index.ts'
import { timeOfPrograms } from './process-time.ts'
import { nearestShares } from './profile.ts'
import { transactionsOfLogin } from './waits.ts'
import { startWhole } from './whole.ts'

const LOGINS = Number(process.env['GROWTH_LOGINS'] ?? 2000)
const WARM_UP = 600
const PARTS = [
  ['driver', /\/server\/src\/database\/|node:sqlite|\/node_modules\/pg/],
  ['rules', /\/server\/src\/(rules|api|rpc|courier|ground|bus)\/|\/tl\//],
  ['protocol', /\/mtproto\/|\/server\/src\/gateway\/|wasm:/],
] as const

const postgres = await startPostgres({ fsync: true, settings: { shared_buffers: '256MB' } })
const redis = await startRedis()
try {
  for (const nodes of [0, 1, 2, 3]) await measure(nodes)
  for (const nodes of [0, 1]) await divide(nodes)
  await printWaits()
} finally {
  await redis.close()
  await postgres.close()
}

/** @param nodes 0: one node on SQLite */
async function start(nodes: number, profiles?: string): Promise<Awaited<ReturnType<typeof startWhole>>> {
  const people = LOGINS + WARM_UP
  if (nodes === 0) return await startWhole({ nodes: 1, people, profiles })
  const url = postgres.url(await postgres.createDatabase())
  return await startWhole({ nodes, people, postgres: url, redis: redis.url(), profiles })
}

function nameOf(nodes: number): string {
  return nodes === 0 ? 'SQLite, one node' : `PostgreSQL, ${nodes} node${nodes === 1 ? '' : 's'}`
}

async function measure(nodes: number): Promise<void> {
  const whole = await start(nodes)
  await whole.logIn(WARM_UP)
  const times = async (): Promise<readonly number[]> => [
    await whole.cpuUs(),
    timeOfPrograms('postgres'),
    timeOfPrograms('redis-server'),
    ownUs(),
  ]
  const before = await times()
  const tookS = await whole.logIn(LOGINS)
  const after = await times()
  const [nodeUs = 0, postgresUs = 0, redisUs = 0, clientUs = 0] = after.map(
    (us, at) => (us - (before[at] ?? 0)) / LOGINS,
  )
  console.log(`${nameOf(nodes)}: cablegram ${(LOGINS / tookS).toFixed(0)} logins a second by the clock`)
  console.log(`… processor time of a login in the nodes: cablegram ${ms(nodeUs)}`)
  if (nodes > 0) {
    console.log(`… in PostgreSQL: cablegram ${ms(postgresUs)}`)
    console.log(`… in Redis: cablegram ${ms(redisUs)}`)
  }
  console.log(`… in the clients: cablegram ${ms(clientUs)}`)
  await whole.close()
}

/** Divides the processor time of a node by part of its work. */
async function divide(nodes: number): Promise<void> {
  const profiles = mkdtempSync(`${tmpdir()}/cablegram-growth-`)
  try {
    const whole = await start(nodes, profiles)
    await whole.logIn(LOGINS + WARM_UP)
    await whole.close()
    for (const [part, share] of Object.entries(nearestShares(profiles, PARTS)))
      console.log(`${nameOf(nodes)}, share of ${part}: cablegram ${(share * 100).toFixed(0)} %`)
  } finally {
    rmSync(profiles, { recursive: true, force: true })
  }
}

async function printWaits(): Promise<void> {
  for (const { statements, waits } of await transactionsOfLogin(postgres)) {
    const [first = ''] = [statements.find((text) => /^\s*INSERT/.test(text)) ?? statements.at(-1)]
    console.log(
      `transaction \`${shortened(first)}\`: cablegram ${statements.length} statements and ${waits} waits`,
    )
  }
}

function shortened(text: string): string {
  return text.replace(/\s+/g, ' ').trim().replaceAll(',', '').slice(0, 60)
}

function ownUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(2)} ms`
}
