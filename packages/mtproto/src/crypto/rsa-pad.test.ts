import assert from 'node:assert/strict'
import { test } from 'node:test'
import exchange from '../../../../test/vectors/auth-key.json' with { type: 'json' }
import type { Random } from '../machine.ts'
import { importRsaPrivateKey } from '../private-keys.ts'
import { encryptRsaOld } from '../testing/index.ts'
import { bytesToHex, hexToBytes } from './bytes.ts'
import { parseRsaPublicKey } from './fingerprint.ts'
import { decryptRsaBlock, encryptRsaPad, openRsaBlock, type RsaPlaintext } from './rsa-pad.ts'

const publicKey = parseRsaPublicKey(exchange.rsa_key.public_pem_pkcs1)
const privateKey = importRsaPrivateKey(exchange.rsa_key.private_pem_pkcs1)

for (const { name, p_q_inner_data, rsa_pad, rsa_old } of exchange.transcripts) {
  const data = hexToBytes(p_q_inner_data)

  test(`the inner data of ${name} is encrypted as in the vector`, () => {
    if (rsa_pad) {
      const tempKeys = [...rsa_pad.rejected_temp_keys.map(({ temp_key }) => temp_key), rsa_pad.temp_key]
      const random = recorded(rsa_pad.random_padding, ...tempKeys)
      assert.equal(bytesToHex(encryptRsaPad(publicKey, data, random)), rsa_pad.encrypted_data)
    } else {
      const random = recorded(rsa_old?.random_padding ?? '')
      assert.equal(bytesToHex(encryptRsaOld(publicKey, data, random)), rsa_old?.encrypted_data)
    }
  })

  test(`the inner data of ${name} is decrypted by the server`, () => {
    const encrypted = hexToBytes((rsa_pad ?? rsa_old)?.encrypted_data ?? '')
    const opened = decrypted(encrypted)
    assert.equal(bytesToHex(opened?.data.subarray(0, data.length) ?? data), p_q_inner_data)
    assert.equal(opened?.isIntact(data.length), true)
    // The old padding's hash covers the data alone; RSA_PAD's has been checked with the padding.
    assert.equal(opened?.isIntact(data.length - 4), rsa_pad !== undefined)
    assert.equal(opened?.isIntact(1000), false)
  })
}

test('a changed or foreign block is rejected as inner data', () => {
  const encrypted = encryptRsaPad(publicKey, new Uint8Array(100), (length) => new Uint8Array(length).fill(7))
  encrypted[255] = (encrypted[255] ?? 0) ^ 1
  const opened = decrypted(encrypted)
  assert.ok(!opened?.isIntact(100))
  assert.equal(decrypted(new Uint8Array(256).fill(0xff)), undefined)
  assert.equal(decrypted(new Uint8Array(257)), undefined)
  assert.ok(!decrypted(new Uint8Array(0))?.isIntact(100))
})

function decrypted(encrypted: Uint8Array): RsaPlaintext | undefined {
  const block = decryptRsaBlock(privateKey, encrypted)
  return block && openRsaBlock(block)
}

function recorded(...values: readonly string[]): Random {
  const left = [...values]
  return (length) => {
    const bytes = hexToBytes(left.shift() ?? '')
    assert.equal(bytes.length, length)
    return bytes
  }
}
