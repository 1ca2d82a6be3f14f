/**
 * A server is killed with -9 at random moments while several people send. After its restart they repeat what was not
 * acknowledged: every message is in every box of its chat exactly once, and no log has a hole. `npm run test:kills` runs the
 * full form, and writes its result into `docs/promises.md`.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Rng } from '@cablegram/mtproto/testing'
import { type ServeProcess, startServe } from '../e2e/serve.ts'
import { effort, isLong } from '../effort.ts'
import { startPostgres } from './index.ts'
import { Seen } from './promises/seen.ts'
import { Senders } from './promises/senders.ts'
import { type KillRow, say, writeKills } from './promises/table.ts'

const KILLS: number = effort(3, 100)
/** The longest time between the first message after a start and the kill. */
const MOST_MS = 400
/** Attempts to start. */
const MOST_STARTS: number = effort(1, 10)
const KEPT_EVENTS = 10_000

/** The logs of all boxes: where each begins and ends, and how many events it has. */
const LOGS = `SELECT b.box_id, b.pts, min(l.pts) AS first, max(l.pts) AS last, count(l.pts) AS events
  FROM boxes b LEFT JOIN box_log l ON l.box_id = b.box_id GROUP BY b.box_id, b.pts`

type Rows = readonly Readonly<Record<string, unknown>>[]

const folder = mkdtempSync(join(tmpdir(), 'cablegram-kill-sends-'))
const rng = new Rng(11)
const rows: KillRow[] = []
after(() => {
  rmSync(folder, { recursive: true })
  if (isLong) writeKills(rows, new Date())
})

/** Starts on the ports of before, if there was one, so that clients come back by themselves. */
async function start(args: readonly string[], before?: ServeProcess): Promise<ServeProcess> {
  const port = String(before?.ready.dcs[0]?.port ?? 0)
  const consolePort = before === undefined ? '0' : new URL(before.ready.console).port
  const all = [...args, '--log', 'error', '--port', port, '--console-port', consolePort]
  for (let tries = 1; ; tries += 1) {
    try {
      return await startServe(all)
    } catch (error) {
      // On a busy machine a start that takes too long is killed: one kill more.
      if (tries === MOST_STARTS || !String(error).includes('SIGKILL')) throw error
    }
  }
}

async function killUnderSends(
  store: string,
  args: readonly string[],
  query: (text: string) => Promise<Rows>,
): Promise<void> {
  const seen = new Seen()
  let serve = await start(args)
  const senders = await Senders.open(serve.ready, 100, seen)
  let underWay = 0
  let longestMs = 0
  try {
    senders.begin()
    for (let kills = 1; kills <= KILLS; kills += 1) {
      await acknowledgedAfter(senders)
      await wait(rng.between(0, MOST_MS))
      underWay += senders.inFlight
      const killedMs = performance.now()
      await serve.stop('SIGKILL')
      serve = await start(args, serve)
      await acknowledgedAfter(senders)
      longestMs = Math.max(longestMs, performance.now() - killedMs)
      if (kills % 10 === 0) say(`${store}: ${kills} of ${KILLS} kills, ${senders.count} messages`)
    }
    await senders.prove()
  } finally {
    await senders.close()
    await serve.stop('SIGTERM')
  }
  for (const row of await query(LOGS)) assertWhole(row)
  rows.push({ store, kills: KILLS, messages: senders.count, underWay, seen: String(seen), longestMs })
}

async function acknowledgedAfter(senders: Senders): Promise<void> {
  const before = senders.count
  while (senders.count === before) await wait(2)
}

/** The log goes to the box's pts without a hole, from the beginning or with as many events as a log keeps. */
function assertWhole(row: Rows[number]): void {
  const { pts, first, last, events } = row
  const count = Number(events)
  if (count === 0) assert.equal(Number(pts), 1)
  else {
    assert.equal(last, pts)
    assert.equal(count, Number(last) - Number(first) + 1, 'the log has no hole')
    assert.ok(Number(first) === 2 || count === KEPT_EVENTS)
  }
}

test('a server with a data folder, killed in mid-send: every acknowledged message is there once', async () => {
  const data = join(folder, 'data')
  await killUnderSends('SQLite', ['--data', data], async (text) => {
    const database = new DatabaseSync(join(data, 'cablegram.db'))
    const found = database.prepare(text).all()
    const { integrity_check: check } = database.prepare('PRAGMA integrity_check').get() ?? {}
    database.close()
    assert.equal(check, 'ok')
    return found
  })
})

test('a server on PostgreSQL, killed in mid-send: every acknowledged message is there once', async (t) => {
  const postgres = await startPostgres()
  t.after(() => postgres.close())
  const database = await postgres.createDatabase()
  const args = ['--store', postgres.url(database), '--secret-file', join(folder, 'secret.key')]
  await killUnderSends('PostgreSQL', args, (text) => postgres.query(text, database))
})
