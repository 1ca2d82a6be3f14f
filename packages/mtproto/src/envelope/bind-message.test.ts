import assert from 'node:assert/strict'
import { test } from 'node:test'
import vectors from '../../../../test/vectors/bind-temp-auth-key.json' with { type: 'json' }
import { bytesToHex, hexToBytes, makeAuthKey } from '../crypto/index.ts'
import { decryptBindMessage, encryptBindMessage } from './bind-message.ts'

const permKey = makeAuthKey(hexToBytes(vectors.perm_auth_key))
const encrypted = hexToBytes(vectors.encrypted_message)

test('the message that binds a temporary key matches the vector', () => {
  const recorded = [vectors.random_int128, vectors.padding]
  const message = encryptBindMessage(
    permKey,
    BigInt(vectors.msg_id),
    hexToBytes(vectors.bind_auth_key_inner),
    () => hexToBytes(recorded.shift() ?? ''),
  )
  assert.equal(bytesToHex(message), vectors.encrypted_message)
})

test('a server reads the message that binds a temporary key', () => {
  const message = decryptBindMessage(permKey.key, encrypted)
  assert.ok(message)
  assert.deepEqual([message.msgId, message.seqNo], [BigInt(vectors.msg_id), 0])
  assert.equal(bytesToHex(message.inner), vectors.bind_auth_key_inner)
})

test('a binding message that is changed, cut or encrypted under another key is rejected', () => {
  for (let at = 8; at < encrypted.length; at++) {
    const changed = encrypted.slice()
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.equal(decryptBindMessage(permKey.key, changed), undefined)
  }
  assert.equal(decryptBindMessage(permKey.key, encrypted.subarray(0, 88)), undefined)
  assert.equal(decryptBindMessage(permKey.key, new Uint8Array(0)), undefined)
  assert.equal(decryptBindMessage(hexToBytes(vectors.temp_auth_key), encrypted), undefined)
})
