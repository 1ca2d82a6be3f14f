import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError, RpcError } from '@cablegram/mtproto'
import { signedInUser } from './signed-in.ts'
import { user } from './test-server.ts'

function clientThat(answer: () => unknown) {
  return { users: { getUsers: async () => answer() as never } }
}

test('the server names the signed-in user, and a 401 means that nobody is signed in', async () => {
  assert.equal(await signedInUser(clientThat(() => [user])), user)
  for (const type of ['AUTH_KEY_UNREGISTERED', 'SESSION_REVOKED', 'SESSION_PASSWORD_NEEDED']) {
    const refused = clientThat(() => {
      throw new RpcError(401, type)
    })
    assert.equal(await signedInUser(refused), undefined)
  }
})

test('any other error is thrown, because it does not tell who is signed in', async () => {
  const errors = [
    new RpcError(400, 'AUTH_KEY_UNREGISTERED'),
    new RpcError(403, 'FORBIDDEN'),
    new RpcError(420, 'FLOOD_WAIT_5'),
    new RpcError(500, 'INTERNAL'),
    new ConnectionError('CALL_TIMEOUT', 'late'),
    Object.assign(new Error('of our own'), { code: 401 }),
  ]
  for (const error of errors) {
    const broken = clientThat(() => {
      throw error
    })
    await assert.rejects(signedInUser(broken), error)
  }
})
