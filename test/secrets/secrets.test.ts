// Own process: it is long.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findSecrets } from './search.ts'
import { assertNoSecretsInLogs } from './search-logs.ts'

/** Logins by code, e-mail and password. `npm run test:secrets` takes every login and every error. */
const SHORT_SUITE = ['test/e2e/{login-code,login-email,two-step}.test.ts']

test('a secret in a log is found, whatever its form', () => {
  const [key, code] = [Buffer.alloc(256, 0xfb), Buffer.from('{"code":"81724","to":"+9996621234"}')]
  const line = (value: unknown): string => JSON.stringify({ level: 20, time: 81724, pid: 81724, value })
  assert.deepEqual(findSecrets(line('nothing'), [key, code]), [])
  for (const form of ['hex', 'base64', 'base64url'] as const) {
    assert.equal(findSecrets(line({ key: key.toString(form) }), [key, code]).length, 1, form)
  }
  assert.deepEqual(findSecrets(line(['the code is 81724.']), [key, code]), ['81724'])
  assert.deepEqual(findSecrets(line(817_241), [key, code]), [])
  const like = Buffer.from(`{"${'x'.repeat(30)}`)
  assert.deepEqual(findSecrets(line(like.toString('hex')), [like]), [like.toString('hex')])
})

test('no code, key, hash or password of these logins appears in a log', async () => {
  await assertNoSecretsInLogs(SHORT_SUITE)
})
