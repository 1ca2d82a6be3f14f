import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { RpcError } from '@cablegram/mtproto'
import { showRefusal } from './refusal-text.ts'

function refused(code: number, text: string, method: string): RpcError {
  const error = new RpcError(code, text, method)
  showRefusal(error, refused)
  return error
}

test('a refusal prints its method and code; its message stays the text on the wire', () => {
  const error = refused(400, 'PHONE_NUMBER_INVALID', 'auth.sendCode')
  assert.equal(error.message, 'PHONE_NUMBER_INVALID')
  assert.equal(`${error}`, 'RpcError: auth.sendCode: PHONE_NUMBER_INVALID (400)')
  assert.match(
    inspect(error),
    /^RpcError: auth\.sendCode: PHONE_NUMBER_INVALID \(400\)\n +at .*refusal-text\.test/,
  )
})

test('a refusal that any call may meet prints the next step', () => {
  const { stack = '' } = refused(401, 'AUTH_KEY_UNREGISTERED', 'users.getUsers')
  assert.match(
    stack,
    /^RpcError: users\.getUsers: AUTH_KEY_UNREGISTERED \(401\)\. Nobody is signed in .*client\.start\(\)\.\n/,
  )
  assert.match(
    refused(420, 'FLOOD_WAIT_30', 'messages.sendMessage').stack ?? '',
    /FLOOD_WAIT_30 \(420\)\. Call again/,
  )
})

test('an error without a method prints its code', () => {
  assert.equal(String(new RpcError(500, 'INTERNAL')), 'RpcError: INTERNAL (500)')
})
