import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/client'
import { refusalSentence } from './refusal.ts'

test('every error that ends a login says why and gives the command that signs in', () => {
  for (const [code, type, why] of [
    [406, 'AUTH_KEY_DUPLICATED', /Two programs used this session/],
    [401, 'AUTH_KEY_INVALID', /does not accept the key/],
    [401, 'AUTH_KEY_PERM_EMPTY', /does not know the key/],
    [401, 'SESSION_REVOKED', /Another device ended/],
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
