import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createBus } from '../../bus/bus.ts'
import {
  failureBudget,
  issueIn,
  issueOf,
  NOW_MS,
  RIGHT,
  tryCodeIn,
} from '../../database/contract/test-codes.ts'
import { DatabaseSync } from '../../database/sqlite/database.ts'
import { createSqliteStore } from '../../database/sqlite/index.ts'
import { openMemory } from '../../database/sqlite/open.ts'
import type { Store } from '../../database/store.ts'
import { createClock } from '../../ground/clock.ts'
import type { CodeRef } from '../codes/words.ts'
import { exportLogin, importLogin } from '../logins/decide-transfers.ts'
import { seededRandom } from '../test-world.ts'
import { revokeLogins } from './decide-ended-logins.ts'
import {
  findKeyRecord,
  forgetKey,
  forgetSignedOutKeys,
  forgetUnusedKeys,
  keepKey,
  noteKeyActivity,
  rememberClient,
  signOut,
} from './decide-keys.ts'
import { createUser, removeUser } from './decide-users.ts'
import { KeyRecords } from './key-records.ts'
import type { KeyRecord, User } from './words.ts'

const KEYS = [1n, 2n, 3n, -4n, 5n]

/** A store whose records can be compared with those of an uncached store on the same tables. */
function setUp(t: { after(fn: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-cache-'))
  const opened = openMemory(seededRandom('cache'))
  const store = createSqliteStore(opened, { checkDecisions: true })
  const clock = createClock(() => NOW_MS)
  const records = new KeyRecords({ store, bus: createBus(), clock })
  t.after(() => {
    void store.close()
    rmSync(folder, { recursive: true })
  })
  let copies = 0
  const plain = (record: KeyRecord | undefined) => record && { ...record, key: Uint8Array.from(record.key) }
  return {
    store,
    records,
    connection: opened.db,
    /** Compares the record of every key with the tables. Reading also caches it for the next comparison. */
    async check(after: string): Promise<void> {
      const file = join(folder, `copy-${++copies}.db`)
      opened.db.prepare('VACUUM INTO ?').run(file)
      const copy = createSqliteStore({ db: new DatabaseSync(file), secret: opened.secret })
      for (const id of KEYS) {
        const stored = await copy.look(() => findKeyRecord(copy.secret, id))
        assert.deepEqual(plain(await records.find(id)), plain(stored), `${id} after ${after}`)
      }
      await copy.close()
    },
  }
}

function makeKey(store: Store, authKeyId: bigint): Promise<boolean> {
  const key = new Uint8Array(256).fill(Number(BigInt.asUintN(3, authKeyId)))
  const made = { authKeyId, key, dcId: 2, firstSalt: 1n, createdAtS: 3, isTest: false }
  return store.decide(() => keepKey(store.secret, made))
}

async function signIn(store: Store, user: User, authKeyId: bigint, hash: bigint): Promise<void> {
  const ref: CodeRef = { phoneCodeHash: `h${hash}`, phone: user.phone, authKeyId, dcId: 2 }
  await issueIn(store, issueOf(ref))
  const outcome = await tryCodeIn(store, {
    ref,
    digest: RIGHT,
    maxAttempts: 3,
    failures: failureBudget(10, 1000),
    replayWithinMs: 1000,
    signUpWithinMs: 1000,
    authorization: { hash, ip: '::1' },
    nowMs: NOW_MS,
  })
  assert.ok(outcome.kind === 'authorized' || outcome.kind === 'passwordNeeded')
}

async function userOf(store: Store, phone: string): Promise<User> {
  const user = await store.decide(() =>
    createUser({
      accessHash: 1n,
      phone,
      firstName: 'A',
      lastName: '',
      createdAtS: 1,
    }),
  )
  assert.ok(user)
  return user
}

test('a record is never older than the tables, whatever is written', async (t) => {
  const { store, connection, check } = setUp(t)
  const [ada, bob] = [await userOf(store, '9996621111'), await userOf(store, '9996622222')]
  const steps: [string, () => unknown][] = [
    ['no key', () => undefined],
    ['keys.keep', () => Promise.all(KEYS.map((id) => makeKey(store, id)))],
    ['keys.rememberClient', () => store.decide(() => rememberClient(1n, clientOf(198)))],
    ['keys.rememberClient again', () => store.decide(() => rememberClient(1n, clientOf(199)))],
    ['codes.tryCode', () => signIn(store, ada, 1n, 10n)],
    ['keys.noteActivity', () => store.decide(() => noteKeyActivity(1n, '::2', 99))],
    ['transfers.import', () => bring(store, ada, 1n, 2n, 20n)],
    ['keys.signOut, with what was brought elsewhere', () => store.decide(() => signOut(1n))],
    ['codes.tryCode again', () => signIn(store, ada, 1n, 30n)],
    ['codes.tryCode of another account', () => signIn(store, bob, 1n, 40n)],
    ['users.removeSession', () => store.decide(() => revokeLogins(bob.id, { only: 40n }))],
    ['a login after it was revoked', () => signIn(store, bob, 1n, 50n)],
    ['transfers.import of another', () => bring(store, bob, 1n, -4n, 60n)],
    ['users.remove', () => store.decide(() => removeUser(bob.id))],
    [
      'a password, and half a login',
      async () => {
        connection
          .prepare("INSERT INTO passwords (user_id, password_id, sealed_password) VALUES (?, 1, x'00')")
          .run(ada.id)
        await signIn(store, ada, 3n, 70n)
      },
    ],
    ['the account of half a login is gone', () => store.decide(() => removeUser(ada.id))],
    ['keys.forget', () => store.decide(() => forgetKey(1n))],
    ['keys.forgetSignedOut', () => store.decide(() => forgetSignedOutKeys(100, 1))],
    ['keys.forgetUnused', () => store.decide(() => forgetUnusedKeys(10, 9))],
    ['the key again', () => makeKey(store, 1n)],
    ['a statement nobody has thought of yet', () => connection.exec('UPDATE auth_keys SET dc_id = 4')],
    ['another one', () => connection.exec('DELETE FROM auth_keys')],
  ]
  for (const [name, step] of steps) {
    await step()
    await check(name)
  }
})

test('a rolled-back write leaves the record as it was', async (t) => {
  const { store, records, connection, check } = setUp(t)
  await makeKey(store, 1n)
  await check('keep')
  connection.exec('BEGIN; UPDATE auth_keys SET dc_id = 9; ROLLBACK')
  await check('a rollback')
  assert.equal((await records.find(1n))?.dcId, 2)
})

test('a cached record is the same object until its key is written', async (t) => {
  const { store, records } = setUp(t)
  await Promise.all([makeKey(store, 1n), makeKey(store, 2n)])
  const [one, two] = [await records.find(1n), await records.find(2n)]
  await store.decide(() => rememberClient(2n, clientOf(198)))
  assert.equal(await records.find(1n), one)
  assert.notEqual(await records.find(2n), two)
})

/** Records of a store that other nodes write, too, on a bus and a clock of the test's. */
function setUpShared(t: { after(fn: () => void): void }) {
  const { store } = setUp(t)
  const bus = createBus()
  const clock = createClock(() => NOW_MS)
  let reads = 0
  let gate: Promise<void> = Promise.resolve()
  const shared: Store = {
    ...store,
    watchKeys: undefined,
    async look(run) {
      reads += 1
      const found = await store.look(run)
      await gate
      return found
    },
  }
  return {
    store,
    bus,
    clock,
    records: new KeyRecords({ store: shared, bus, clock }),
    readCount: () => reads,
    /** Holds the answers of reads back. @returns the function that lets them go */
    hold(): () => void {
      let letGo = (): void => {}
      gate = new Promise((resolve) => {
        letGo = resolve
      })
      return letGo
    },
  }
}

test('where other nodes write, a record is dropped by a nudge', async (t) => {
  const { store, bus, records, readCount } = setUpShared(t)
  await makeKey(store, 1n)
  for (const _ of [1, 2]) await records.find(1n)
  assert.equal(readCount(), 1)
  await store.decide(() => rememberClient(1n, clientOf(198)))
  bus.publish([{ kind: 'key', authKeyId: '1' }])
  assert.equal((await records.find(1n))?.client?.layer, 198)
})

test('all records are dropped when nudges may have been lost', async (t) => {
  const { store, bus, records } = setUpShared(t)
  await makeKey(store, 1n)
  await records.find(1n)
  await store.decide(() => rememberClient(1n, clientOf(198)))
  bus.publish([{ kind: 'anything' }])
  assert.equal((await records.find(1n))?.client?.layer, 198)
})

test('where other nodes write, a record is believed for a second', async (t) => {
  const { store, clock, records } = setUpShared(t)
  await makeKey(store, 1n)
  await records.find(1n)
  await store.decide(() => rememberClient(1n, clientOf(198)))
  clock.advance(999)
  assert.equal((await records.find(1n))?.client, undefined)
  clock.advance(1)
  assert.equal((await records.find(1n))?.client?.layer, 198)
})

test('a record that was read before its key was written is not kept', async (t) => {
  const { store, bus, records, hold } = setUpShared(t)
  await makeKey(store, 1n)
  const letGo = hold()
  const early = records.find(1n)
  await store.decide(() => rememberClient(1n, clientOf(198)))
  bus.publish([{ kind: 'key', authKeyId: '1' }])
  const late = records.find(1n)
  letGo()
  assert.equal((await late)?.client?.layer, 198)
  await early
  assert.equal((await records.find(1n))?.client?.layer, 198)
})

test('requests at once share a read of the record', async (t) => {
  const { store, records, readCount } = setUpShared(t)
  await makeKey(store, 1n)
  const found = await Promise.all(Array.from({ length: 64 }, () => records.find(1n)))
  assert.deepEqual([new Set(found).size, readCount()], [1, 1])
})

function clientOf(layer: number) {
  const about = { systemVersion: 's', appVersion: 'a', systemLangCode: 'l', langPack: '', langCode: 'en' }
  return { layer, apiId: 5, deviceModel: 'd', ...about }
}

async function bring(store: Store, user: User, from: bigint, to: bigint, hash: bigint): Promise<void> {
  const digest = new Uint8Array(32).fill(Number(hash))
  await store.decide(() =>
    exportLogin({
      digest,
      authKeyId: from,
      dcId: 3,
      expiresAtMs: NOW_MS + 1000,
      maxWaiting: 9,
      nowMs: NOW_MS,
    }),
  )
  const outcome = await store.decide(() =>
    importLogin(store.secret, {
      digest,
      userId: user.id,
      authKeyId: to,
      dcId: 3,
      authorization: { hash, ip: '::1' },
      maxImported: 9,
      nowMs: NOW_MS,
    }),
  )
  assert.equal(outcome.kind, 'authorized')
}
