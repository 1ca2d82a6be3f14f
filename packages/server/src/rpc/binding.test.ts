import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { readBinding } from './binding.ts'

const vector = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/bind-temp-auth-key.json', import.meta.url), 'utf8'),
)
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const long = (hex: string) => Buffer.from(hex, 'hex').readBigInt64LE()

const permKey = bytes(vector.perm_auth_key)
const message = bytes(vector.encrypted_message)

it('reads the binding message of the vector', () => {
  assert.deepEqual(readBinding(permKey, message), {
    msgId: BigInt(vector.msg_id),
    seqNo: 0,
    nonce: long(vector.nonce_wire),
    tempAuthKeyId: long(vector.temp_auth_key_id_wire),
    permAuthKeyId: long(vector.perm_auth_key_id_wire),
    tempSessionId: long(vector.temp_session_id_wire),
    expiresAtS: vector.expires_at,
  })
})

it('rejects a message that was changed, cut or made with another key', () => {
  // The first eight bytes name the permanent key; everything after them is authenticated.
  for (let at = 8; at < message.length; at += 11) {
    const changed = message.slice()
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.equal(readBinding(permKey, changed), undefined, `byte ${at}`)
  }
  assert.equal(readBinding(permKey, message.subarray(0, 88)), undefined)
  assert.equal(readBinding(permKey, new Uint8Array()), undefined)
  assert.equal(readBinding(permKey.slice().reverse(), message), undefined)
})
