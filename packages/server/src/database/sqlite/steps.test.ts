import assert from 'node:assert/strict'
import { constants, DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import type { Nudge } from '../../bus/nudge.ts'
import { alone, type Decision, nudge, sql } from '../decision.ts'
import { createDatabase } from './database.ts'

const insert = sql`INSERT INTO t (id, x) VALUES (:id, :x)`
const find = sql`SELECT id, x FROM t WHERE id = :id OR x = :x OR id = :id`
const list = sql`SELECT x FROM t ORDER BY id LIMIT ${2}`

function* add(id: number, x: string): Decision<number> {
  yield* alone('t', id)
  const written = yield* insert.run({ id, x })
  yield* nudge({ kind: 'box', boxId: String(id), pts: 1 })
  return written
}

function setUp() {
  const connection = new DatabaseSync(':memory:')
  connection.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)')
  const nudges: Nudge[] = []
  const db = createDatabase(connection, undefined, (news) => nudges.push(...news))
  return { db, nudges }
}

test('a decision gets the answers of its statements, whose parameters are named', async () => {
  const { db } = setUp()
  assert.equal(await db.write(() => db.decide(add(1, 'a'))), 1)
  const row = await db.read(() => db.look(find.row({ id: 1, x: 'b' })))
  assert.deepEqual({ ...row }, { id: 1n, x: 'a' })
  assert.deepEqual(find.names, ['id', 'x'])
  assert.equal(find.placed('$'), 'SELECT id, x FROM t WHERE id = $1 OR x = $2 OR id = $1')
})

test('a statement is prepared once, also if it compares a parameter with the column of a partial index', async () => {
  const connection = new DatabaseSync(':memory:')
  connection.exec(
    'CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT); CREATE INDEX t_of_x ON t (x) WHERE id = 0',
  )
  const db = createDatabase(connection, undefined, () => {})
  let preparations = 0
  connection.setAuthorizer(() => {
    preparations += 1
    return constants.SQLITE_OK
  })
  const look = async (id: number): Promise<unknown> =>
    await db.read(() => db.look(find.rows({ id, x: String(id) })))
  await look(1)
  const once = preparations
  assert.ok(once > 0)
  for (const id of [2, 3]) await look(id)
  assert.equal(preparations, once)
})

test('a decision that throws leaves no row and no nudge, and the others of its turn stand', async () => {
  const { db, nudges } = setUp()
  function* fail(): Decision<void> {
    yield* add(1, 'a')
    throw new RangeError('a bug')
  }
  const run = (decision: Decision<unknown>) => db.write(() => db.decide(decision))
  const outcomes = await Promise.allSettled([run(fail()), run(add(2, 'b'))])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'fulfilled'],
  )
  assert.deepEqual(
    (await db.read(() => db.look(list.rows()))).map((row) => row['x']),
    ['b'],
  )
  assert.deepEqual(nudges, [{ kind: 'box', boxId: '2', pts: 1 }])
})

test('a decision that says no leaves no row and no nudge; one that says no in another way leaves both', async () => {
  const { db, nudges } = setUp()
  function* say<T extends string>(id: number, kind: T): Decision<{ readonly kind: T }> {
    yield* add(id, 'a')
    return { kind }
  }
  const run = (decision: Decision<unknown>) => db.write(() => db.decide(decision))
  const outcomes = await Promise.all([run(say(1, 'refused')), run(say(2, 'wrong'))])
  assert.deepEqual(outcomes, [{ kind: 'refused' }, { kind: 'wrong' }])
  assert.equal((await db.read(() => db.look(list.rows()))).length, 1)
  assert.deepEqual(nudges, [{ kind: 'box', boxId: '2', pts: 1 }])
})

test('nudges come after the commit and before the caller is told', async () => {
  const { db, nudges } = setUp()
  const written = db.write(() => db.decide(add(1, 'a')))
  assert.deepEqual(nudges, [])
  await written
  assert.equal(nudges.length, 1)
})

test('a decision that only looks may not write, lock or nudge', async () => {
  const { db } = setUp()
  for (const step of [add(1, 'a'), insert.send({ id: 1, x: 'a' }), nudge({ kind: 'inbox', seq: 1 })]) {
    await assert.rejects(
      db.read(() => db.look<unknown>(step)),
      (error: Error) => error.cause instanceof TypeError,
    )
  }
})

test('a parameter without a value is an error that names it', async () => {
  const { db } = setUp()
  await assert.rejects(
    db.write(() => db.decide(insert.run({ id: 1 }))),
    (error: Error) => error.cause instanceof TypeError && /no value for :x/.test(error.cause.message),
  )
})
