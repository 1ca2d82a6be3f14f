import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Ceremony, createTestPasskey, type KeyKind, type TestPasskey } from '@cablegram/fixtures'
import type { Caller } from '../../ground/caller.ts'
import { endOtherAuthorizations } from '../accounts/authorizations.ts'
import { createWorld, type World, type WorldOptions } from '../test-world.ts'
import { beginPasskeyLogin, signInWithPasskey } from './passkey-logins.ts'
import { addPasskey, beginPasskeyRegistration, passkeysOf, takePasskeyAway } from './passkeys.ts'

const PHONE = '9996621234'
const INVALID = { code: 400, message: 'CREDENTIAL_INVALID' }
const MISMATCH = { code: 400, message: 'PASSKEY_ORIGIN_MISMATCH' }

interface Scene extends World {
  /** A signed-in caller. */
  readonly owner: Caller
  readonly passkey: TestPasskey
  logIn(caller: Caller, ceremony?: Ceremony): Promise<unknown>
}

/** A user with an account and a passkey. */
async function createScene(options: WorldOptions = {}, passkey = createTestPasskey()): Promise<Scene> {
  const world = await createWorld(options)
  const anonymous = await world.caller()
  await world.signIn(anonymous, PHONE)
  const owner = await world.again(anonymous)
  await addPasskey(world.rules, owner, passkey.create(await beginPasskeyRegistration(world.rules, owner)))
  const { apiId, apiHash } = world.app
  return {
    ...world,
    owner,
    passkey,
    async logIn(caller, ceremony) {
      const options = await beginPasskeyLogin(world.rules, caller, { apiId, apiHash })
      return signInWithPasskey(world.rules, caller, { ...passkey.get(options, ceremony), from: undefined })
    },
  }
}

for (const kind of ['es256', 'rs256', 'ed25519'] satisfies KeyKind[]) {
  test(`a passkey of ${kind} is registered, listed, signs in and can be deleted`, async () => {
    const scene = await createScene({}, createTestPasskey(kind))
    const [listed, ...others] = await passkeysOf(scene.rules, scene.owner)
    assert.deepEqual([listed?.id, listed?.usedAtS, others.length], [scene.passkey.id, undefined, 0])
    const caller = await scene.caller()
    await scene.logIn(caller)
    const { state } = await scene.again(caller)
    assert.ok(state.at === 'authorized' && scene.owner.state.at === 'authorized')
    assert.equal(state.userId, scene.owner.state.userId)
    assert.notEqual((await passkeysOf(scene.rules, scene.owner))[0]?.usedAtS, undefined)
    assert.equal(await takePasskeyAway(scene.rules, scene.owner, scene.passkey.id), true)
    assert.equal(await takePasskeyAway(scene.rules, scene.owner, scene.passkey.id), false)
    await assert.rejects(scene.logIn(await scene.caller()), INVALID)
  })
}

test('a signature works once, for one key and five minutes', async () => {
  const scene = await createScene()
  const { apiId, apiHash } = scene.app
  const [caller, thief] = [await scene.caller(), await scene.caller()]
  const answer = async () => ({
    ...scene.passkey.get(await beginPasskeyLogin(scene.rules, caller, { apiId, apiHash })),
    from: undefined,
  })
  const signed = await answer()
  await assert.rejects(signInWithPasskey(scene.rules, thief, signed), INVALID)
  await signInWithPasskey(scene.rules, caller, signed)
  await assert.rejects(signInWithPasskey(scene.rules, caller, signed), INVALID)
  const late = await answer()
  scene.clock.advance(300_000)
  await assert.rejects(signInWithPasskey(scene.rules, caller, late), INVALID)
  const replaced = await answer()
  await beginPasskeyLogin(scene.rules, caller, { apiId, apiHash })
  await assert.rejects(signInWithPasskey(scene.rules, caller, replaced), INVALID)
})

test('one of 64 logins with the same signature succeeds', async () => {
  const scene = await createScene()
  const { apiId, apiHash } = scene.app
  const caller = await scene.caller()
  const options = await beginPasskeyLogin(scene.rules, caller, { apiId, apiHash })
  const signed = { ...scene.passkey.get(options), from: undefined }
  const results = await Promise.allSettled(
    Array.from({ length: 64 }, () => signInWithPasskey(scene.rules, caller, signed)),
  )
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('other sites, other ceremonies, an absent user, a forged signature and a copied authenticator are refused', async () => {
  const scene = await createScene()
  const caller = await scene.caller()
  for (const ceremony of [
    { rpId: 'example.com' },
    { type: 'webauthn.create' },
    { flags: 0x01 },
    { flags: 0x04 },
  ]) {
    await assert.rejects(scene.logIn(caller, ceremony), INVALID, JSON.stringify(ceremony))
  }
  for (const origin of ['https://example.com', 'https://localhost.example.com', 'null', '']) {
    await assert.rejects(scene.logIn(caller, { origin }), MISMATCH, origin)
  }
  const { apiId, apiHash } = scene.app
  const options = await beginPasskeyLogin(scene.rules, caller, { apiId, apiHash })
  const good = { ...scene.passkey.get(options), from: undefined }
  const forged = [
    { signature: new Uint8Array(70) },
    { signature: new Uint8Array(0) },
    { authenticatorData: new Uint8Array(0) },
    { clientData: '{' },
    { clientData: '[]' },
    { clientData: good.clientData.replace('8080', '8081') },
    { id: createTestPasskey().id },
    { id: '' },
    { userHandle: '2:1' },
    { userHandle: '' },
  ]
  for (const change of forged) {
    await assert.rejects(
      signInWithPasskey(scene.rules, caller, { ...good, ...change }),
      INVALID,
      JSON.stringify(change),
    )
  }
  await signInWithPasskey(scene.rules, caller, good)
  await assert.rejects(scene.logIn(caller, { signCount: 1 }), INVALID)
})

test('an authenticator without a counter can sign in again', async () => {
  const scene = await createScene({}, createTestPasskey('es256', false))
  for (const _ of [1, 2]) await scene.logIn(await scene.caller())
})

test('the operator chooses the allowed origins', async () => {
  const site = { rpId: 'login.example.com', rpName: 'Example', maxPerAccount: 5, challengeLifetimeS: 300 }
  const only = await createWorld({
    settings: { passkeys: { ...site, origins: ['https://app.example.com'] } },
  })
  const any = await createWorld({ settings: { passkeys: { ...site, origins: ['*'] } } })
  const own = await createWorld({ settings: { passkeys: { ...site, origins: undefined } } })
  const register = async (world: World, origin: string) => {
    const anonymous = await world.caller()
    await world.signIn(anonymous, PHONE)
    const owner = await world.again(anonymous)
    const options = await beginPasskeyRegistration(world.rules, owner)
    return addPasskey(world.rules, owner, createTestPasskey().create(options, { origin }))
  }
  await register(only, 'https://app.example.com')
  await assert.rejects(register(only, 'https://login.example.com'), MISMATCH)
  await register(any, 'android:apk-key-hash:abc')
  await register(own, 'https://login.example.com')
  await register(own, 'https://a.login.example.com')
  await assert.rejects(register(own, 'http://login.example.com'), MISMATCH)
})

test('a registration works once for the key that started it, and an account has five passkeys at most', async () => {
  const scene = await createScene()
  const options = await beginPasskeyRegistration(scene.rules, scene.owner)
  const second = createTestPasskey()
  const made = second.create(options)
  const anonymous = await scene.caller()
  await scene.signIn(anonymous, '9996621235')
  await assert.rejects(addPasskey(scene.rules, await scene.again(anonymous), made), INVALID)
  const cut = { ...made, attestation: made.attestation.subarray(0, -1) }
  await assert.rejects(addPasskey(scene.rules, scene.owner, cut), INVALID)
  await assert.rejects(addPasskey(scene.rules, scene.owner, { ...made, id: scene.passkey.id }), INVALID)
  await addPasskey(scene.rules, scene.owner, made)
  await assert.rejects(addPasskey(scene.rules, scene.owner, made), INVALID)
  for (let count = 2; count < 5; count++) {
    await addPasskey(
      scene.rules,
      scene.owner,
      createTestPasskey().create(await beginPasskeyRegistration(scene.rules, scene.owner)),
    )
  }
  await assert.rejects(beginPasskeyRegistration(scene.rules, scene.owner), {
    code: 403,
    message: 'ACCESS_DENIED',
  })
})

test('no passkey can be registered on the first day of a login under strict limits', async () => {
  await assert.rejects(createScene({ limits: 'strict' }), { message: 'FRESH_RESET_AUTHORISATION_FORBIDDEN' })
})

test("a login begun in any data centre finishes at the account's home", async () => {
  const scene = await createScene({ settings: { dcs: 3 } })
  const { apiId, apiHash } = scene.app
  const [first, home] = [await scene.caller({ dcId: 1 }), await scene.caller({ dcId: 2 })]
  const options = await beginPasskeyLogin(scene.rules, first, { apiId, apiHash })
  const signed = scene.passkey.get(options)
  assert.match(signed.userHandle, /^2:\d+$/)
  await assert.rejects(signInWithPasskey(scene.rules, first, { ...signed, from: undefined }), {
    code: 303,
    message: 'USER_MIGRATE_2',
  })
  const { authKeyId } = first
  await assert.rejects(
    signInWithPasskey(scene.rules, home, { ...signed, from: { authKeyId, dcId: 3 } }),
    INVALID,
  )
  await signInWithPasskey(scene.rules, home, { ...signed, from: { authKeyId, dcId: 1 } })
  assert.equal((await scene.again(home)).state.at, 'authorized')
  assert.equal((await scene.again(first)).state.at, 'anonymous')
})

test('a call that started before its login ended registers no passkey', async () => {
  const { owner, rules, signIn, caller, again } = await createScene()
  const other = await caller()
  await signIn(other, PHONE)
  const thief = await again(other)
  const created = createTestPasskey().create(await beginPasskeyRegistration(rules, thief))
  const ended = endOtherAuthorizations(rules, owner)
  await assert.rejects(addPasskey(rules, thief, created), INVALID)
  await ended
  assert.equal((await passkeysOf(rules, owner)).length, 1)
})
