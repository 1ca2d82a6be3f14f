import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
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
import type { CodeRef } from '../codes/words.ts'
import { seededRandom } from '../test-world.ts'
import type { KeyRecord, User } from './words.ts'

const KEYS = [1n, 2n, 3n, -4n, 5n]

/** A store whose records can be compared with those of an uncached store on the same tables. */
function setUp(t: { after(fn: () => void): void }) {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-cache-'))
  const opened = openMemory(seededRandom('cache'))
  const store = createSqliteStore(opened, { checkNudges: true })
  t.after(() => {
    void store.close()
    rmSync(folder, { recursive: true })
  })
  let copies = 0
  const plain = (record: KeyRecord | undefined) => record && { ...record, key: Uint8Array.from(record.key) }
  return {
    store,
    connection: opened.db,
    /** Compares the record of every key with the tables. Reading also caches it for the next comparison. */
    async check(after: string): Promise<void> {
      const file = join(folder, `copy-${++copies}.db`)
      opened.db.prepare('VACUUM INTO ?').run(file)
      const copy = createSqliteStore({ db: new DatabaseSync(file), secret: opened.secret })
      for (const id of KEYS) {
        assert.deepEqual(
          plain(await store.keys.find(id)),
          plain(await copy.keys.find(id)),
          `${id} after ${after}`,
        )
      }
      await copy.close()
    },
  }
}

function keepKey(store: Store, authKeyId: bigint): Promise<boolean> {
  const key = new Uint8Array(256).fill(Number(BigInt.asUintN(3, authKeyId)))
  return store.keys.keep({ authKeyId, key, dcId: 2, firstSalt: 1n, createdAtS: 3, isTest: false })
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
  const user = await store.users.create({
    accessHash: 1n,
    phone,
    firstName: 'A',
    lastName: '',
    createdAtS: 1,
  })
  assert.ok(user)
  return user
}

test('a record is never older than the tables, whatever is written', async (t) => {
  const { store, connection, check } = setUp(t)
  const [ada, bob] = [await userOf(store, '9996621111'), await userOf(store, '9996622222')]
  const steps: [string, () => unknown][] = [
    ['no key', () => undefined],
    ['keys.keep', () => Promise.all(KEYS.map((id) => keepKey(store, id)))],
    ['keys.rememberClient', () => store.keys.rememberClient(1n, clientOf(198))],
    ['keys.rememberClient again', () => store.keys.rememberClient(1n, clientOf(199))],
    ['codes.tryCode', () => signIn(store, ada, 1n, 10n)],
    ['keys.noteActivity', () => store.keys.noteActivity(1n, '::2', 99)],
    ['transfers.import', () => bring(store, ada, 1n, 2n, 20n)],
    ['keys.signOut, with what was brought elsewhere', () => store.keys.signOut(1n)],
    ['codes.tryCode again', () => signIn(store, ada, 1n, 30n)],
    ['codes.tryCode of another account', () => signIn(store, bob, 1n, 40n)],
    ['users.removeSession', () => store.users.removeSession(bob.id, 40n)],
    ['a login after it was revoked', () => signIn(store, bob, 1n, 50n)],
    ['transfers.import of another', () => bring(store, bob, 1n, -4n, 60n)],
    ['users.remove', () => store.users.remove(bob.id)],
    [
      'a password, and half a login',
      async () => {
        connection
          .prepare("INSERT INTO passwords (user_id, password_id, sealed_password) VALUES (?, 1, x'00')")
          .run(ada.id)
        await signIn(store, ada, 3n, 70n)
      },
    ],
    ['the account of half a login is gone', () => store.users.remove(ada.id)],
    ['keys.forget', () => store.keys.forget(1n)],
    ['keys.forgetSignedOut', () => store.keys.forgetSignedOut(100, 1)],
    ['keys.forgetUnused', () => store.keys.forgetUnused(10, 9)],
    ['the key again', () => keepKey(store, 1n)],
    ['a statement nobody has thought of yet', () => connection.exec('UPDATE auth_keys SET dc_id = 4')],
    ['another one', () => connection.exec('DELETE FROM auth_keys')],
  ]
  for (const [name, step] of steps) {
    await step()
    await check(name)
  }
})

test('a rolled-back write leaves the record as it was', async (t) => {
  const { store, connection, check } = setUp(t)
  await keepKey(store, 1n)
  await check('keep')
  connection.exec('BEGIN; UPDATE auth_keys SET dc_id = 9; ROLLBACK')
  await check('a rollback')
  assert.equal((await store.keys.find(1n))?.dcId, 2)
})

test('a cached record is the same object until its key is written', async (t) => {
  const { store } = setUp(t)
  await Promise.all([keepKey(store, 1n), keepKey(store, 2n)])
  const [one, two] = [await store.keys.find(1n), await store.keys.find(2n)]
  await store.keys.rememberClient(2n, clientOf(198))
  assert.equal(await store.keys.find(1n), one)
  assert.notEqual(await store.keys.find(2n), two)
})

function clientOf(layer: number) {
  const about = { systemVersion: 's', appVersion: 'a', systemLangCode: 'l', langPack: '', langCode: 'en' }
  return { layer, apiId: 5, deviceModel: 'd', ...about }
}

async function bring(store: Store, user: User, from: bigint, to: bigint, hash: bigint): Promise<void> {
  const digest = new Uint8Array(32).fill(Number(hash))
  await store.transfers.export({
    digest,
    authKeyId: from,
    dcId: 3,
    expiresAtMs: NOW_MS + 1000,
    maxWaiting: 9,
    nowMs: NOW_MS,
  })
  const outcome = await store.transfers.import({
    digest,
    userId: user.id,
    authKeyId: to,
    dcId: 3,
    authorization: { hash, ip: '::1' },
    maxImported: 9,
    nowMs: NOW_MS,
  })
  assert.equal(outcome.kind, 'authorized')
}
