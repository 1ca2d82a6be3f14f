import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/client'
import { refusalSentence } from './refusal.ts'

test('every error that ends a login says why and gives the command that signs in', () => {
  for (const [code, type, why] of [
    [406, 'AUTH_KEY_DUPLICATED', /Two programs used this session/],
    [401, 'AUTH_KEY_INVALID', /does not accept the key/],
    [401, 'AUTH_KEY_PERM_EMPTY', /does not know the key/],
    [401, 'SESSION_REVOKED', /Another device or the operator ended/],
    [401, 'SESSION_EXPIRED', /expired/],
    [401, 'USER_DEACTIVATED', /deleted/],
    [401, 'USER_DEACTIVATED_BAN', /banned/],
  ] as const) {
    const sentence = refusalSentence(new RpcError(code, type, 'updates.getState'), ' --session a.session')
    assert.match(sentence ?? '', why)
    assert.match(sentence ?? '', /Sign in again with `npx cablegram login --session a\.session`\.$/)
  }
  const never = refusalSentence(new RpcError(401, 'AUTH_KEY_UNREGISTERED', 'updates.getState'), '')
  assert.match(never ?? '', /\(401\)\. Sign in with `npx cablegram login`\.$/)
})

test('a refusal says what to do about this error of this method', () => {
  const says = (code: number, text: string, method: string) =>
    refusalSentence(new RpcError(code, text, method), '')
  assert.equal(
    says(420, 'FLOOD_WAIT_30', 'auth.sendCode'),
    'the server refused auth.sendCode: FLOOD_WAIT_30 (420). Wait 30 seconds, then repeat the call; do not poll. See `npx cablegram docs auth.sendCode`.',
  )
  assert.match(
    says(400, 'PHONE_CODE_INVALID', 'auth.signIn') ?? '',
    /Run the command again with the right code/,
  )
  assert.match(says(400, 'PHONE_CODE_INVALID', 'auth.signUp') ?? '', /Call auth\.signIn with the code first/)
  assert.match(says(400, 'CHANNEL_INVALID', 'channels.joinChannel') ?? '', /access hash/)
  assert.match(
    says(400, 'FILE_PART_3_MISSING', 'messages.sendMedia') ?? '',
    /Send part 3, then repeat the call/,
  )
  assert.match(says(400, 'NEW_THIS_YEAR', 'auth.sendCode') ?? '', /NEW_THIS_YEAR \(400\)\. See /)
})

test('an error that is not a refusal has no such sentence', () => {
  assert.equal(refusalSentence(new TypeError('no'), ''), undefined)
})
