import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FloodWaits, kindsOfCall, refusalOf } from './flood-waits.ts'

const toUser = (userId: bigint, accessHash = 1n) => ({
  peer: { _: 'inputPeerUser', userId, accessHash },
  randomId: 5n,
})
const send = (userId: bigint) => kindsOfCall('messages.sendMessage', toUser(userId))

test('a wait holds up the calls of its method, and of sends those to the same chat', () => {
  const waits = new FloodWaits()
  const wait = { untilMs: 10_000, type: 'FLOOD_WAIT' }
  waits.note(kindsOfCall('messages.getHistory', { peer: { _: 'inputPeerSelf' } }), wait, 0)
  waits.note(send(1n), wait, 0)
  assert.equal(waits.of(kindsOfCall('messages.getHistory', { peer: { _: 'inputPeerEmpty' } }), 0), wait)
  assert.equal(waits.of(kindsOfCall('messages.search', {}), 0), undefined)
  assert.equal(waits.of(kindsOfCall('messages.sendMessage', toUser(1n, 7n)), 9_999), wait)
  assert.equal(waits.of(send(2n), 0), undefined)
  assert.equal(waits.of(kindsOfCall('messages.sendMedia', toUser(1n)), 0), undefined)
  assert.equal(waits.of(send(1n), 10_000), undefined)
})

test('slow mode holds up whatever is sent to the chat', () => {
  const waits = new FloodWaits()
  const wait = { untilMs: 10_000, type: 'SLOWMODE_WAIT' }
  waits.note(send(1n), wait, 0)
  assert.equal(waits.of(kindsOfCall('messages.sendMedia', toUser(1n)), 0), wait)
  const album = { peer: toUser(1n).peer, multiMedia: [] }
  assert.equal(waits.of(kindsOfCall('messages.sendMultiMedia', album), 0), wait)
  const forward = { fromPeer: { _: 'inputPeerSelf' }, toPeer: toUser(1n).peer, randomId: [5n] }
  assert.equal(waits.of(kindsOfCall('messages.forwardMessages', forward), 0), wait)
  assert.equal(waits.of(send(2n), 0), undefined)
})

test('waits of logins are about somebody, and hold up no other call', () => {
  const waits = new FloodWaits()
  waits.note(kindsOfCall('auth.sendCode', {}), { untilMs: 10_000, type: 'FLOOD_WAIT' }, 0)
  assert.equal(waits.size, 0)
})

test('the waits that are known are bounded, and those that are over go first', () => {
  const waits = new FloodWaits()
  waits.note(send(0n), { untilMs: 99_000, type: 'FLOOD_WAIT' }, 0)
  waits.note(send(1n), { untilMs: 5, type: 'FLOOD_WAIT' }, 0)
  for (let id = 2n; id <= 1_000n; id++) waits.note(send(id), { untilMs: 99_000, type: 'FLOOD_WAIT' }, 10)
  assert.equal(waits.size, 1_000)
  assert.ok(waits.of(send(0n), 10))
  waits.note(send(1_001n), { untilMs: 99_000, type: 'FLOOD_WAIT' }, 10)
  assert.equal(waits.size, 1_000)
  assert.equal(waits.of(send(0n), 10), undefined)
})

test('a refusal without asking is like that of the server', () => {
  const { code, type, argument, method } = refusalOf({ untilMs: 9_001, type: 'FLOOD_WAIT' }, 'a.b', 2_000)
  assert.deepEqual([code, type, argument, method], [420, 'FLOOD_WAIT', 8, 'a.b'])
})
