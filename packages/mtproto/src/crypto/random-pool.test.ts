import assert from 'node:assert/strict'
import { test } from 'node:test'
import { poolRandom } from './random-pool.ts'

test('a pool gives each byte once and never changes bytes it gave', () => {
  let next = 0
  const source = (length: number) => Uint8Array.from({ length }, () => next++ & 0xff)
  const random = poolRandom(source, 64)
  const given = [30, 30, 30, 64, 100, 1].map((length) => random(length))
  assert.deepEqual(
    given.map((bytes) => bytes.length),
    [30, 30, 30, 64, 100, 1],
  )
  const flat = given.flatMap((bytes) => [...bytes])
  assert.equal(new Set(flat.slice(0, 154)).size, 154)
})
