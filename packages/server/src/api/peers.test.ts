import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peersIn } from './peers.ts'

test('a note about an answer of a poll names who had added the answer, besides who takes it away', () => {
  const answer = { text: 'maybe', entities: [], option: 'Ag==', addedById: 9n, addedAtS: 1 }
  const note = { id: 1, peerId: -5n, fromId: 7n, isOut: false, dateS: 1, text: '', entities: [] }
  for (const kind of ['pollAddAnswer', 'pollDeleteAnswer'] as const) {
    assert.deepEqual(peersIn({ ...note, action: { kind, answer } }), [-5n, 7n, 9n])
  }
})
