import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serialize } from 'node:v8'
import { bytesToOutcome, outcomeToBytes } from './kept-outcome.ts'

const OUTCOME = {
  kind: 'authorized',
  user: { id: 1_000_001n, phone: '9996621234', isBot: false, username: undefined, homeDc: 2 },
  hash: -(2n ** 63n),
  keys: [1n, 2n],
  proof: new Uint8Array([0, 255, 3]),
  none: null,
}

test('a kept outcome is read as it was written', () => {
  assert.deepEqual(bytesToOutcome(outcomeToBytes(OUTCOME)), without(OUTCOME))
  for (const outcome of [true, [], [5n], 'changed']) {
    assert.deepEqual(bytesToOutcome(outcomeToBytes(outcome)), outcome)
  }
})

test('a kept outcome is JSON, which every version of Node reads', () => {
  assert.equal(Buffer.from(outcomeToBytes({ hash: 7n })).toString(), '{"hash":{"$bigint":"7"}}')
})

test('an outcome that was kept in the form of node:v8 is still read', () => {
  assert.deepEqual(bytesToOutcome(serialize(OUTCOME)), OUTCOME)
})

/** JSON has no undefined fields; no reader tells them from absent ones. */
function without({ user: { username: _, ...user }, ...rest }: typeof OUTCOME): object {
  return { ...rest, user }
}
