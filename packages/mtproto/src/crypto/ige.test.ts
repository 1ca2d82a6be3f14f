import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import vectors from '../../../../test/vectors/aes-ige.json' with { type: 'json' }
import { bytesToHex, hexToBytes } from './bytes.ts'
import { decryptIge, encryptIge } from './ige.ts'

for (const { name, key, iv, plaintext, ciphertext } of vectors.cases) {
  test(`IGE encrypts and decrypts the vector ${name}`, () => {
    const [keyBytes, ivBytes] = [hexToBytes(key), hexToBytes(iv)]
    assert.equal(bytesToHex(encryptIge(keyBytes, ivBytes, hexToBytes(plaintext))), ciphertext)
    assert.equal(bytesToHex(decryptIge(keyBytes, ivBytes, hexToBytes(ciphertext))), plaintext)
  })
}

test('IGE decrypts what it encrypts at any length', () => {
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
  const data = fc.integer({ min: 1, max: 200 }).chain((blocks) => bytes(blocks * 16))
  fc.assert(
    fc.property(bytes(32), bytes(32), data, (key, iv, plaintext) => {
      const before = plaintext.slice()
      assert.deepEqual(decryptIge(key, iv, encryptIge(key, iv, plaintext)), before)
      assert.deepEqual(plaintext, before)
    }),
    { numRuns: 50 },
  )
})
