import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countFailuresIn } from '../../database/contract/test-codes.ts'
import type { Caller } from '../../ground/caller.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { createWorld, type World } from '../test-world.ts'
import { signInWithCode } from './sign-in.ts'
import { createWebToken, signInWithWebToken } from './web-tokens.ts'

const PHONE = '9996621234'
const EXPIRED = { code: 400, message: 'WEBAUTH_TOKEN_EXPIRED' }

function signIn({ rules, app: { apiId, apiHash } }: World, caller: Caller, token: string) {
  return signInWithWebToken(rules, caller, { apiId, apiHash, token })
}

async function withAccount(dcs = 1): Promise<World> {
  const world = await createWorld({ settings: { dcs } })
  await createAccount(world.rules, { phone: PHONE, firstName: 'Ada' })
  return world
}

test('a token signs in once, within five minutes', async () => {
  const world = await withAccount()
  const { token } = await createWebToken(world.rules, PHONE)
  const caller = await world.caller()
  assert.equal((await signIn(world, caller, token)).phone, PHONE)
  assert.equal((await world.again(caller)).state.at, 'authorized')
  await assert.rejects(signIn(world, await world.caller(), token), EXPIRED)
  const late = await createWebToken(world.rules, PHONE)
  world.clock.advance(300_000)
  await assert.rejects(signIn(world, caller, late.token), EXPIRED)
  await assert.rejects(signIn(world, caller, ''), EXPIRED)
  await assert.rejects(createWebToken(world.rules, '+9996621235'), { message: 'PHONE_NUMBER_UNOCCUPIED' })
})

test('one of 64 simultaneous logins with a token succeeds', async () => {
  const world = await withAccount()
  const { token } = await createWebToken(world.rules, PHONE)
  const callers = await Promise.all(Array.from({ length: 64 }, () => world.caller()))
  const results = await Promise.allSettled(callers.map((caller) => signIn(world, caller, token)))
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('a login clears the wrong guesses before it', async () => {
  const world = await withAccount()
  const guesser = await world.caller()
  const { phoneCodeHash } = await world.sendCode(guesser, PHONE)
  const guess = { phoneNumber: PHONE, phoneCodeHash, phoneCode: '00000' }
  await assert.rejects(signInWithCode(world.rules, guesser, guess), { message: 'PHONE_CODE_INVALID' })
  assert.equal(await countFailuresIn(world.store, PHONE, 0), 1)
  const { token } = await createWebToken(world.rules, PHONE)
  await signIn(world, await world.caller(), token)
  assert.equal(await countFailuresIn(world.store, PHONE, 0), 0)
})

test("a token is spent only at the account's home", async () => {
  const world = await withAccount(3)
  const { token } = await createWebToken(world.rules, PHONE)
  await assert.rejects(signIn(world, await world.caller({ dcId: 1 }), token), { message: 'USER_MIGRATE_2' })
  await signIn(world, await world.caller({ dcId: 2 }), token)
})
