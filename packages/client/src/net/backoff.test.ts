import assert from 'node:assert/strict'
import { test } from 'node:test'
import { backoffMs } from './backoff.ts'

const options = { firstMs: 100, maxMs: 1000 }

test('pauses double from the first to the longest', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 1000].map((failures) => backoffMs(failures, 1, options))
  assert.deepEqual(pauses, [100, 200, 400, 800, 1000, 1000, 1000])
})

test('randomness shortens a pause by up to half', () => {
  assert.equal(backoffMs(3, 0, options), 200)
  assert.equal(backoffMs(3, 0.5, options), 300)
})
