import assert from 'node:assert/strict'
import { test } from 'node:test'
import exchange from '../../../../test/vectors/auth-key.json' with { type: 'json' }
import bind from '../../../../test/vectors/bind-temp-auth-key.json' with { type: 'json' }
import { deriveAuxHash, deriveFirstSalt, deriveNewNonceHash, makeAuthKey } from './auth-key.ts'
import { bytesToHex, hexToBytes, longToBytes } from './bytes.ts'
import { deriveAesKeyIvV1, deriveTmpAes, type KeyOffset } from './kdf.ts'

for (const { x, auth_key, msg_key, aes_key, aes_iv } of bind.kdf_v1) {
  test(`the MTProto 1.0 AES key and IV for x = ${x} are derived`, () => {
    const { key, iv } = deriveAesKeyIvV1(hexToBytes(auth_key), offset(x), hexToBytes(msg_key))
    assert.deepEqual([bytesToHex(key), bytesToHex(iv)], [aes_key, aes_iv])
  })
}

for (const transcript of exchange.transcripts) {
  test(`the hashes of the exchange ${transcript.name} are derived`, () => {
    const newNonce = hexToBytes(transcript.new_nonce)
    const serverNonce = hexToBytes(transcript.server_nonce)
    const { key, iv } = deriveTmpAes(newNonce, serverNonce)
    assert.deepEqual([bytesToHex(key), bytesToHex(iv)], [transcript.tmp_aes_key, transcript.tmp_aes_iv])
    for (const attempt of transcript.attempts) {
      const authKey = makeAuthKey(hexToBytes(attempt.auth_key))
      assert.equal(authKey.id, BigInt(attempt.auth_key_id_signed))
      const auxHash = deriveAuxHash(authKey.key)
      assert.equal(bytesToHex(auxHash), attempt.auth_key_aux_hash_wire)
      const hashes = ([1, 2, 3] as const).map((number) => deriveNewNonceHash(newNonce, number, auxHash))
      const expected = [attempt.new_nonce_hash1, attempt.new_nonce_hash2, attempt.new_nonce_hash3]
      assert.deepEqual(hashes.map(bytesToHex), expected)
    }
    if (transcript.server_salt_wire !== undefined) {
      assert.equal(
        bytesToHex(longToBytes(deriveFirstSalt(newNonce, serverNonce))),
        transcript.server_salt_wire,
      )
    }
  })
}

function offset(x: number): KeyOffset {
  assert.ok(x === 0 || x === 8)
  return x
}
