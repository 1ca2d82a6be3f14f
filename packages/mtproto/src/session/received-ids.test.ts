import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ReceivedIds } from './received-ids.ts'

test('an id is new only once, and none of the last ids is forgotten', () => {
  const ids = fc.array(fc.bigInt({ min: 1n, max: 200n }), { maxLength: 300 })
  fc.assert(
    fc.property(ids, (sequence) => {
      const received = new ReceivedIds(10)
      const seen: bigint[] = []
      for (const id of sequence) {
        const receipt = received.check(id)
        if (seen.includes(id)) assert.notEqual(receipt, 'new')
        const highest = [...seen].sort((a, b) => Number(b - a)).slice(0, 10)
        if (highest.includes(id)) assert.equal(receipt, 'known')
        if (receipt !== 'new') continue
        received.add(id)
        seen.push(id)
        assert.equal(received.state(id), 4)
      }
    }),
    { numRuns: 60 },
  )
})

test('states distinguish forgotten ids from ids that have not arrived', () => {
  const received = new ReceivedIds(2)
  assert.equal(received.state(8n), 3)
  for (const id of [4n, 8n, 16n]) received.add(id)
  assert.deepEqual(
    [4n, 12n, 20n, 2n].map((id) => received.state(id)),
    [4, 2, 3, 2],
  )
  received.add(24n)
  assert.equal(received.lowest, 16n)
  assert.deepEqual(
    [8n, 16n, 20n, 28n].map((id) => received.state(id)),
    [1, 4, 2, 3],
  )
})
