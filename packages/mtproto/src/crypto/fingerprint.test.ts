import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '@cablegram/tl'
import vectors from '../../../../test/vectors/rsa-fingerprint.json' with { type: 'json' }
import { importRsaPrivateKey } from '../private-keys.ts'
import { bytesToBigInt, bytesToHex, hexToBytes, longToBytes } from './bytes.ts'
import { exportRsaPublicKey, formatFingerprint, makeRsaPublicKey, parseRsaPublicKey } from './fingerprint.ts'

const { test_key } = vectors

for (const [form, pem] of [
  ['PKCS#1', test_key.public_pem_pkcs1],
  ['SPKI', test_key.public_pem_spki],
  ['a private key', exportRsaPublicKey(importRsaPrivateKey(test_key.private_pem_pkcs1))],
] as const) {
  test(`a public key from ${form} has its numbers and fingerprint`, () => {
    const key = parseRsaPublicKey(pem)
    assert.equal(key.n, bytesToBigInt(hexToBytes(test_key.n)))
    assert.equal(key.e, 65537n)
    assert.equal(key.fingerprint, BigInt(test_key.fingerprint_signed))
    assert.equal(formatFingerprint(key.fingerprint), test_key.fingerprint_hex)
  })
}

for (const { use, modulus, exponent, fingerprint_hex, fingerprint_wire } of vectors.telegram_public_keys) {
  test(`Telegram's key ${fingerprint_hex} (${use}) has its fingerprint`, () => {
    const { fingerprint } = makeRsaPublicKey(hexToBytes(modulus), hexToBytes(exponent))
    assert.equal(formatFingerprint(fingerprint), fingerprint_hex)
    assert.equal(bytesToHex(longToBytes(fingerprint)), fingerprint_wire)
  })
}

test('an invalid public key is refused in one sentence', () => {
  const isRefused = (error: unknown) => error instanceof UsageError && error.code === 'RSA_KEY_INVALID'
  const pem = (body: string) => `-----BEGIN RSA PUBLIC KEY-----\n${body}\n-----END RSA PUBLIC KEY-----`
  for (const text of ['', 'key', pem('!'), pem('MIIB'), pem('MAYCAQECAQM='), pem('')]) {
    assert.throws(() => parseRsaPublicKey(text), isRefused)
  }
  assert.throws(() => importRsaPrivateKey(test_key.public_pem_pkcs1), isRefused)
})
