import assert from 'node:assert/strict'
import { logOut } from '@cablegram/client'
import { PASSWORD_SETTINGS } from '../../packages/server/src/ground/password-settings.ts'
import { TEST_CODE } from '../e2e/logins.ts'
import { ANY_CAUSES } from './any.ts'
import { PHONE_CODE_CAUSES } from './phone-codes.ts'
import { type Cause, cause } from './registry.ts'
import { appOf, proof } from './world.ts'

const OF_ANY = [...ANY_CAUSES, ...PHONE_CODE_CAUSES].filter(({ method }) => method === 'any')

/** The cause of an error of any method that has this method make it. */
function asOfAny(method: string, error: string): Cause {
  const found = OF_ANY.find(({ code, name }) => `${code} ${name}` === error)
  assert.ok(found, error)
  return cause(method, error, found.run)
}

const WRONG_CODE = '00000'

/** Errors of any method that a method has a reason of its own for. */
export const METHOD_CAUSES: readonly Cause[] = [
  asOfAny('auth.sendCode', '303 PHONE_MIGRATE_X'),
  asOfAny('auth.sendCode', '303 NETWORK_MIGRATE_X'),
  asOfAny('auth.sendCode', '420 FLOOD_WAIT_X'),
  asOfAny('auth.sendCode', '-500 No workers running'),
  asOfAny('auth.sendCode', '-503 Timeout'),
  asOfAny('auth.importBotAuthorization', '303 USER_MIGRATE_X'),
  cause('auth.sendCode', '401 SESSION_PASSWORD_NEEDED', async (world) => {
    const server = await world.server()
    const client = await world.protectedUser(server, 'secret')
    await logOut(client)
    return client.auth.sendCode({
      phoneNumber: world.phoneOf(client),
      ...appOf(server),
      settings: { _: 'codeSettings', logoutTokens: [...client.logoutTokens] },
    })
  }),
  cause('auth.resendCode', '420 FLOOD_WAIT_X', async (world) => {
    const server = await world.start({ settings: { resendEarly: false } })
    const client = world.connect(server)
    return client.auth.resendCode(await world.sent(client, server))
  }),
  cause('auth.signIn', '401 SESSION_PASSWORD_NEEDED', async (world) => {
    const server = await world.server()
    const phone = world.phone()
    await server.users.create({ phone, firstName: 'Ada', password: 'secret' })
    const client = world.connect(server)
    const sent = await world.sent(client, server, phone)
    return client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
  }),
  cause('auth.signIn', '420 FLOOD_WAIT_X', async (world) => {
    const server = await world.start({ settings: { networkFailures: { max: 1, windowS: 86_400 } } })
    const client = world.connect(server)
    const sent = [await world.sent(client, server), await world.sent(client, server)]
    const guesses = sent.map((one) => () => client.auth.signIn({ ...one, phoneCode: WRONG_CODE }))
    await assert.rejects(guesses[0] ?? assert.fail, { type: 'PHONE_CODE_INVALID' })
    return guesses[1]?.()
  }),
  cause('auth.checkPassword', '420 FLOOD_WAIT_X', async (world) => {
    const limit = { max: 1, windowS: 3600, maxWaitS: 86_400 }
    const server = await world.start({ settings: { password: { ...PASSWORD_SETTINGS, limit } } })
    const client = await world.pending(server, 'secret')
    const guess = async () => client.auth.checkPassword({ password: await proof(client, 'not the secret') })
    await assert.rejects(guess, { type: 'PASSWORD_HASH_INVALID' })
    return guess()
  }),
]
