import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '../errors.ts'
import { createDatabase, DatabaseSync } from './database.ts'
import type { LogSync } from './log-sync.ts'

function setUp(log?: LogSync) {
  const connection = new DatabaseSync(':memory:')
  connection.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT UNIQUE)')
  const db = createDatabase(connection, log)
  const insert = db.prepare('INSERT INTO t (x) VALUES (?)')
  const all = db.prepare('SELECT x FROM t ORDER BY id')
  const texts = () => db.read(() => all.all().map((row) => row['x']))
  return { connection, db, insert, texts }
}

test('writes of one turn share a transaction, and a failing one does not affect the others', async () => {
  const { connection, db, insert, texts } = setUp()
  const results = await Promise.allSettled([
    db.write(() => insert.run('a')),
    db.write(() => {
      insert.run('b')
      insert.run('a')
    }),
    db.write(() => insert.run('c')),
    db.write(() => {
      insert.run('d')
      throw new RangeError('a bug')
    }),
    db.write(() => assert.equal(connection.isTransaction, true)),
  ])
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(await texts(), ['a', 'c'])
})

test('a write is committed and reported only after the turn', async () => {
  const { db, insert, texts } = setUp()
  let told = false
  const write = db
    .write(() => insert.run('a'))
    .then(() => {
      told = true
    })
  assert.deepEqual(await texts(), [])
  assert.equal(told, false)
  await write
  assert.deepEqual(await texts(), ['a'])
})

test('a full disk refuses writes and leaves nothing half done, and reads continue', async () => {
  const { connection, db, insert, texts } = setUp()
  await db.write(() => insert.run('kept'))
  connection.exec('PRAGMA max_page_count = 8')
  const big = 'x'.repeat(20_000)
  const results = await Promise.allSettled(
    ['a', 'b', 'c'].map((name) =>
      db.write(() => {
        insert.run(name)
        insert.run(name + big)
      }),
    ),
  )
  for (const result of results) {
    if (result.status === 'fulfilled') continue
    assert.ok(result.reason instanceof StoreError)
    assert.equal(result.reason.code, 'STORE_FULL')
  }
  assert.ok(results.some(({ status }) => status === 'rejected'))
  const done = results.filter(({ status }) => status === 'fulfilled').length
  assert.equal((await texts()).length, 1 + 2 * done)
  connection.exec('PRAGMA max_page_count = 1000')
  await db.write(() => insert.run('again'))
  assert.equal((await texts()).at(-1), 'again')
})

test('a failed commit fails all its writes, and nothing is stored', async () => {
  const { connection, db, insert, texts } = setUp()
  connection.exec(`PRAGMA foreign_keys = ON;
    CREATE TABLE child (id INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED)`)
  const orphan = db.prepare('INSERT INTO child (id) VALUES (?)')
  const results = await Promise.allSettled([
    db.write(() => insert.run('a')),
    db.write(() => orphan.run(404)),
    db.write(() => insert.run('b')),
  ])
  for (const result of results) {
    assert.ok(result.status === 'rejected' && result.reason instanceof StoreError)
  }
  assert.deepEqual(await texts(), [])
  await db.write(() => insert.run('c'))
  assert.deepEqual(await texts(), ['c'])
})

test('a database that turns read-only says so', async () => {
  const { connection, db, insert } = setUp()
  connection.exec('PRAGMA query_only = ON')
  await assert.rejects(
    db.write(() => insert.run('a')),
    { code: 'STORE_READ_ONLY' },
  )
})

/** A disk whose syncs end when the test says so. */
function slowDisk() {
  const syncs: { resolve: () => void; reject: (error: Error) => void }[] = []
  const sync = () => new Promise<void>((resolve, reject) => syncs.push({ resolve, reject }))
  return { syncs, log: { sync, close: () => {} } }
}

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

test('the event loop runs while a disk is slow, and a write is confirmed once the disk has it', async () => {
  const { syncs, log } = slowDisk()
  const { db, insert, texts } = setUp(log)
  const told: string[] = []
  const write = (name: string) => db.write(() => insert.run(name)).then(() => told.push(name))
  const first = write('a')
  await turn()
  assert.equal(syncs.length, 1)
  const second = write('b')
  const read = texts().then(() => told.push('read'))
  await turn()
  assert.deepEqual([syncs.length, told], [1, []], 'the second commit waits for the next sync')
  syncs[0]?.resolve()
  await first
  assert.deepEqual(told, ['a'])
  syncs[1]?.resolve()
  await Promise.all([second, read])
  assert.deepEqual(told.sort(), ['a', 'b', 'read'])
  assert.deepEqual(await texts(), ['a', 'b'], 'when the disk has everything, reads wait for nothing')
  assert.equal(syncs.length, 2)
})

test('a failed sync confirms no write, and the store refuses writes until a restart', async () => {
  const { syncs, log } = slowDisk()
  const { db, insert, texts } = setUp(log)
  const codes: (string | undefined)[] = []
  db.onTrouble((trouble) => codes.push(trouble?.code))
  const write = db.write(() => insert.run('a'))
  await turn()
  syncs[0]?.reject(new Error('EIO'))
  await assert.rejects(write, { code: 'STORE_FAILED', message: /did not confirm/ })
  await assert.rejects(
    db.write(() => insert.run('b')),
    { message: /restart the server/ },
  )
  assert.deepEqual(codes, ['STORE_FAILED'])
  await texts()
})

test('closing a database settles every write first', async () => {
  const { syncs, log } = slowDisk()
  const { db, insert } = setUp(log)
  const first = db.write(() => insert.run('a'))
  await turn()
  const second = db.write(() => insert.run('b'))
  db.close()
  await second
  syncs[0]?.resolve()
  await first
})
