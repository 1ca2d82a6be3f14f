/**
 * A server is killed with -9 at random moments while several people send, and while it sends what they have scheduled and closes
 * their polls. After its restart they repeat what was not acknowledged: every message is in every box of its chat exactly once,
 * no log has a hole, and devices that were away hear of each message once. `npm run test:kills` runs the full form, and writes
 * its result into `docs/promises.md`.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Rng } from '@cablegram/mtproto/testing'
import { effort, isLong } from '../effort.ts'
import { startPostgres } from './index.ts'
import { Follower } from './promises/follower.ts'
import { assertWholeLogs, type Query } from './promises/logs.ts'
import { Planned } from './promises/planned.ts'
import { restart } from './promises/restart.ts'
import { Seen } from './promises/seen.ts'
import { Senders } from './promises/senders.ts'
import { type KillRow, say, writeKills } from './promises/table.ts'

const KILLS: number = effort(2, 100)
/** The longest time between the first message after a start and the kill. */
const MOST_MS = 400
/** The longest time between the first message of planned work and the kill. */
const MOST_WORK_MS = 60

const POLLS = 'SELECT sum(is_closed) AS closed, count(*) AS all_polls FROM polls'
const WAITING = 'SELECT count(*) AS waiting FROM scheduled'

const folder = mkdtempSync(join(tmpdir(), 'cablegram-kill-sends-'))
const rng = new Rng(11)
const rows: KillRow[] = []
after(() => {
  rmSync(folder, { recursive: true })
  if (isLong) writeKills(rows, new Date())
})

async function killUnderSends(store: string, given: readonly string[], query: Query): Promise<void> {
  const args = [...given, '--test-clock']
  const seen = new Seen()
  let serve = await restart(args)
  const senders = await Senders.open(serve.ready, 100, seen)
  const planned = new Planned(senders, seen)
  const followers = await Promise.all(senders.clients.map((client) => Follower.begin(client, seen)))
  let underWay = 0
  let halfDone = 0
  let longestMs = 0
  try {
    senders.begin()
    for (let kills = 1; kills <= KILLS; kills += 1) {
      await acknowledgedAfter(senders)
      await planned.plan()
      await wait(rng.between(0, MOST_MS))
      await planned.begin(serve)
      await wait(rng.between(0, MOST_WORK_MS))
      underWay += senders.inFlight
      const killedMs = performance.now()
      await serve.stop('SIGKILL')
      const waiting = Number((await query(WAITING))[0]?.['waiting'])
      if (waiting > 0 && waiting < planned.perRound) halfDone += 1
      serve = await restart(args, serve)
      await acknowledgedAfter(senders)
      longestMs = Math.max(longestMs, performance.now() - killedMs)
      await planned.catchUp(serve)
      await Promise.all(followers.map((follower) => follower.catchUp()))
      if (kills % 10 === 0) say(`${store}: ${kills} of ${KILLS} kills, ${senders.count} messages`)
    }
    await planned.prove()
    await senders.prove()
    for (const [index, follower] of followers.entries()) {
      await follower.catchUp()
      const expected = senders.places.flatMap((place) => (place.index === index ? place.acknowledged : []))
      assert.deepEqual(follower.texts.toSorted(), expected.sort(), `the device of ${index} has heard of all`)
    }
  } finally {
    await senders.close()
    await serve.stop('SIGTERM')
  }
  await assertWholeLogs(query)
  const [polls] = await query(POLLS)
  assert.deepEqual([Number(polls?.['closed']), Number(polls?.['all_polls'])], [planned.polls, planned.polls])
  const plans = { planned: planned.messages, halfDone }
  rows.push({
    store,
    kills: KILLS,
    messages: senders.count,
    underWay,
    ...plans,
    seen: String(seen),
    longestMs,
  })
  say(`${store}: ${JSON.stringify(rows.at(-1))}`)
}

async function acknowledgedAfter(senders: Senders): Promise<void> {
  const before = senders.count
  while (senders.count === before) await wait(2)
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
