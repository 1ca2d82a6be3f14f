import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DH_PRIME } from '@cablegram/mtproto/crypto'
import { countFailuresIn } from '../../database/contract/test-codes.ts'
import type { Caller } from '../../ground/caller.ts'
import { setLoginEmail } from '../accounts/decide-login-emails.ts'
import { listSessions } from '../accounts/decide-users.ts'
import { logOutKey } from '../logins/log-out.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { answerTo, giveTo, newPassword, pendingCaller, withPassword, wrongAnswer } from '../test-passwords.ts'
import { createWorld, type World } from '../test-world.ts'
import { isPasswordSet } from './decide-passwords.ts'
import { createAccount } from './new-accounts.ts'
import {
  getPasswordInfo,
  givePassword,
  openPasswordSettings,
  setPasswordOf,
  updatePassword,
} from './passwords.ts'

const PHONE = '+9996621234'
const PASSWORD = 'correct horse é 12'
const HOUR_S = 3600

const refused = (message: string) => ({ message })

async function guess(world: World, caller: Caller): Promise<string> {
  const answer = wrongAnswer(await getPasswordInfo(world.rules, caller))
  return givePassword(world.rules, caller, answer).then(
    () => 'ok',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
}

function count(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1
  return counts
}

test('an account without a password gets the parameters for a new one', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  await assert.rejects(getPasswordInfo(world.rules, caller), refused('AUTH_KEY_UNREGISTERED'))
  await world.signIn(caller, PHONE)
  const owner = await world.again(caller)
  const info = await getPasswordInfo(world.rules, owner)
  assert.equal(info.asked, undefined)
  assert.deepEqual([info.newAlgo.salt1.length, info.newAlgo.salt2.length, info.newAlgo.g], [8, 16, 3])
  assert.deepEqual(info.newAlgo.p, DH_PRIME)
  assert.deepEqual([info.newSecureSalt.length, info.secureRandom.length], [8, 256])
  assert.deepEqual(await openPasswordSettings(world.rules, owner, undefined), { email: undefined })
})

test('the first factor alone leaves the key waiting for the password', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const pending = await pendingCaller(world, PHONE)
  assert.equal(pending.state.at, 'passwordPending')
  const info = await getPasswordInfo(world.rules, pending)
  assert.equal(info.asked?.hint, 'a hint')
  const wrong = answerTo(info, `not ${PASSWORD}`)
  await assert.rejects(givePassword(world.rules, pending, wrong), refused('PASSWORD_HASH_INVALID'))
  await assert.rejects(givePassword(world.rules, pending, undefined), refused('PASSWORD_HASH_INVALID'))
  assert.equal((await world.again(pending)).state.at, 'passwordPending')

  const heard = world.hear('login')
  const right = await giveTo(world, pending, PASSWORD)
  const user = await givePassword(world.rules, pending, right)
  assert.equal(`+${user.phone}`, PHONE)
  const { state } = await world.again(pending)
  assert.ok(state.at === 'authorized' && owner.state.at === 'authorized')
  assert.equal(state.userId, owner.state.userId)
  assert.deepEqual(
    heard.map(({ byAuthKeyId }) => byAuthKeyId),
    [String(pending.authKeyId)],
  )
})

test('64 simultaneous right answers are one login, and so is a repeat after a lost reply', async () => {
  const world = await createWorld()
  await withPassword(world, PHONE, PASSWORD)
  const pending = await pendingCaller(world, PHONE)
  const right = await giveTo(world, pending, PASSWORD)
  const heard = world.hear('login')
  const check = () => givePassword(world.rules, pending, right)
  const users = await Promise.all(Array.from({ length: 64 }, check))
  assert.deepEqual(new Set(users.map(({ id }) => id)).size, 1)
  assert.equal(heard.length, 1)
  const logins = await world.store.look(() => listSessions(users[0]?.id ?? 0n))
  assert.equal(logins.length, 2)

  world.clock.advance(299_000)
  assert.equal((await check()).id, users[0]?.id)
  world.clock.advance(1000)
  await assert.rejects(check(), refused('SRP_ID_INVALID'))
})

test('a challenge works once, for one key, for ten minutes', async () => {
  const world = await createWorld()
  await withPassword(world, PHONE, PASSWORD)
  const [one, other] = [await pendingCaller(world, PHONE), await pendingCaller(world, PHONE)]
  const right = await giveTo(world, one, PASSWORD)
  await assert.rejects(givePassword(world.rules, other, right), refused('SRP_ID_INVALID'))

  const info = await getPasswordInfo(world.rules, one)
  const wrong = wrongAnswer(info)
  await assert.rejects(givePassword(world.rules, one, wrong), refused('PASSWORD_HASH_INVALID'))
  // A repeat gets the same answer and is not a second guess; another answer is not checked.
  await assert.rejects(givePassword(world.rules, one, wrong), refused('PASSWORD_HASH_INVALID'))
  await assert.rejects(givePassword(world.rules, one, right), refused('SRP_ID_INVALID'))
  assert.equal(await countFailuresIn(world.store, PHONE.slice(1), 0), 1)

  const late = await giveTo(world, one, PASSWORD)
  world.clock.advance(600_000)
  await assert.rejects(givePassword(world.rules, one, late), refused('SRP_ID_INVALID'))
  const again = await giveTo(world, one, PASSWORD)
  world.clock.advance(599_999)
  await givePassword(world.rules, one, again)
})

test('an open challenge is repeated until it is answered or the password changes', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const [first, second] = [
    await getPasswordInfo(world.rules, owner),
    await getPasswordInfo(world.rules, owner),
  ]
  assert.deepEqual(first.asked, second.asked)
  await openPasswordSettings(world.rules, owner, answerTo(first, PASSWORD))
  const third = await getPasswordInfo(world.rules, owner)
  assert.notEqual(third.asked?.srpId, first.asked?.srpId)

  const pending = await pendingCaller(world, PHONE)
  const asked = await getPasswordInfo(world.rules, pending)
  const update = { password: newPassword(third, 'another'), email: undefined }
  await updatePassword(world.rules, owner, answerTo(third, PASSWORD), update)
  await assert.rejects(
    givePassword(world.rules, pending, answerTo(asked, PASSWORD)),
    refused('SRP_PASSWORD_CHANGED'),
  )
  await givePassword(world.rules, pending, await giveTo(world, pending, 'another'))
})

test('64 simultaneous wrong passwords from 64 keys count as five guesses', async () => {
  const world = await createWorld()
  await withPassword(world, PHONE, PASSWORD)
  const callers: Caller[] = []
  for (let index = 0; index < 64; index++) callers.push(await pendingCaller(world, PHONE))
  const outcomes = await Promise.all(callers.map((caller) => guess(world, caller)))
  assert.deepEqual(count(outcomes), { PASSWORD_HASH_INVALID: 5, FLOOD_WAIT_3600: 59 })
  assert.equal(await countFailuresIn(world.store, PHONE.slice(1), 0), 5)
})

test('an account waits an hour after five wrong passwords, then twice as long each time', async () => {
  const world = await createWorld({ settings: { failures: { max: 100, windowS: 86_400 } } })
  await withPassword(world, PHONE, PASSWORD)
  const pending = await pendingCaller(world, PHONE)
  for (let tries = 0; tries < 5; tries++) {
    assert.equal(await guess(world, pending), 'PASSWORD_HASH_INVALID')
    world.clock.advance(1000)
  }
  assert.equal(await guess(world, pending), `FLOOD_WAIT_${HOUR_S - 1}`)
  const right = await giveTo(world, pending, PASSWORD)
  await assert.rejects(givePassword(world.rules, pending, right), refused(`FLOOD_WAIT_${HOUR_S - 1}`))
  world.clock.advance((HOUR_S - 1) * 1000 - 1)
  assert.equal(await guess(world, pending), 'FLOOD_WAIT_1')
  world.clock.advance(1)
  for (const hours of [2, 4, 8, 16]) {
    const here = await pendingCaller(world, PHONE)
    assert.equal(await guess(world, here), 'PASSWORD_HASH_INVALID')
    assert.equal(await guess(world, here), `FLOOD_WAIT_${hours * HOUR_S}`)
    world.clock.advance(hours * HOUR_S * 1000)
  }
  const here = await pendingCaller(world, PHONE)
  assert.equal(await guess(world, here), 'PASSWORD_HASH_INVALID')
  assert.equal(await guess(world, here), `FLOOD_WAIT_${24 * HOUR_S}`)
  world.clock.advance(48 * HOUR_S * 1000)
  const rested = await pendingCaller(world, PHONE)
  for (let tries = 0; tries < 5; tries++) assert.equal(await guess(world, rested), 'PASSWORD_HASH_INVALID')
  assert.equal(await guess(world, rested), `FLOOD_WAIT_${HOUR_S}`)
})

test('a right password clears the earlier failures', async () => {
  const world = await createWorld()
  await withPassword(world, PHONE, PASSWORD)
  const pending = await pendingCaller(world, PHONE)
  for (let tries = 0; tries < 4; tries++) await guess(world, pending)
  await givePassword(world.rules, pending, await giveTo(world, pending, PASSWORD))
  assert.equal(await countFailuresIn(world.store, PHONE.slice(1), 0), 0)
  const again = await pendingCaller(world, PHONE)
  for (let tries = 0; tries < 5; tries++) assert.equal(await guess(world, again), 'PASSWORD_HASH_INVALID')
})

test('wrong codes and wrong passwords are ten a day together', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const pending = await pendingCaller(world, PHONE)
  const caller = await world.caller()
  for (let tries = 0; tries < 5; tries++) {
    const { phoneCodeHash } = await world.sendCode(caller, PHONE)
    const request = { phoneNumber: PHONE, phoneCodeHash, phoneCode: '00000' }
    await assert.rejects(signInWithCode(world.rules, caller, request), refused('PHONE_CODE_INVALID'))
  }
  world.clock.advance(HOUR_S * 1000)
  for (let tries = 0; tries < 5; tries++) assert.equal(await guess(world, pending), 'PASSWORD_HASH_INVALID')
  await assert.rejects(world.sendCode(caller, PHONE), refused('PHONE_PASSWORD_FLOOD'))
  // The codes leave the day's window an hour before the passwords.
  world.clock.advance(HOUR_S * 1000)
  assert.equal(await guess(world, await world.again(owner)), `FLOOD_WAIT_${22 * HOUR_S}`)
  world.clock.advance(22 * HOUR_S * 1000)
  await world.sendCode(caller, PHONE)
})

test('only a caller that gives the password can change or remove it', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const info = await getPasswordInfo(world.rules, owner)
  const update = { password: newPassword(info, 'new'), email: undefined }
  await assert.rejects(
    updatePassword(world.rules, owner, undefined, update),
    refused('PASSWORD_HASH_INVALID'),
  )
  await assert.rejects(
    updatePassword(world.rules, owner, wrongAnswer(info), update),
    refused('PASSWORD_HASH_INVALID'),
  )
  await updatePassword(world.rules, owner, await giveTo(world, owner, PASSWORD), update)
  const pending = await pendingCaller(world, PHONE)
  await assert.rejects(
    updatePassword(world.rules, pending, undefined, update),
    refused('AUTH_KEY_UNREGISTERED'),
  )

  const removal = { password: null, email: undefined }
  await updatePassword(world.rules, owner, await giveTo(world, owner, 'new'), removal)
  await assert.rejects(updatePassword(world.rules, owner, undefined, removal), refused('NEW_SETTINGS_EMPTY'))
  // A login that waited for the password is completed without it.
  await givePassword(world.rules, pending, undefined)
  assert.equal((await world.again(pending)).state.at, 'authorized')
  const later = await world.caller()
  await world.signIn(later, PHONE)
  assert.equal((await world.again(later)).state.at, 'authorized')
})

test('one of 64 first passwords set at once is stored', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  await world.signIn(caller, PHONE)
  const owner = await world.again(caller)
  const sent = newPassword(await getPasswordInfo(world.rules, owner), PASSWORD)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 64 }, () =>
      updatePassword(world.rules, owner, undefined, { password: sent, email: undefined }),
    ),
  )
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('a new password must use the server’s salts, a salt of the client and valid numbers', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  await world.signIn(caller, PHONE)
  const owner = await world.again(caller)
  const good = newPassword(await getPasswordInfo(world.rules, owner), PASSWORD)
  const refuse = (changes: Partial<typeof good>, message: string) =>
    assert.rejects(
      updatePassword(world.rules, owner, undefined, { password: { ...good, ...changes }, email: undefined }),
      refused(message),
    )
  await refuse({ salt1: good.salt1.slice(0, 39) }, 'NEW_SALT_INVALID')
  await refuse({ salt1: good.salt1.slice(1) }, 'NEW_SALT_INVALID')
  await refuse({ salt1: new Uint8Array(300) }, 'NEW_SALT_INVALID')
  await refuse({ salt2: good.salt2.slice(1) }, 'NEW_SALT_INVALID')
  await refuse({ g: 2 }, 'NEW_SETTINGS_INVALID')
  await refuse({ p: good.p.slice(1) }, 'NEW_SETTINGS_INVALID')
  await refuse({ hint: 'x'.repeat(256) }, 'NEW_SETTINGS_INVALID')
  for (const hash of [new Uint8Array(256), DH_PRIME, good.hash.slice(1)]) {
    await refuse({ hash }, 'NEW_SETTINGS_INVALID')
  }
  await updatePassword(world.rules, owner, undefined, { password: good, email: undefined })
})

test('an impossible answer is refused before it is processed', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const info = await getPasswordInfo(world.rules, owner)
  const wrong = wrongAnswer(info)
  for (const answer of [
    { ...wrong, a: new Uint8Array(1_000_000) },
    { ...wrong, m1: new Uint8Array(31) },
  ]) {
    await assert.rejects(openPasswordSettings(world.rules, owner, answer), refused('PASSWORD_HASH_INVALID'))
  }
  assert.equal(await countFailuresIn(world.store, PHONE.slice(1), 0), 0)
  for (const a of [new Uint8Array(256), DH_PRIME, new Uint8Array(0)]) {
    const asked = await getPasswordInfo(world.rules, owner)
    await assert.rejects(
      openPasswordSettings(world.rules, owner, { ...wrongAnswer(asked), a }),
      refused('PASSWORD_HASH_INVALID'),
    )
  }
})

test('a login waits a day for its password, to the second', async () => {
  const world = await createWorld()
  await withPassword(world, PHONE, PASSWORD)
  const pending = await pendingCaller(world, PHONE)
  world.clock.advance(86_400_000 - 1)
  assert.equal((await world.again(pending)).state.at, 'passwordPending')
  world.clock.advance(1)
  assert.equal((await world.again(pending)).state.at, 'anonymous')
  await assert.rejects(givePassword(world.rules, pending, undefined), refused('AUTH_KEY_UNREGISTERED'))
})

test('starting to sign in to an account with a password ends the previous login of the key', async () => {
  const world = await createWorld()
  await withPassword(world, PHONE, PASSWORD)
  const caller = await world.caller()
  await world.signIn(caller, '+9996621111')
  await assert.rejects(world.signIn(caller, PHONE), refused('SESSION_PASSWORD_NEEDED'))
  assert.equal((await world.again(caller)).state.at, 'passwordPending')
  await logOutKey(world.rules, caller)
  assert.equal((await world.again(caller)).state.at, 'anonymous')
})

test('a signed-in caller sees where login codes go, and one with only the first factor does not', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const pending = await pendingCaller(world, PHONE)
  assert.ok(owner.state.at === 'authorized')
  const { userId } = owner.state
  await world.store.decide(() => setLoginEmail(userId, 'ada@example.org'))
  assert.equal((await getPasswordInfo(world.rules, owner)).loginEmail, 'a***a@e***.org')
  assert.equal((await getPasswordInfo(world.rules, pending)).loginEmail, undefined)
})

test('the operator sets and removes passwords that clients can use', async () => {
  const world = await createWorld()
  const { id } = await createAccount(world.rules, { phone: PHONE, firstName: 'Ada' })
  assert.equal(await setPasswordOf(world.rules, id, { password: PASSWORD }), true)
  assert.equal(await world.store.look(() => isPasswordSet(id)), true)
  const pending = await pendingCaller(world, PHONE)
  await givePassword(world.rules, pending, await giveTo(world, pending, PASSWORD))
  assert.equal(await setPasswordOf(world.rules, id, { password: null }), true)
  assert.equal(await world.store.look(() => isPasswordSet(id)), false)
  assert.equal(await setPasswordOf(world.rules, 99n, { password: PASSWORD }), false)
})
