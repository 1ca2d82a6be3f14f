import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { changesFor } from './changes.ts'
import { findSecrets } from './search.ts'

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

test('the changes that make the product log everything still fit its sources', () => {
  for (const { file, from } of changesFor('log')) {
    const source = readFileSync(new URL(`../../packages${file}`, import.meta.url), 'utf8')
    assert.ok(
      source.includes(from),
      `${file} has no ${from} any more: change test/secrets/changes.ts with it`,
    )
  }
})
