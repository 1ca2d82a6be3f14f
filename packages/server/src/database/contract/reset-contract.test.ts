import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { authorize } from '../../rules/accounts/decide-authorizations.ts'
import { findKeyRecord, keepKey } from '../../rules/accounts/decide-keys.ts'
import { createUser, listUsers } from '../../rules/accounts/decide-users.ts'
import type { User } from '../../rules/accounts/words.ts'
import { resetStore } from '../reset.ts'
import type { Store } from '../store.ts'
import { IMPLEMENTATIONS } from './test-stores.ts'

async function makeAda(store: Store): Promise<User> {
  const ada = { accessHash: 1n, phone: '9996621234', firstName: 'Ada', lastName: '', createdAtS: 1 }
  return (await store.decide(() => createUser(ada))) ?? assert.fail('the number is taken')
}

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(name, () => {
    test('a reset signs the keys out, and ids of accounts begin anew', async () => {
      const store = await open()
      const key = new Uint8Array(256)
      const kept = { authKeyId: 7n, key, dcId: 2, firstSalt: 0n, createdAtS: 1, isTest: false }
      await store.decide(() => keepKey(store.secret, kept))
      const { id: userId } = await makeAda(store)
      const login = { authKeyId: 7n, userId, hash: 1n, apiId: 1, ip: '::1', homeHash: null, nowS: 1 }
      await store.decide(() => authorize(login))
      await store.decide(() => resetStore(5))
      assert.deepEqual(await store.look(() => listUsers(9)), [])
      const record = await store.look(() => findKeyRecord(store.secret, 7n))
      assert.deepEqual([record?.state, record?.usedAtS], [{ at: 'anonymous' }, 5])
      assert.equal((await makeAda(store)).id, 1_000_001n)
      await store.close()
    })
  })
}
