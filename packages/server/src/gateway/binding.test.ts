import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { isBindingProven } from './binding.ts'

const vector = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/bind-temp-auth-key.json', import.meta.url), 'utf8'),
)
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const long = (hex: string) => Buffer.from(hex, 'hex').readBigInt64LE()

const permKey = bytes(vector.perm_auth_key)
const message = bytes(vector.encrypted_message)
const binding = {
  nonce: long(vector.nonce_wire),
  tempAuthKeyId: long(vector.temp_auth_key_id_wire),
  permAuthKeyId: long(vector.perm_auth_key_id_wire),
  tempSessionId: long(vector.temp_session_id_wire),
  expiresAtS: vector.expires_at,
  msgId: BigInt(vector.msg_id),
}

it('takes the binding message of the vector', () => {
  assert.equal(isBindingProven(permKey, message, binding), true)
})

it('takes it for no other request, session, message, key or time', () => {
  for (const [field, value] of Object.entries(binding)) {
    const other = { ...binding, [field]: typeof value === 'bigint' ? value + 1n : value + 1 }
    assert.equal(isBindingProven(permKey, message, other), false, field)
  }
})

it('takes no message that was changed, cut or made with another key', () => {
  for (let at = 0; at < message.length; at += 13) {
    const changed = message.slice()
    changed[at] = (changed[at] ?? 0) ^ 1
    assert.equal(isBindingProven(permKey, changed, binding), false, `byte ${at}`)
  }
  assert.equal(isBindingProven(permKey, message.subarray(0, 88), binding), false)
  assert.equal(isBindingProven(permKey, new Uint8Array(), binding), false)
  assert.equal(isBindingProven(permKey.slice().reverse(), message, binding), false)
})
