import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { bigIntToBytes, bytesToBigInt, DH_GENERATOR, DH_PRIME, modPow } from '../crypto/index.ts'
import { computeServerKey, makeClientDh } from './big-numbers.ts'

test('a key that begins with a zero byte has its 256 bytes on both sides', () => {
  const a = new Uint8Array(256).fill(1)
  // Found by trying, and hashed, with Python's pow. Clients that leave the zero out (docs/quirks.md) get another hash.
  const b = new Uint8Array(256).fill(2).fill(60, 255)
  const gA = bigIntToBytes(modPow(BigInt(DH_GENERATOR), bytesToBigInt(a), bytesToBigInt(DH_PRIME)), 256)
  const { gB, key } = makeClientDh(DH_GENERATOR, DH_PRIME, gA, () => b)
  assert.equal(createHash('sha1').update(key).digest('hex'), 'fe8dce26ebd6a749d3f0cb0ddf23f2915bbac3b5')
  assert.equal(key[0], 0)
  assert.deepEqual(computeServerKey(a, gB), key)
})
