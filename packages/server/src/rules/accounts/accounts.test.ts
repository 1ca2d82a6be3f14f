import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loginEmailOf } from '../emails/login-emails.ts'
import { logOutKey } from '../logins/log-out.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { isPasswordSet } from '../passwords/decide-passwords.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { getPasswordInfo } from '../passwords/passwords.ts'
import { removeAccount } from '../people/remove-account.ts'
import { createWorld } from '../test-world.ts'
import { findAccounts, listAccounts, removeSession } from './accounts.ts'
import { listSessions } from './decide-users.ts'
import { findKey, noteActivity, requireUserId } from './keys.ts'

const PHONE = '+9996621234'

test('an account created by hand has a number nobody else has', async () => {
  const { rules } = await createWorld()
  const user = await createAccount(rules, { phone: PHONE, firstName: 'Ada', lastName: 'L' })
  assert.deepEqual(await listAccounts(rules, '9996621234'), [user])
  assert.deepEqual(await findAccounts(rules, [user.id + 1n, user.id]), [user])
  await assert.rejects(createAccount(rules, { phone: PHONE, firstName: 'Bob' }), {
    message: 'PHONE_NUMBER_OCCUPIED',
  })
  await assert.rejects(createAccount(rules, { phone: '12', firstName: 'Bob' }), {
    message: 'PHONE_NUMBER_INVALID',
  })
})

test('an account created with a password never exists without it', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { phoneCodeHash } = await world.sendCode(caller, PHONE)
  // The code was sent before, and is typed at the same moment: both are committed together.
  const made = createAccount(world.rules, {
    phone: PHONE,
    firstName: 'Ada',
    password: 'correct horse',
    email: 'ada@example.org',
    loginEmail: 'eve@example.org',
  })
  const typed = signInWithCode(world.rules, caller, {
    phoneNumber: PHONE,
    phoneCodeHash,
    phoneCode: '22222',
  })
  await assert.rejects(typed, { message: 'SESSION_PASSWORD_NEEDED' })
  const { id } = await made
  assert.equal((await getPasswordInfo(world.rules, await world.again(caller))).asked?.hasRecovery, true)
  assert.equal(await world.store.look(() => isPasswordSet(id)), true)
  assert.equal(await loginEmailOf(world.rules, '9996621234'), 'eve@example.org')
})

test('logging out leaves an anonymous key that can sign in again', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  await world.signIn(caller, PHONE)
  await logOutKey(world.rules, caller)
  const state = (await findKey(world.rules, caller.authKeyId))?.state ?? { at: 'anonymous' }
  assert.throws(() => requireUserId(state), { code: 401, message: 'AUTH_KEY_UNREGISTERED' })
  await world.signIn(caller, PHONE)
  assert.equal((await findKey(world.rules, caller.authKeyId))?.state.at, 'authorized')
})

test('a session ended from elsewhere gets SESSION_REVOKED, and the others stay', async () => {
  const world = await createWorld()
  const [one, two] = [await world.caller(), await world.caller()]
  await world.signIn(one, PHONE)
  await world.signIn(two, PHONE)
  const [user] = await listAccounts(world.rules)
  const userId = user?.id ?? 0n
  const told = world.hear('key')
  const session = (await world.rules.store.look(() => listSessions(userId))).find(
    (s) => s.authKeyId === one.authKeyId,
  )
  assert.equal(await removeSession(world.rules, userId, session?.hash ?? 0n), true)
  assert.equal(await removeSession(world.rules, userId, session?.hash ?? 0n), false)
  assert.deepEqual(told, [{ kind: 'key', authKeyId: String(one.authKeyId) }])
  const [stateOfOne, stateOfTwo] = [
    await findKey(world.rules, one.authKeyId),
    await findKey(world.rules, two.authKeyId),
  ].map((record) => record?.state ?? { at: 'anonymous' as const })
  assert.ok(stateOfOne && stateOfTwo)
  assert.throws(() => requireUserId(stateOfOne), { code: 401, message: 'SESSION_REVOKED' })
  assert.equal(requireUserId(stateOfTwo), userId)
  await world.signIn(one, PHONE)
  assert.equal((await findKey(world.rules, one.authKeyId))?.state.at, 'authorized')
})

test('deleting an account ends its sessions and frees its number', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  await world.signIn(caller, PHONE)
  const [user] = await listAccounts(world.rules)
  assert.equal(await removeAccount(world.rules, user?.id ?? 0n), true)
  assert.equal(await removeAccount(world.rules, user?.id ?? 0n), false)
  assert.equal(await removeAccount(world.rules, 2n ** 64n), false)
  assert.equal(await removeSession(world.rules, 1n, 2n ** 64n), false)
  const state = (await findKey(world.rules, caller.authKeyId))?.state
  assert.deepEqual(state, { at: 'revoked', reason: 'USER_DEACTIVATED' })
  const next = await createAccount(world.rules, { phone: PHONE, firstName: 'Bob' })
  assert.notEqual(next.id, user?.id)
})

test('activity is recorded at most once a minute', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  await world.signIn(caller, PHONE)
  const activeAtS = async (): Promise<number> => {
    const record = await findKey(world.rules, caller.authKeyId)
    assert.ok(record?.state.at === 'authorized')
    await noteActivity(world.rules, record, '10.0.0.9')
    const { userId } = record.state
    const [session] = await world.rules.store.look(() => listSessions(userId))
    return session?.activeAtS ?? 0
  }
  const first = await activeAtS()
  world.clock.advance(59_000)
  assert.equal(await activeAtS(), first)
  world.clock.advance(1_000)
  assert.equal(await activeAtS(), first + 60)
})
