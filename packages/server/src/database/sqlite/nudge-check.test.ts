import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorize } from '../../rules/accounts/decide-authorizations.ts'
import { tellKey } from '../../rules/accounts/decide-ended-logins.ts'
import { findKeyRecord, keepKey } from '../../rules/accounts/decide-keys.ts'
import { createUser } from '../../rules/accounts/decide-users.ts'
import { seededRandom } from '../../rules/test-world.ts'
import { type Decision, sql } from '../decision.ts'
import { StoreError } from '../errors.ts'
import { openStore } from '../index.ts'
import type { Store } from '../store.ts'

const moveKey = sql`UPDATE auth_keys SET dc_id = 9 WHERE auth_key_id = :authKeyId`
const deleteUsers = sql`DELETE FROM users`

/** A store with one account that is signed in on key 1. */
async function signedIn(checkDecisions: boolean): Promise<Store> {
  const store = openStore({ random: seededRandom('nudge check'), checkDecisions })
  const key = {
    authKeyId: 1n,
    key: new Uint8Array(256),
    dcId: 2,
    firstSalt: 0n,
    createdAtS: 1,
    isTest: false,
  }
  await store.decide(() => keepKey(store.secret, key))
  const ada = { accessHash: 1n, phone: '9996621234', firstName: 'A', lastName: '', createdAtS: 1 }
  const user = (await store.decide(() => createUser(ada))) ?? assert.fail('the number is taken')
  const login = { authKeyId: 1n, userId: user.id, hash: 1n, apiId: 1, ip: '::1', homeHash: null, nowS: 1 }
  await store.decide(() => authorize(login))
  return store
}

function isUntold(error: unknown): boolean {
  assert.ok(error instanceof StoreError && error.cause instanceof Error)
  assert.match(error.cause.message, /changed the record of key 1 without a nudge/)
  return true
}

test('a decision that changes the record of a key without a nudge fails, and nothing of it stands', async () => {
  const store = await signedIn(true)
  await assert.rejects(
    store.decide(() => moveKey.send({ authKeyId: 1n })),
    isUntold,
  )
  assert.equal((await store.look(() => findKeyRecord(store.secret, 1n)))?.dcId, 2)
  await store.decide(function* (): Decision<void> {
    yield* moveKey.send({ authKeyId: 1n })
    yield* tellKey(1n)
  })
  assert.equal((await store.look(() => findKeyRecord(store.secret, 1n)))?.dcId, 9)
  await store.close()
})

test('a login that goes by a cascade is caught, too', async () => {
  const store = await signedIn(true)
  await assert.rejects(
    store.decide(() => deleteUsers.run()),
    isUntold,
  )
  await store.close()
})

test('a nudge for another key does not count', async () => {
  const store = await signedIn(true)
  await assert.rejects(
    store.decide(function* (): Decision<void> {
      yield* tellKey(2n)
      yield* moveKey.send({ authKeyId: 1n })
    }),
    isUntold,
  )
  await store.close()
})

test('a store outside tests does not check', async () => {
  const store = await signedIn(false)
  assert.equal(await store.decide(() => moveKey.run({ authKeyId: 1n })), 1)
  await store.close()
})
