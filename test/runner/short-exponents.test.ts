import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shortening } from './short-exponents.ts'

test('256 bytes are a number of 320 bits, and other draws stay whole', () => {
  const draw = shortening((into) => into.fill(7))
  const exponent = draw(new Uint8Array(256))
  assert.deepEqual(exponent, Uint8Array.from([...Array(216).fill(0), ...Array(40).fill(7)]))
  for (const length of [32, 255, 257]) assert.ok(draw(new Uint8Array(length)).every((byte) => byte === 7))
})
