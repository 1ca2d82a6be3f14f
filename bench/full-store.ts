/**
 * Measures a private text beside a million accounts and ten million messages, on SQLite: two servers, one on a store that has
 * them and one on a store without, take turns. The store is filled by SQL; it takes some 7 GB of the disk, in TMPDIR.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { DatabaseSync } from 'node:sqlite'
import { type ChatServer, type Device, makePeople, repeat, startChatServer } from './chat-people.ts'
import { median } from './measure.ts'
import { openStoreOf } from './whole.ts'

const ACCOUNTS = Number(process.env['ACCOUNTS'] ?? 1_000_000)
const MESSAGES = Number(process.env['MESSAGES'] ?? 10_000_000)
/** Accounts that are filled in at once; they are pairs who talk with each other. */
const AT_ONCE = 100_000
const PAIRS = 16
const ROUNDS = 24
const WARM_UP_ROUNDS = 8
const TEXTS = 400

const folders = [
  mkdtempSync(`${tmpdir()}/cablegram-empty-`),
  mkdtempSync(`${tmpdir()}/cablegram-full-`),
] as const
try {
  const [empty, full] = folders
  await (await openStoreOf(full)).close()
  fill(full)
  const servers = [await start(empty), await start(full)]
  const costs = servers.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    // The second one finds the caches as the first has left them, so the order changes, too.
    for (const at of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const cost = await costOfTexts(servers[at], round)
      if (round >= WARM_UP_ROUNDS) costs[at]?.push(cost)
    }
  }
  const [none = 0, many = 0] = costs.map(median)
  console.log(
    `a private text beside ${ACCOUNTS} accounts and ${MESSAGES} messages: cablegram ${many.toFixed(0)} µs, empty ${none.toFixed(0)} µs: ${(none / many).toFixed(2)}×`,
  )
  for (const { server } of servers) await server.close()
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

/** A server, and pairs of a sender with one device and a recipient with two. */
interface Started {
  readonly server: ChatServer
  readonly pairs: readonly Pair[]
}

interface Pair {
  readonly sender: Device
  readonly peer: Awaited<ReturnType<Device['find']>>['peer']
}

async function start(folder: string): Promise<Started> {
  const people = await makePeople(folder, Array.from({ length: PAIRS }, () => [1, 2]).flat())
  const server = await startChatServer(folder, people)
  const pairs: Pair[] = []
  for (let pair = 0; pair < PAIRS; pair++) {
    const sender = server.devices[pair * 2]?.[0]
    if (sender !== undefined) pairs.push({ sender, peer: (await sender.find(pair * 2 + 1)).peer })
  }
  return { server, pairs }
}

/** Processor time of the server for a text. */
async function costOfTexts(started: Started | undefined, round: number): Promise<number> {
  if (started === undefined) return Number.NaN
  const { server, pairs } = started
  const before = await server.cpuUs()
  await repeat(TEXTS, PAIRS, async (at) => {
    const { sender, peer } = pairs[at % PAIRS] ?? {}
    const randomId = BigInt(round * TEXTS + at + 1)
    if (sender && peer) await sender.send(peer, `a private text of usual length, number ${at}`, randomId)
  })
  return ((await server.cpuUs()) - before) / TEXTS
}

/** Fills in accounts that talk in pairs: each of two boxes has all texts of the chat, and their events. */
function fill(folder: string): void {
  const db = new DatabaseSync(`${folder}/cablegram.db`)
  db.exec(
    'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = OFF; PRAGMA cache_size = -400000',
  )
  const each = Math.ceil(MESSAGES / (ACCOUNTS / 2))
  for (let from = 0; from < ACCOUNTS; from += AT_ONCE) {
    const to = Math.min(ACCOUNTS, from + AT_ONCE)
    db.exec('BEGIN')
    for (const text of fillSql(from, to, each)) db.exec(text)
    db.exec('COMMIT')
    console.error(`${to} accounts are filled in`)
  }
  db.close()
  // Otherwise the commits of the first texts wait for the disk.
  execFileSync('sync')
}

/** Account n has the id n + 1, and talks with its neighbour; both send half of the texts of their chat. */
function fillSql(from: number, to: number, each: number): readonly string[] {
  const nowS = Math.floor(Date.now() / 1000) - 3600
  const people = `WITH RECURSIVE people (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM people WHERE n + 1 < ${to})`
  const texts = `${people}, texts (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM texts WHERE i < ${each})`
  const bodyId = `n / 2 * ${each} + i`
  // The neighbour of an even number is the next one, that of an odd number the one before; ids are one more.
  const peer = '(n / 2 * 2) + 2 - n % 2'
  const isOut = '(n % 2 = i % 2)'
  return [
    `INSERT INTO users (id, access_hash, phone, first_name, last_name, created_at_s, home_dc, username) ${people}
     SELECT n + 1, n, '49170' || substr('00000000' || n, -8), 'Ada', 'Lovelace', ${nowS}, 2, 'filled_' || n FROM people`,
    `INSERT INTO usernames (name, peer_id) ${people} SELECT 'filled_' || n, n + 1 FROM people ORDER BY 1`,
    `INSERT INTO boxes (box_id, pts, last_id, last_date_s) ${people} SELECT n + 1, ${each} + 1, ${each}, ${nowS} FROM people`,
    `INSERT INTO bodies (body_id, holders, sealed_body) ${texts}
     SELECT ${bodyId}, 2, zeroblob(110) FROM people CROSS JOIN texts WHERE n % 2 = 0`,
    `INSERT INTO messages (box_id, id, peer_id, from_id, is_out, date_s, random_id, pts, body_id) ${texts}
     SELECT n + 1, i, ${peer}, CASE WHEN ${isOut} THEN n + 1 ELSE ${peer} END, ${isOut}, ${nowS}, ${bodyId}, i + 1, ${bodyId}
     FROM people CROSS JOIN texts`,
    `INSERT INTO box_log (box_id, pts, pts_count, kind, message_id) ${texts}
     SELECT n + 1, i + 1, 1, 'newMessage', i FROM people CROSS JOIN texts`,
    `INSERT INTO dialogs (box_id, peer_id, top_id, top_date_s, message_count) ${people}
     SELECT n + 1, ${peer}, ${each}, ${nowS}, ${each} FROM people`,
  ]
}
