import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import { start } from './start.ts'
import type { AuthorizedUser, FaceClient } from './surface.ts'
import { authorization, refusal, ScriptedServer } from './test-server.ts'

const TOKEN = '7:AAE-secret_part'
const bot: AuthorizedUser = { _: 'user', id: 7n, bot: true, firstName: 'Tea' }
const signedOut = async () => {
  throw new RpcError(401, 'AUTH_KEY_UNREGISTERED')
}

/** A server on which nobody is signed in, or `user`. */
function serverWith(answers: ConstructorParameters<typeof ScriptedServer>[0], user?: AuthorizedUser) {
  const server = new ScriptedServer(answers)
  Object.assign(server.users, { getUsers: user ? async () => [user] : signedOut })
  return { server, client: server as unknown as FaceClient }
}

test('a bot signs in by its token, however that was pasted', async () => {
  const { server, client } = serverWith({
    importBotAuthorization: [() => ({ ...authorization, user: bot })],
  })
  assert.equal((await start(client, { botToken: ` "${TOKEN}"\n` })).id, 7n)
  assert.deepEqual(server.asked, ['importBotAuthorization'])
  assert.equal(server.requests[0]?.['botAuthToken'], TOKEN)
  assert.equal(server.listeners, 0)
})

test('a token that the server refuses rejects with its error, and nothing is asked', async () => {
  const { server, client } = serverWith({ importBotAuthorization: [refusal(400, 'ACCESS_TOKEN_INVALID')] })
  await assert.rejects(start(client, { botToken: TOKEN }), { name: 'RpcError', type: 'ACCESS_TOKEN_INVALID' })
  assert.equal(server.listeners, 0)
})

test('a token replaces the login of a number that the session has kept', async () => {
  const { server, client } = serverWith({
    sendCode: [
      () => ({ _: 'auth.sentCode', type: { _: 'auth.sentCodeTypeSms', length: 5 }, phoneCodeHash: 'h' }),
    ],
    cancelCode: [() => true],
    importBotAuthorization: [() => ({ ...authorization, user: bot })],
  })
  const { createLogin } = await import('./machine.ts')
  const login = await createLogin(client)
  await login.act('sendCode', { phoneNumber: '+1' })
  login.close()
  await start(client, { botToken: TOKEN })
  assert.deepEqual(server.asked, ['sendCode', 'cancelCode', 'importBotAuthorization'])
})

test('what is no token is refused before anything is sent, and is not shown', async () => {
  const { server, client } = serverWith({})
  const refused = (text: RegExp) => ({ code: 'BOT_TOKEN_INVALID', message: text })
  await assert.rejects(start(client, { botToken: undefined }), refused(/is undefined.*not set/))
  await assert.rejects(start(client, { botToken: '' }), refused(/an empty string/))
  const error = await start(client, { botToken: 'secret' }).catch((reason: unknown) => reason)
  assert.ok(error instanceof Error)
  assert.doesNotMatch(error.message, /secret/)
  const both = { botToken: TOKEN, phone: async () => '+1' }
  await assert.rejects(start(client, both), { code: 'PROMPT_INVALID' })
  assert.deepEqual(server.asked, [])
})

test('a session of another account is not taken for the bot', async () => {
  const other = serverWith({}, { ...bot, id: 8n }).client
  const refused = { code: 'SESSION_OTHER_USER', message: /the bot 8, and the token is of the bot 7/ }
  await assert.rejects(start(other, { botToken: TOKEN }), refused)
  assert.equal((await start(serverWith({}, bot).client, { botToken: TOKEN })).id, 7n)
})
