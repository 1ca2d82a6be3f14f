import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listAccounts } from '../accounts/accounts.ts'
import { historyOf } from '../messages/messages.ts'
import { giveTo, newPassword, pendingCaller, withPassword, wrongAnswer } from '../test-passwords.ts'
import { createWorld } from '../test-world.ts'
import { askForPasswordReset, declineReset, deleteOwnAccount } from './password-resets.ts'
import { getPasswordInfo, givePassword, updatePassword } from './passwords.ts'

const PHONE = '+9996621234'
const PASSWORD = 'correct horse'
const WEEK_S = 7 * 86_400
const DAY_S = 86_400

const refused = (message: string) => ({ message })

test('a password is removed a week after the request and not before', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  assert.deepEqual(await askForPasswordReset(world.rules, owner), { kind: 'waits', inS: WEEK_S })
  assert.equal((await getPasswordInfo(world.rules, owner)).resetInS, WEEK_S)
  world.clock.advance(WEEK_S * 1000 - 1)
  assert.deepEqual(await askForPasswordReset(world.rules, owner), { kind: 'waits', inS: 1 })
  const pending = await pendingCaller(world, PHONE)
  world.clock.advance(1)
  assert.equal((await getPasswordInfo(world.rules, owner)).resetInS, 0)
  assert.deepEqual(await askForPasswordReset(world.rules, pending), { kind: 'reset' })
  assert.equal((await getPasswordInfo(world.rules, owner)).asked, undefined)
  await assert.rejects(askForPasswordReset(world.rules, owner), refused('PASSWORD_EMPTY'))
  await givePassword(world.rules, pending, undefined)
  assert.equal((await world.again(pending)).state.at, 'authorized')
})

test('one of 64 simultaneous requests removes the password', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  await askForPasswordReset(world.rules, owner)
  world.clock.advance(WEEK_S * 1000)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 64 }, () => askForPasswordReset(world.rules, owner)),
  )
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('a signed-in user declines a reset and blocks another for a day', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  await assert.rejects(declineReset(world.rules, owner), refused('RESET_REQUEST_MISSING'))
  const pending = await pendingCaller(world, PHONE)
  assert.deepEqual(await askForPasswordReset(world.rules, pending), { kind: 'waits', inS: WEEK_S })
  await assert.rejects(declineReset(world.rules, pending), refused('AUTH_KEY_UNREGISTERED'))
  await declineReset(world.rules, owner)
  assert.equal((await getPasswordInfo(world.rules, owner)).resetInS, undefined)
  assert.deepEqual(await askForPasswordReset(world.rules, owner), { kind: 'declined', inS: DAY_S })
  world.clock.advance(DAY_S * 1000 - 1)
  assert.deepEqual(await askForPasswordReset(world.rules, owner), { kind: 'declined', inS: 1 })
  world.clock.advance(1)
  assert.deepEqual(await askForPasswordReset(world.rules, owner), { kind: 'waits', inS: WEEK_S })
})

test('a new password is independent of the reset of the old one', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  await askForPasswordReset(world.rules, owner)
  const update = {
    password: newPassword(await getPasswordInfo(world.rules, owner), 'new'),
    email: undefined,
  }
  await updatePassword(world.rules, owner, await giveTo(world, owner, PASSWORD), update)
  assert.equal((await getPasswordInfo(world.rules, owner)).resetInS, undefined)
})

test('the service chat tells the account once about a requested reset', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const pending = await pendingCaller(world, PHONE)
  const count = async (text: RegExp) => {
    const from = { offsetId: 0, offsetDateS: 0, addOffset: 0, maxId: 0, minId: 0 }
    const query = { peerId: 777000n, ...from, limit: 100 }
    const { messages: found } = await historyOf(world.rules, owner, query)
    return found.filter((message) => text.test(message.text)).length
  }
  for (let times = 0; times < 2; times++) {
    await askForPasswordReset(world.rules, pending)
    await assert.rejects(deleteOwnAccount(world.rules, pending, undefined))
  }
  assert.equal(await count(/asked to remove the password of your account\. It can be removed in 7 days/), 1)
  assert.equal(await count(/asked to delete your account\. It can be deleted in 7 days/), 1)
})

test('the first factor alone starts no reset under strict limits', async () => {
  const world = await createWorld({ limits: 'strict' })
  const owner = await withPassword(world, PHONE, PASSWORD)
  world.clock.advance(60_000)
  const pending = await pendingCaller(world, PHONE)
  await assert.rejects(askForPasswordReset(world.rules, pending), refused('SESSION_PASSWORD_NEEDED'))
  assert.equal((await askForPasswordReset(world.rules, owner)).kind, 'waits')
})

test('an account without a password is deleted at once, and its other sessions are told', async () => {
  const world = await createWorld()
  const [one, other] = [await world.caller(), await world.caller()]
  for (const caller of [one, other]) await world.signIn(caller, PHONE)
  const told = world.hear('key')
  await deleteOwnAccount(world.rules, await world.again(one), undefined)
  assert.ok(told.some(({ authKeyId }) => authKeyId === String(other.authKeyId)))
  assert.deepEqual((await world.again(other)).state, { at: 'revoked', reason: 'USER_DEACTIVATED' })
  assert.equal((await world.again(one)).state.at, 'anonymous')
  assert.deepEqual(await listAccounts(world.rules), [])
  // The number is free.
  await world.signIn(await world.caller(), PHONE)
})

test('an account is deleted at once with its password', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const wrong = wrongAnswer(await getPasswordInfo(world.rules, owner))
  await assert.rejects(deleteOwnAccount(world.rules, owner, wrong), refused('PASSWORD_HASH_INVALID'))
  await assert.rejects(deleteOwnAccount(world.rules, owner, null), refused('PASSWORD_HASH_INVALID'))
  await deleteOwnAccount(world.rules, owner, await giveTo(world, owner, PASSWORD))
  assert.deepEqual(await listAccounts(world.rules), [])
})

test('the wait for a deletion is a week, though time passes while it is asked for', async () => {
  const world = await createWorld()
  await withPassword(world, PHONE, PASSWORD)
  const clock = {
    nowMs: () => {
      world.clock.advance(1)
      return world.clock.nowMs()
    },
  }
  await assert.rejects(
    deleteOwnAccount({ ...world.rules, clock }, await pendingCaller(world, PHONE), undefined),
    refused(`2FA_CONFIRM_WAIT_${WEEK_S}`),
  )
})

test('an account is deleted after a week without its password, even by a caller with only the first factor', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const pending = await pendingCaller(world, PHONE)
  await assert.rejects(
    deleteOwnAccount(world.rules, pending, undefined),
    refused(`2FA_CONFIRM_WAIT_${WEEK_S}`),
  )
  world.clock.advance(WEEK_S * 1000 - 1)
  const late = await pendingCaller(world, PHONE)
  await assert.rejects(deleteOwnAccount(world.rules, late, undefined), refused('2FA_CONFIRM_WAIT_1'))
  assert.equal((await listAccounts(world.rules)).length, 1)
  world.clock.advance(1)
  await deleteOwnAccount(world.rules, late, undefined)
  assert.deepEqual((await world.again(owner)).state, { at: 'revoked', reason: 'USER_DEACTIVATED' })
  assert.equal((await world.again(late)).state.at, 'anonymous')
})

test('giving the password cancels the deletion', async () => {
  const world = await createWorld()
  await withPassword(world, PHONE, PASSWORD)
  const thief = await pendingCaller(world, PHONE)
  await assert.rejects(deleteOwnAccount(world.rules, thief, undefined))
  world.clock.advance(1000)
  const owner = await pendingCaller(world, PHONE)
  await givePassword(world.rules, owner, await giveTo(world, owner, PASSWORD))
  world.clock.advance(1000)
  await assert.rejects(deleteOwnAccount(world.rules, thief, undefined), refused(`2FA_CONFIRM_WAIT_${WEEK_S}`))
})
