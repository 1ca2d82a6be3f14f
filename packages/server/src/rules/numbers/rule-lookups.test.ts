import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createTestPasskey } from '@cablegram/fixtures'
import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import { resendLoginCode } from '../codes/resend-code.ts'
import { beginPasskeyLogin, signInWithPasskey } from '../logins/passkey-logins.ts'
import { addPasskey, beginPasskeyRegistration } from '../logins/passkeys.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { signUpWithCode } from '../logins/sign-up.ts'
import { createWebToken, signInWithWebToken } from '../logins/web-tokens.ts'
import { createWorld } from '../test-world.ts'

const PHONE = '+9996621234'

/** A world that counts the statements about rules for numbers. */
async function createScene({ mock }: TestContext) {
  const world = await createWorld({ settings: { dcs: 3 } })
  let count = 0
  function* noted<T>(decision: Decision<T>): Decision<T> {
    let next = decision.next()
    while (!next.done) {
      if ('statement' in next.value && next.value.statement.text.includes('FROM phone_rules')) count += 1
      next = decision.next(yield next.value)
    }
    return next.value
  }
  const { look, decide } = world.store
  mock.method(world.store, 'look', <T>(run: () => Decision<T>) => look(() => noted(run())))
  mock.method(world.store, 'decide', <T>(run: () => Decision<T>) => decide(() => noted(run())))
  /** Checks that a request makes one such statement. @returns its answer */
  const once = async <T>(request: string, run: () => Promise<T>): Promise<T> => {
    count = 0
    const value = await run()
    assert.equal(count, 1, request)
    return value
  }
  return { ...world, once }
}

test('each request of a login by code looks up the rules for its number once', async (t) => {
  const { rules, once, caller, sendCode, inbox } = await createScene(t)
  const asking = await caller()
  const { phoneCodeHash } = await once('sendCode', () => sendCode(asking, PHONE))
  const held = { phoneNumber: PHONE, phoneCodeHash }
  await once('resendCode', () => resendLoginCode(rules, asking, held))
  const phoneCode = (await inbox.list(PHONE))[0]?.code ?? ''
  await once('signIn', () => signInWithCode(rules, asking, { ...held, phoneCode }))
  await once('signUp', () => signUpWithCode(rules, asking, { ...held, firstName: 'Ada', lastName: '' }))
})

test('so does a login by passkey or by a token for the web', async (t) => {
  const world = await createScene(t)
  const { rules, once, app } = world
  const { apiId, apiHash } = app
  const first = await world.caller()
  await world.signIn(first, PHONE)
  const owner: Caller = await world.again(first)
  const passkey = createTestPasskey()
  const options = await once('initPasskeyRegistration', () => beginPasskeyRegistration(rules, owner))
  await addPasskey(rules, owner, passkey.create(options))
  const other = await world.caller()
  const signed = passkey.get(await beginPasskeyLogin(rules, other, { apiId, apiHash }))
  await once('finishPasskeyLogin', () => signInWithPasskey(rules, other, { ...signed, from: undefined }))
  const { token } = await createWebToken(rules, PHONE)
  const claim = { apiId, apiHash, token }
  const page = await world.caller()
  await once('importWebTokenAuthorization', () => signInWithWebToken(rules, page, claim))
})
