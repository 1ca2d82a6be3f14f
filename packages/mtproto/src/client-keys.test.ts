import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BOUND, Pair } from './properties/pair.ts'
import { encodeError } from './testing/calls.ts'

const LIFE_S = 600
const RENEWAL_MS = LIFE_S * 900
const FLOOD = encodeError(420, 'FLOOD_WAIT_30')

/** A client whose temporary key is just due for renewal, on a server that now answers bindings so. */
function dueForRenewal(bindAnswer: Uint8Array): Pair {
  const pair = new Pair({ pfs: { expiresInS: LIFE_S } })
  pair.call()
  pair.bindAnswer = bindAnswer
  pair.after(RENEWAL_MS + 1_000)
  return pair
}

function answers(pair: Pair): boolean {
  const callId = pair.call()
  return pair.answered.includes(callId)
}

test('calls go on under the key before while the server puts the next one off, on one connection', () => {
  const pair = dueForRenewal(FLOOD)
  assert.equal(pair.binds, 2)
  pair.after(28_000)
  assert.ok(answers(pair))
  assert.equal(pair.binds, 2, 'the client waits as the server asks')
  pair.bindAnswer = BOUND
  pair.after(3_000)
  assert.equal(pair.binds, 3)
  pair.after(60_000)
  assert.ok(answers(pair))
  assert.equal(pair.binds, 3)
  assert.deepEqual(pair.events, [])
})

test('a refused renewal is tried again after longer and longer pauses, and ends no connection', () => {
  const pair = dueForRenewal(encodeError(400, 'TEMP_AUTH_KEY_INVALID'))
  pair.after(55_000)
  assert.ok(answers(pair))
  // At once, and 5, 15 and 35 s later.
  assert.equal(pair.binds, 1 + 4)
  assert.deepEqual(pair.events, [])
})

test('a client without any key waits as the server asks before it makes another one', () => {
  const pair = new Pair({ pfs: { expiresInS: LIFE_S }, bindAnswer: FLOOD })
  pair.call()
  pair.after(29_000)
  assert.equal(pair.binds, 1)
  assert.deepEqual(pair.events, ['420'])
  pair.bindAnswer = BOUND
  pair.after(2_000)
  assert.deepEqual(pair.answered, [1])
})
