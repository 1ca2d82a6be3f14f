import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { findKeyRecord, keepKey } from '../../rules/accounts/decide-keys.ts'
import { keepFirstServerKey } from '../../rules/accounts/decide-server-keys.ts'
import { seededRandom } from '../../rules/test-world.ts'
import { openStore } from '../index.ts'
import type { Store } from '../store.ts'
import { openMemory } from './open.ts'

const isRoot = process.getuid?.() === 0

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cablegram-open-'))
}

function open(data: string, secretFile?: string): Store {
  return openStore({ data, secretFile, random: seededRandom(data) })
}

/** Names, times and contents of everything in a folder. */
function fingerprint(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const path = join(folder, name)
      return `${name} ${statSync(path).mtimeMs} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
    })
}

async function makeFolder(): Promise<string> {
  const folder = newFolder()
  const store = open(folder)
  await store.decide(() =>
    keepKey(store.secret, { authKeyId: 1n, key: KEY, dcId: 2, firstSalt: 0n, createdAtS: 1, isTest: false }),
  )
  await store.decide(() => keepFirstServerKey(store.secret, '-----BEGIN PRIVATE KEY-----', 1))
  await store.close()
  return folder
}

const KEY = new Uint8Array(256).fill(0xab)

/** Tables and indexes with their SQL, and the rows of each table, without what is random. */
function contentOf(db: DatabaseSync): unknown {
  const schema = db.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all()
  const tables = schema.filter(({ type, name }) => type === 'table' && name !== 'secret_check')
  return [schema, tables.map(({ name }) => db.prepare(`SELECT * FROM ${name}`).all())]
}

test('a database that a process makes later has what the migrations gave the first', () => {
  const [first, later] = [openMemory(seededRandom('first')), openMemory(seededRandom('later'))]
  assert.deepEqual(contentOf(later.db), contentOf(first.db))
  first.db.close()
  later.db.close()
})

test('folders are created level by level, and an unwritable place is refused at once', async () => {
  const folder = join(newFolder(), 'a', 'b')
  const store = open(folder)
  assert.ok(statSync(join(folder, 'cablegram.db')).isFile())
  await store.close()
  // Node's own recursive mkdir never returns from here.
  if (process.platform === 'linux') assert.throws(() => open('/proc/x'), { code: 'DATA_FOLDER_UNWRITABLE' })
})

test('stored data is there again, and the secret is readable by its owner only', async () => {
  const folder = await makeFolder()
  assert.equal(statSync(join(folder, 'secret.key')).mode & 0o777, 0o600)
  assert.equal(statSync(join(folder, 'secret.key')).size, 32)
  assert.deepEqual(readdirSync(folder).sort(), ['cablegram.db', 'secret.key'])
  const store = open(folder)
  assert.deepEqual(Uint8Array.from((await store.look(() => findKeyRecord(store.secret, 1n)))?.key ?? []), KEY)
  await store.close()
})

test('a missing folder is created for its owner alone', async () => {
  const folder = join(newFolder(), 'a', 'b')
  await open(folder).close()
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  assert.equal(statSync(join(folder, 'cablegram.db')).mode & 0o777, 0o600)
})

test('the files do not contain keys in plain form', async () => {
  const folder = await makeFolder()
  const bytes = readFileSync(join(folder, 'cablegram.db'))
  assert.equal(bytes.indexOf(KEY.subarray(0, 16)), -1)
  assert.equal(bytes.indexOf('PRIVATE KEY'), -1)
})

test('a wrong, missing or invalid secret is an error at the start and changes nothing', async () => {
  const folder = await makeFolder()
  const before = fingerprint(folder)
  const other = join(newFolder(), 'secret')
  writeFileSync(other, Buffer.alloc(32, 1))
  assert.throws(() => open(folder, other), { name: 'UsageError', code: 'SECRET_WRONG' })
  assert.throws(() => open(folder, `${other}.not-there`), { code: 'SECRET_MISSING' })
  writeFileSync(other, 'short')
  assert.throws(() => open(folder, other), { code: 'SECRET_UNREADABLE' })
  assert.deepEqual(fingerprint(folder), before)
  await open(folder).close()
})

test('a secret file that exists before the data is used and kept', async () => {
  const folder = newFolder()
  const secretFile = join(folder, 'mine')
  writeFileSync(secretFile, Buffer.alloc(32, 7))
  await open(join(folder, 'data'), secretFile).close()
  assert.deepEqual(readFileSync(secretFile), Buffer.alloc(32, 7))
  assert.deepEqual(readdirSync(join(folder, 'data')), ['cablegram.db'])
})

test('data of a newer version is refused and left as it is', async () => {
  const folder = await makeFolder()
  const db = new DatabaseSync(join(folder, 'cablegram.db'))
  db.exec('UPDATE schema_version SET version = 99')
  db.close()
  const before = fingerprint(folder)
  assert.throws(() => open(folder), {
    name: 'UsageError',
    code: 'DATA_FOLDER_NEWER',
    message: /newer version.*schema 99.*update Cablegram/,
  })
  assert.deepEqual(fingerprint(folder), before)
})

test('a folder has one server at a time and is free once that server is gone', async () => {
  const folder = newFolder()
  const store = open(folder)
  const inUse = { name: 'UsageError', code: 'DATA_FOLDER_IN_USE' }
  assert.throws(() => open(folder), inUse)
  const elsewhere = spawnSync(process.execPath, ['-e', OPEN_ELSEWHERE, folder], { encoding: 'utf8' })
  assert.match(elsewhere.stdout, /DATA_FOLDER_IN_USE/, elsewhere.stderr)
  assert.equal(await store.trouble(), undefined)
  await store.close()
  await open(folder).close()
})

const OPEN_ELSEWHERE = `
  import(${JSON.stringify(import.meta.resolve('../index.ts'))}).then(({ openStore }) => {
    if (process.argv[2]) process.setuid(Number(process.argv[2]))
    try { openStore({ data: process.argv[1], random: (n) => new Uint8Array(n) }); console.log('opened') }
    catch (error) { console.log(error.name, error.code, error.message) }
  })`

test('an unusable or foreign folder is an error in one sentence', () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'file'), '')
  const unwritable = { name: 'UsageError', code: 'DATA_FOLDER_UNWRITABLE', message: /--data/ }
  assert.throws(() => open(join(folder, 'file')), unwritable)
  assert.throws(() => open(join(folder, 'file', 'below')), unwritable)
  mkdirSync(join(folder, 'other'))
  writeFileSync(
    join(folder, 'other', 'cablegram.db'),
    'this is no database, but it is somebody’s file'.repeat(50),
  )
  assert.throws(() => open(join(folder, 'other')), { name: 'UsageError', code: 'DATA_FOLDER_DAMAGED' })
})

test('a folder that this user may not write is an error that says so', {
  skip: !isRoot && 'needs root',
}, async () => {
  const empty = newFolder()
  chmodSync(empty, 0o755)
  const full = await makeFolder()
  chmodSync(full, 0o755)
  for (const folder of [empty, full]) {
    const before = fingerprint(folder)
    const { stdout } = spawnSync(process.execPath, ['-e', OPEN_ELSEWHERE, folder, '65534'], {
      encoding: 'utf8',
    })
    assert.match(stdout, /UsageError DATA_FOLDER_UNWRITABLE The data folder .* cannot be written/)
    assert.deepEqual(fingerprint(folder), before)
  }
  rmSync(empty, { recursive: true })
})

test('an empty database beside a secret is damaged, and one of another program is refused', async () => {
  const folder = await makeFolder()
  writeFileSync(join(folder, 'cablegram.db'), '')
  const emptied = {
    name: 'UsageError',
    code: 'DATA_FOLDER_DAMAGED',
    message: /is empty, although its secret/,
  }
  assert.throws(() => open(folder), emptied)
  assert.equal(statSync(join(folder, 'cablegram.db')).size, 0)

  const cutShort = newFolder()
  writeFileSync(join(cutShort, 'cablegram.db'), '')
  await open(cutShort).close()

  const other = newFolder()
  const db = new DatabaseSync(join(other, 'cablegram.db'))
  db.exec('CREATE TABLE photos (id INTEGER)')
  db.close()
  assert.throws(() => open(other), { code: 'DATA_FOLDER_DAMAGED', message: /belongs to another program/ })
})

test('files readable by others and a folder writable by others are made private, with a warning', {
  skip: process.platform === 'win32' && 'has no modes',
}, async () => {
  const folder = await makeFolder()
  chmodSync(folder, 0o777)
  chmodSync(join(folder, 'cablegram.db'), 0o644)
  chmodSync(join(folder, 'secret.key'), 0o640)
  const notices: string[] = []
  const openAgain = () =>
    openStore({ data: folder, random: seededRandom('modes'), onNotice: (notice) => notices.push(notice) })
  await openAgain().close()
  assert.deepEqual(
    [folder, 'cablegram.db', 'secret.key'].map((name) => statSync(resolve(folder, name)).mode & 0o777),
    [0o755, 0o600, 0o600],
  )
  assert.equal(notices.length, 3)
  assert.match(notices.join(), /777.*could be written by others.*644.*was open to others.*640/)
  await openAgain().close()
  assert.equal(notices.length, 3, 'correct modes cause no warning')
})
