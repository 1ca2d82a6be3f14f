import assert from 'node:assert/strict'
import { test } from 'node:test'
import vectors from '../../../../test/vectors/message-v2.json' with { type: 'json' }
import { makeAuthKey } from './auth-key.ts'
import { bytesToHex, hexToBytes } from './bytes.ts'
import { decryptIge } from './ige.ts'
import { PACKET_HEAD_BYTES, sealPacket } from './message-cipher.ts'

for (const { name, x, auth_key, plaintext, msg_key_large, msg_key, aes_key, aes_iv } of vectors.cases) {
  test(`the msg_key, AES key and IV of ${name} are derived`, () => {
    assert.ok(x === 0 || x === 8)
    const packet = hexToBytes(`${'00'.repeat(PACKET_HEAD_BYTES)}${plaintext}`)
    const quickAckToken = sealPacket(makeAuthKey(hexToBytes(auth_key)), x, packet)
    assert.equal(bytesToHex(packet.subarray(8, 24)), msg_key)
    const [firstWord = 0] = new Uint32Array(hexToBytes(msg_key_large).slice(0, 4).buffer)
    assert.equal(quickAckToken, (firstWord | 0x80000000) >>> 0)
    const opened = decryptIge(hexToBytes(aes_key), hexToBytes(aes_iv), packet.subarray(24))
    assert.equal(bytesToHex(opened), plaintext)
  })
}
