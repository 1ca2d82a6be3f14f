/** `cablegram store copy`: a data folder into PostgreSQL, also if it is broken off, and what it refuses. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { copyStore } from '../../packages/server/src/database/copy/index.ts'
import { sql } from '../../packages/server/src/database/decision.ts'
import { openPostgresStore, openStore } from '../../packages/server/src/database/index.ts'
import type { Store } from '../../packages/server/src/database/store.ts'
import { startPostgres, startProxy } from './index.ts'

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))
const folder = await mkdtemp(join(tmpdir(), 'cablegram-copy-'))
const data = join(folder, 'data')
const postgres = await startPostgres()
after(async () => {
  await postgres.close()
  await rm(folder, { recursive: true })
})

const USERS = 12_000
const addUser = sql`INSERT INTO users (access_hash, phone, first_name, last_name, created_at_s)
  VALUES (:accessHash, :phone, :firstName, '', 1) RETURNING id`
const addKey = sql`INSERT INTO auth_keys (auth_key_id, sealed_key, dc_id, first_salt, created_at_s)
  VALUES (:authKeyId, :sealed, 2, -9, 3)`
const addLogin = sql`INSERT INTO authorizations (auth_key_id, user_id, hash, api_id, ip, created_at_s, active_at_s, home_hash)
  VALUES (:authKeyId, :userId, :hash, 1, '::1', 1, 1, :homeHash)`
const removeUser = sql`DELETE FROM users WHERE id = :id`
const names = sql`SELECT id, first_name FROM users WHERE id < 1000003 ORDER BY id`
const logins = sql`SELECT auth_key_id, home_hash FROM authorizations ORDER BY auth_key_id`

function insertUser(phone: string): ReturnType<typeof addUser.row> {
  return addUser.row({ accessHash: -(2n ** 63n), phone, firstName: phone === 'p0' ? 'A\0da' : 'Ada ☎' })
}

async function fill(store: Store): Promise<void> {
  await Promise.all(Array.from({ length: USERS }, (_, index) => store.decide(() => insertUser(`p${index}`))))
  for (const authKeyId of [-5, 5]) await store.decide(() => addKey.run({ authKeyId, sealed: random(300) }))
  // The row of the login that another one came from has the higher key.
  await store.decide(() => addLogin.run({ authKeyId: 5, userId: 1_000_001, hash: 50, homeHash: null }))
  await store.decide(() => addLogin.run({ authKeyId: -5, userId: 1_000_001, hash: 51, homeHash: 50 }))
  await store.decide(() => removeUser.run({ id: 1_000_000 + USERS }))
}

function command(...args: string[]) {
  const file = new URL('../../packages/cli/bin/cablegram.js', import.meta.url).pathname
  return spawnSync(process.execPath, [file, 'store', ...args], { encoding: 'utf8', timeout: 60_000 })
}

test('a folder is copied to PostgreSQL, goes on after a break, and serves there with its secret', async () => {
  const store = openStore({ data, random })
  await fill(store)
  const database = await postgres.createDatabase()
  const url = postgres.url(database)
  const running = command('copy', '--data', data, '--to', url)
  assert.equal(running.status, 1)
  assert.match(running.stderr, /Another server is using the data folder .*: stop it/)
  await store.close()

  await assert.rejects(
    copyStore({
      data,
      url,
      random,
      onProgress({ rows }) {
        if (rows > 5000) throw new RangeError('pulled the plug')
      },
    }),
    /pulled the plug/,
  )
  const secretFile = join(data, 'secret.key')
  const options = { url, secretFile, random, nowMs: Date.now }
  await assert.rejects(openPostgresStore(options), { code: 'COPY_UNFINISHED' })
  const copied = command('copy', '--data', data, '--to', url)
  assert.equal(copied.status, 0, copied.stderr)
  assert.match(copied.stdout, /Copied 12003 rows of \d+ tables, \d{4} of them before the copy was broken off/)
  assert.match(copied.stderr, /copied 100 % of the rows\ncomparing /)

  const there = await openPostgresStore(options)
  const [first, second] = await there.look(() => names.rows())
  assert.deepEqual(
    [first, second].map((row) => ({ ...row })),
    [
      { id: 1_000_001n, first_name: 'A\uFFFDda' },
      { id: 1_000_002n, first_name: 'Ada ☎' },
    ],
  )
  const kept = await there.look(() => logins.rows())
  assert.deepEqual(
    kept.map((row) => ({ ...row })),
    [
      { auth_key_id: -5n, home_hash: 50n },
      { auth_key_id: 5n, home_hash: null },
    ],
  )
  const next = await there.decide(() => insertUser('new'))
  assert.equal(next?.['id'], BigInt(1_000_001 + USERS), 'the id of a deleted account is not given again')
  await there.close()
  const again = command('copy', '--data', data, '--to', url)
  assert.equal(again.status, 1)
  assert.match(again.stderr, /has data already: give the copy an empty one/)
})

test('a copy whose connection ends says how to go on', async (t) => {
  const proxy = await startProxy(postgres)
  t.after(() => proxy.close())
  const database = await postgres.createDatabase()
  const onProgress = ({ rows }: { rows: number }) => {
    if (rows > 5000) proxy.cut()
  }
  await assert.rejects(copyStore({ data, url: postgres.url(database, proxy.port), random, onProgress }), {
    code: 'COPY_BROKEN_OFF',
    message: /Run the same command again/,
  })
  const { resumedRows } = await copyStore({ data, url: postgres.url(database), random })
  assert.ok(resumedRows >= 5000)
})

test('a folder that changed between two parts of a copy is noticed', async () => {
  const url = postgres.url(await postgres.createDatabase())
  const stop = ({ rows }: { rows: number }) => {
    if (rows > 5000) throw new RangeError('pulled the plug')
  }
  await assert.rejects(copyStore({ data, url, random, onProgress: stop }), RangeError)
  const store = openStore({ data, random })
  await store.decide(() => removeUser.run({ id: 1_000_002 }))
  await store.close()
  await assert.rejects(copyStore({ data, url, random }), { code: 'COPY_DIFFERS' })
})

test('a database under another secret, an empty folder and a wrong address are refused', async () => {
  const url = postgres.url(await postgres.createDatabase())
  const other = join(folder, 'other.key')
  await (await openPostgresStore({ url, secretFile: other, random, nowMs: Date.now })).close()
  await assert.rejects(copyStore({ data, url, random }), {
    code: 'COPY_TARGET_IN_USE',
    message: /an empty one/,
  })
  await copyFile(other, join(folder, 'copy of the secret'))
  await assert.rejects(copyStore({ data: folder, url, random }), { code: 'DATA_FOLDER_MISSING' })
  const wrong = command('copy', '--data', data, '--to', 'mysql://127.0.0.1/x')
  assert.equal(wrong.status, 1)
  assert.match(wrong.stderr, /postgres:\/\/USER:PASSWORD@HOST:5432\/DATABASE/)
  assert.equal(command('copy').status, 2)
  assert.match(command('copy', '--help').stdout, /npx cablegram store copy --to postgres/)
})
