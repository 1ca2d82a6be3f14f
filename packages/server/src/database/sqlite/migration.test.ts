import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { findKeyRecord, forgetSignedOutKeys, forgetUnusedKeys } from '../../rules/accounts/decide-keys.ts'
import { removeUser } from '../../rules/accounts/decide-users.ts'
import { exportLogin } from '../../rules/logins/decide-transfers.ts'
import { boxState, eventsAfter } from '../../rules/messages/decide-box-log.ts'
import { findDialogs } from '../../rules/messages/decide-dialogs.ts'
import { findMessages } from '../../rules/messages/decide-history.ts'
import { removeMessages } from '../../rules/messages/decide-remove-messages.ts'
import { findAccountDc } from '../../rules/numbers/decide-home.ts'
import { seededRandom } from '../../rules/test-world.ts'
import { findLiveIn } from '../contract/test-codes.ts'
import { openStore } from '../index.ts'
import { SCHEMA_VERSION } from '../schema.ts'
import { createSecret } from '../secret.ts'
import { MIGRATIONS } from './schema.ts'

const KEY = new Uint8Array(256).fill(7)

/**
 * A data folder as the first version left it: two accounts, one of them signed in first in data centre 3
 * and then in 1.
 */
function makeVersion1(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-migration-'))
  const random = seededRandom(folder)
  const bytes = random(32)
  writeFileSync(join(folder, 'secret.key'), bytes, { mode: 0o600 })
  const secret = createSecret(bytes, random)
  const db = new DatabaseSync(join(folder, 'cablegram.db'))
  db.exec(String(MIGRATIONS[0]))
  db.exec('INSERT INTO schema_version (version) VALUES (1)')
  const check = secret.seal(Buffer.from('the secret is the right one'), 'secret check')
  db.prepare('INSERT INTO secret_check (sealed_text) VALUES (?)').run(check)
  const insertKey = db.prepare('INSERT INTO auth_keys VALUES (?, ?, ?, 0, 1, NULL, NULL)')
  for (const [id, dcId] of [
    [1, 3],
    [2, 1],
    [3, 2],
  ] as const) {
    insertKey.run(id, secret.seal(KEY, `auth key ${id}`), dcId)
  }
  db.exec(`
    INSERT INTO users VALUES (1000001, 5, '14155552671', 'Ada', '', 1), (1000002, 6, '14155552672', 'Bob', '', 1);
    INSERT INTO authorizations VALUES (1, 1000001, 11, 10001, '::1', 10, 10), (2, 1000001, 12, 10001, '::1', 20, 20);
  `)
  // A pending code in the form of versions before channels.
  db.exec(`INSERT INTO phone_codes VALUES ('hash', '14155552671', 10001, 1, 3, x'00', x'00', 'sms', 0, 0, 'active', 1,
    9000000000000, NULL, 0, NULL)`)
  db.close()
  return folder
}

test('a data folder of the first version is migrated with everybody still signed in', async () => {
  const data = makeVersion1()
  const store = openStore({ data, random: seededRandom('later') })
  const [key, other, unused] = await Promise.all(
    [1n, 2n, 3n].map((id) => store.look(() => findKeyRecord(store.secret, id))),
  )
  assert.deepEqual(key?.state, { at: 'authorized', userId: 1000001n, isBot: false, hash: 11n, activeAtS: 10 })
  assert.deepEqual(Uint8Array.from(key?.key ?? []), KEY)
  assert.deepEqual([key?.isTest, other?.state.at, unused?.state.at], [false, 'authorized', 'anonymous'])
  const code = { phoneCodeHash: 'hash', phone: '14155552671', authKeyId: 1n, dcId: 3 }
  assert.equal(await findLiveIn(store, code, 2), undefined, 'a pending code is sent again')
  assert.equal(await store.look(() => findAccountDc('14155552671')), 3, 'the place of the first login')
  assert.equal(await store.look(() => findAccountDc('14155552672')), undefined)
  assert.deepEqual(await store.decide(() => forgetUnusedKeys(9, 10)), [3n])
  assert.deepEqual(
    await store.decide(() => forgetSignedOutKeys(9, 10)),
    [],
    'nobody knows when they were used last',
  )
  const asked = { digest: new Uint8Array(32), dcId: 2, expiresAtMs: 2, maxWaiting: 9, nowMs: 1 }
  assert.equal(await store.decide(() => exportLogin({ ...asked, authKeyId: 1n })), 1000001n)
  await store.close()
  const again = openStore({ data, random: seededRandom('again') })
  assert.equal((await again.look(() => findKeyRecord(again.secret, 2n)))?.state.at, 'authorized')
  await again.close()
  const db = new DatabaseSync(join(data, 'cablegram.db'))
  assert.equal(db.prepare('SELECT version FROM schema_version').get()?.['version'], SCHEMA_VERSION)
  assert.deepEqual(db.prepare('PRAGMA foreign_key_check').all(), [])
  db.close()
})

const [ADA, BOB, SERVICE] = [1000001n, 1000002n, 777000n]
const KEPT = { keptMessages: 10_000, keptEvents: 10_000 }

/**
 * A data folder of schema 6: Ada has three messages of 777000 (the second is damaged, the first two are read), has
 * removed a fourth, and wrote one to herself; Bob has none.
 */
function makeVersion6(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-migration-'))
  const random = seededRandom(folder)
  const bytes = random(32)
  writeFileSync(join(folder, 'secret.key'), bytes, { mode: 0o600 })
  const secret = createSecret(bytes, random)
  const db = new DatabaseSync(join(folder, 'cablegram.db'))
  for (const migration of MIGRATIONS.slice(0, 6)) {
    if (typeof migration === 'string') db.exec(migration)
    else migration(db, 0, secret)
  }
  db.exec('INSERT INTO schema_version (version) VALUES (6)')
  const check = secret.seal(Buffer.from('the secret is the right one'), 'secret check')
  db.prepare('INSERT INTO secret_check (sealed_text) VALUES (?)').run(check)
  db.exec(`
    INSERT INTO users (id, access_hash, phone, first_name, last_name, created_at_s, pts, last_message_id) VALUES
      (${ADA}, 5, '14155552671', 'Ada', '', 1, 8, 5), (${BOB}, 6, '14155552672', 'Bob', '', 1, 1, 0);
    INSERT INTO read_inboxes VALUES (${ADA}, ${SERVICE}, 2);
    INSERT INTO update_log VALUES
      (${ADA}, 2, 1, '{"kind":"newMessage","id":1}'), (${ADA}, 3, 1, '{"kind":"newMessage","id":2}'),
      (${ADA}, 4, 1, '{"kind":"newMessage","id":3}'), (${ADA}, 5, 1, '{"kind":"newMessage","id":4}'),
      (${ADA}, 6, 1, '{"kind":"readInbox","peerId":"${SERVICE}","maxId":2,"unreadCount":1}'),
      (${ADA}, 7, 1, '{"kind":"deleteMessages","ids":[4]}'), (${ADA}, 8, 1, '{"kind":"newMessage","id":5}')`)
  const insert = db.prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  for (const [id, peerId, pts] of [
    [1, SERVICE, 2],
    [2, SERVICE, 3],
    [3, SERVICE, 4],
    [5, ADA, 8],
  ] as const) {
    const plain = Buffer.from(JSON.stringify({ text: `text ${id}`, entities: [] }))
    const sealed = id === 2 ? new Uint8Array(40) : secret.seal(plain, `message ${id} of ${ADA}`)
    insert.run(ADA, id, peerId, peerId, Number(peerId === ADA), 100 + id, -7n * BigInt(id), pts, sealed)
  }
  db.close()
  return folder
}

test('a data folder of schema 6 keeps its messages, read marks and log, and its texts are sealed anew', async () => {
  const data = makeVersion6()
  const store = openStore({ data, random: seededRandom('later') })
  const { secret } = store
  const state = (boxId: bigint) => store.look(() => boxState(boxId))
  assert.deepEqual(
    [await state(ADA), await state(BOB)],
    [
      { pts: 8, unreadCount: 1 },
      { pts: 1, unreadCount: 0 },
    ],
  )
  const log = await store.look(() => eventsAfter(secret, ADA, 3, 10))
  assert.ok(log.kind === 'events')
  const messageOf = (id: number, isOut: boolean) => {
    const peerId = isOut ? ADA : SERVICE
    const saved = isOut && { savedPeerId: ADA }
    return { id, peerId, fromId: peerId, isOut, dateS: 100 + id, text: `text ${id}`, entities: [], ...saved }
  }
  assert.deepEqual(log.events, [
    { kind: 'newMessage', message: messageOf(3, false), pts: 4, ptsCount: 1 },
    { kind: 'deleteMessages', ids: [4], standsIn: true, pts: 5, ptsCount: 1 },
    { kind: 'readInbox', peerId: SERVICE, maxId: 2, unreadCount: 1, pts: 6, ptsCount: 1 },
    { kind: 'deleteMessages', ids: [4], pts: 7, ptsCount: 1 },
    { kind: 'newMessage', message: messageOf(5, true), randomId: -35n, pts: 8, ptsCount: 1 },
  ])
  const [chat] = await store.look(() => findDialogs(secret, ADA, [SERVICE]))
  assert.deepEqual([chat?.topMessage?.id, chat?.readInboxMaxId, chat?.unreadCount], [3, 2, 1])
  await assert.rejects(
    store.look(() => findMessages(secret, ADA, [2])),
    { code: 'STORE_FAILED' },
  )
  const box = { ...KEPT, boxId: ADA }
  assert.equal((await store.decide(() => removeMessages(box, [1, 2, 3]))).pts, 11)
  await store.decide(() => removeUser(ADA))
  await store.close()
  const db = new DatabaseSync(join(data, 'cablegram.db'))
  const rows = db.prepare(
    'SELECT (SELECT count(*) FROM bodies) AS bodies, (SELECT count(*) FROM boxes) AS boxes',
  )
  assert.deepEqual({ ...rows.get() }, { bodies: 0, boxes: 1 }, 'each text went with its last message')
  db.close()
})

test('a token shown before schema 7 keeps the accounts that cannot accept it', async () => {
  const data = makeVersion6()
  const before = new DatabaseSync(join(data, 'cablegram.db'))
  before.exec(`PRAGMA foreign_keys = OFF;
    INSERT INTO login_tokens (digest, auth_key_id, api_id, ip, except_ids, created_at_ms, expires_at_ms)
    VALUES (x'01', 1, 1, '', '[${ADA},${BOB},${ADA}]', 1, 2), (x'02', 2, 1, '', '[]', 1, 2)`)
  before.close()
  await openStore({ data, random: seededRandom('later') }).close()
  const after = new DatabaseSync(join(data, 'cablegram.db'))
  const rows = after.prepare(
    'SELECT hex(digest) AS digest, user_id AS id FROM login_token_exceptions ORDER BY id',
  )
  const excepted = rows.all().map((row) => ({ ...row }))
  assert.deepEqual(excepted, [
    { digest: '01', id: Number(ADA) },
    { digest: '01', id: Number(BOB) },
  ])
  after.close()
})
