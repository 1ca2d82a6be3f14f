import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { crc32 } from './crc32.ts'
import { encodeJournal, encodeRecord, readJournal } from './journal.ts'
import { applyChanges } from './state.ts'

const changes = fc
  .array(
    fc.tuple(
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
    ),
    {
      maxLength: 4,
    },
  )
  .map((entries) => new Map<string, string | undefined>(entries))

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

/** The states after each number of writes. */
function statesAfter(writes: readonly ReadonlyMap<string, string | undefined>[]): Map<string, string>[] {
  const states = [new Map<string, string>()]
  for (const write of writes) {
    const next = new Map(states.at(-1))
    applyChanges(next, write)
    states.push(next)
  }
  return states
}

test('the checksum is CRC-32', () => {
  assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926)
})

test('a journal that is cut anywhere is the state after its whole records', () => {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 6 }), fc.nat(), (writes, at) => {
      const parts = [encodeJournal(new Map()), ...writes.map((write) => encodeRecord(write))]
      const whole = concat(parts)
      const cut = at % (whole.length + 1)
      const { texts, wholeBytes } = readJournal(whole.subarray(0, cut), 'a journal')
      let records = -1
      let bytes = 0
      for (const part of parts) {
        if (bytes + part.length > cut) break
        bytes += part.length
        records += 1
      }
      assert.deepEqual(texts, statesAfter(writes)[Math.max(records, 0)])
      assert.equal(wholeBytes, records < 0 ? 0 : bytes)
    }),
  )
})

test('a journal with a wrong byte anywhere after its first line is an earlier state', () => {
  fc.assert(
    fc.property(
      fc.array(changes, { minLength: 1, maxLength: 6 }),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (writes, at, flip) => {
        const head = encodeJournal(new Map())
        const whole = concat([head, ...writes.map((write) => encodeRecord(write))])
        const place = head.length + (at % (whole.length - head.length))
        whole[place] = (whole[place] ?? 0) ^ flip
        const { texts } = readJournal(whole, 'a journal')
        const earlier = statesAfter(writes).map((state) => JSON.stringify([...state].sort()))
        assert.ok(earlier.includes(JSON.stringify([...texts].sort())))
      },
    ),
  )
})

test('a journal that is written anew holds the same texts', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 600 }),
      (texts) => {
        const map = new Map(Object.entries(texts))
        assert.deepEqual(readJournal(encodeJournal(map), 'a journal').texts, map)
      },
    ),
    { numRuns: 30 },
  )
})
