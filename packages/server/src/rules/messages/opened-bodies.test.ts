import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSecret, type Secret } from '../../database/secret.ts'
import { contentOf } from './opened-bodies.ts'

/** Sealed bytes are never as short as these tests'. */
const NONE = Array.from({ length: 8 }, () => 0)

function setUp() {
  const secret = createSecret(new Uint8Array(32), (length) => new Uint8Array(length))
  let openings = 0
  const read = (id: bigint, bytes: readonly number[], of: Secret = secret): string =>
    contentOf(of, id, Uint8Array.from([...NONE, ...bytes]), () => {
      openings += 1
      return { text: String(bytes), entities: [] }
    }).text
  const openingsOf = (run: () => void): number => {
    const before = openings
    run()
    return openings - before
  }
  return { read, openingsOf }
}

test('a body is opened once, until it is sealed anew', () => {
  const { read, openingsOf } = setUp()
  assert.equal(
    openingsOf(() => [read(1n, [1, 2]), read(1n, [1, 2])]),
    1,
  )
  assert.equal(read(1n, [1, 3]), '1,3')
  assert.equal(read(1n, [1, 2]), '1,2')
})

test('a body that was opened with one secret is not opened with another', () => {
  const { read, openingsOf } = setUp()
  const other = createSecret(new Uint8Array(32).fill(1), (length) => new Uint8Array(length))
  assert.equal(
    openingsOf(() => [read(1n, [1]), read(1n, [1], other)]),
    2,
  )
})

test('long bodies and the oldest ones are not kept', () => {
  const { read, openingsOf } = setUp()
  const long = Array.from({ length: 2_049 }, () => 7)
  assert.equal(
    openingsOf(() => [read(1n, long), read(1n, long)]),
    2,
  )
  for (let id = 2n; id <= 4_098n; id += 1n) read(id, [0])
  assert.equal(
    openingsOf(() => [read(4_098n, [0]), read(3n, [0])]),
    0,
  )
  assert.equal(
    openingsOf(() => read(2n, [0])),
    1,
  )
})
