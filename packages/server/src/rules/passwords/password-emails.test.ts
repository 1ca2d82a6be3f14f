import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { listAccounts } from '../accounts/accounts.ts'
import { giveTo, newPassword, pendingCaller, withPassword } from '../test-passwords.ts'
import { createWorld, type World } from '../test-world.ts'
import { isPasswordSet } from './decide-passwords.ts'
import { createAccount } from './new-accounts.ts'
import {
  cancelRecoveryEmail,
  confirmRecoveryEmail,
  replaceLostPassword,
  resendRecoveryEmail,
  sendRecoveryCode,
  tryRecoveryCode,
} from './password-emails.ts'
import { getPasswordInfo, openPasswordSettings, setPasswordOf, updatePassword } from './passwords.ts'

const PHONE = '+9996621234'
const PASSWORD = 'correct horse'
const EMAIL = 'ada@example.org'
const HOUR_MS = 3_600_000

const refused = (message: string) => ({ message })

async function newestCode(world: World): Promise<string> {
  const [entry] = await world.inbox.list(PHONE)
  assert.equal(entry?.channel, 'email')
  return entry.code
}

/** A signed-in caller whose account has a password and a recovery address. */
async function withEmail(world: World, email = EMAIL): Promise<Caller> {
  const owner = await withPassword(world, PHONE, PASSWORD)
  const update = { password: undefined, email }
  const asked = updatePassword(world.rules, owner, await giveTo(world, owner, PASSWORD), update)
  await assert.rejects(asked, refused('EMAIL_UNCONFIRMED_6'))
  await confirmRecoveryEmail(world.rules, owner, await newestCode(world))
  return owner
}

/** The `index`-th digits that differ from these. */
const wrongCode = (code: string, index = 0): string =>
  String((Number(code) + 1 + index) % 1_000_000).padStart(6, '0')

test('a password with an address is stored once the address is confirmed', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  await world.signIn(caller, PHONE)
  const owner = await world.again(caller)
  const sent = newPassword(await getPasswordInfo(world.rules, owner), PASSWORD)
  const update = { password: sent, email: EMAIL }
  await assert.rejects(updatePassword(world.rules, owner, undefined, update), refused('EMAIL_UNCONFIRMED_6'))
  const info = await getPasswordInfo(world.rules, owner)
  assert.deepEqual([info.asked, info.unconfirmedEmail], [undefined, 'a***a@e***.org'])

  const [entry] = await world.inbox.list(PHONE)
  assert.deepEqual(
    [entry?.channel, entry?.to, entry?.type, entry?.phoneCodeHash, entry?.state],
    ['email', EMAIL, 'account.password', '', 'active'],
  )
  const code = await newestCode(world)
  assert.match(code, /^\d{6}$/)
  await assert.rejects(confirmRecoveryEmail(world.rules, owner, wrongCode(code)), refused('CODE_INVALID'))
  await confirmRecoveryEmail(world.rules, owner, code)
  const kept = await getPasswordInfo(world.rules, owner)
  assert.deepEqual([kept.asked?.hasRecovery, kept.unconfirmedEmail], [true, undefined])
  const answer = await giveTo(world, owner, PASSWORD)
  assert.deepEqual(await openPasswordSettings(world.rules, owner, answer), { email: EMAIL })
  assert.equal((await world.inbox.list(PHONE))[0]?.state, 'used')
  // A repeated request gets the lost reply again; a code of somebody else does not work.
  await confirmRecoveryEmail(world.rules, owner, code)
  await assert.rejects(
    confirmRecoveryEmail(world.rules, owner, wrongCode(code)),
    refused('EMAIL_HASH_EXPIRED'),
  )
})

test('an address waits a day for its confirmation, and its code an hour', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const update = { password: undefined, email: EMAIL }
  const ask = async () => updatePassword(world.rules, owner, await giveTo(world, owner, PASSWORD), update)
  await assert.rejects(ask(), refused('EMAIL_UNCONFIRMED_6'))
  const first = await newestCode(world)
  world.clock.advance(HOUR_MS - 1)
  await assert.rejects(confirmRecoveryEmail(world.rules, owner, wrongCode(first)), refused('CODE_INVALID'))
  world.clock.advance(1)
  await assert.rejects(confirmRecoveryEmail(world.rules, owner, first), refused('EMAIL_HASH_EXPIRED'))
  await resendRecoveryEmail(world.rules, owner)
  const second = await newestCode(world)
  world.clock.advance(23 * HOUR_MS - 1)
  await resendRecoveryEmail(world.rules, owner)
  assert.notEqual(await newestCode(world), second)
  assert.equal((await getPasswordInfo(world.rules, owner)).unconfirmedEmail, 'a***a@e***.org')
  world.clock.advance(1)
  assert.equal((await getPasswordInfo(world.rules, owner)).unconfirmedEmail, undefined)
  await assert.rejects(resendRecoveryEmail(world.rules, owner), refused('EMAIL_HASH_EXPIRED'))

  await assert.rejects(ask(), refused('EMAIL_UNCONFIRMED_6'))
  await cancelRecoveryEmail(world.rules, owner)
  await assert.rejects(cancelRecoveryEmail(world.rules, owner), refused('EMAIL_HASH_EXPIRED'))
  await assert.rejects(
    confirmRecoveryEmail(world.rules, owner, await newestCode(world)),
    refused('EMAIL_HASH_EXPIRED'),
  )
})

test('an invalid address or one without a password is refused', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  for (const email of [
    'ada',
    '@example.org',
    'ada@',
    'ada@example',
    'a b@example.org',
    `${'a'.repeat(250)}@b.cd`,
  ]) {
    const answer = await giveTo(world, owner, PASSWORD)
    await assert.rejects(
      updatePassword(world.rules, owner, answer, { password: undefined, email }),
      refused('EMAIL_INVALID'),
    )
  }
  const both = { password: null, email: EMAIL }
  await assert.rejects(updatePassword(world.rules, owner, undefined, both), refused('NEW_SETTINGS_INVALID'))
  const other = await world.caller()
  await world.signIn(other, '+9996621111')
  const update = { password: undefined, email: EMAIL }
  await assert.rejects(
    updatePassword(world.rules, await world.again(other), undefined, update),
    refused('NEW_SETTINGS_EMPTY'),
  )
})

test('an address can be removed, and is removed with its password', async () => {
  const world = await createWorld()
  const owner = await withEmail(world)
  await updatePassword(world.rules, owner, await giveTo(world, owner, PASSWORD), {
    password: undefined,
    email: '',
  })
  const info = await getPasswordInfo(world.rules, owner)
  assert.equal(info.asked?.hasRecovery, false)
  await assert.rejects(sendRecoveryCode(world.rules, owner), refused('PASSWORD_RECOVERY_NA'))
  await updatePassword(world.rules, owner, await giveTo(world, owner, PASSWORD), {
    password: null,
    email: undefined,
  })
  await assert.rejects(sendRecoveryCode(world.rules, owner), refused('PASSWORD_EMPTY'))
})

test('a code recovers a lost password, and the login that waited continues', async () => {
  const world = await createWorld()
  const owner = await withEmail(world)
  const pending = await pendingCaller(world, PHONE)
  assert.equal(await sendRecoveryCode(world.rules, pending), 'a***a@e***.org')
  const code = await newestCode(world)
  await assert.rejects(tryRecoveryCode(world.rules, pending, ''), refused('CODE_EMPTY'))
  await assert.rejects(tryRecoveryCode(world.rules, pending, wrongCode(code)), refused('CODE_INVALID'))
  await tryRecoveryCode(world.rules, pending, code)
  await tryRecoveryCode(world.rules, pending, code)
  const sent = newPassword(await getPasswordInfo(world.rules, pending), 'new')
  const heard = world.hear('login')
  const recover = () => replaceLostPassword(world.rules, pending, code, sent)
  const users = await Promise.all(Array.from({ length: 64 }, recover))
  assert.equal(new Set(users.map(({ id }) => id)).size, 1)
  assert.equal(heard.length, 1)
  assert.equal((await world.again(pending)).state.at, 'authorized')
  const answer = await giveTo(world, owner, 'new')
  assert.deepEqual(await openPasswordSettings(world.rules, owner, answer), { email: EMAIL })
  await assert.rejects(
    replaceLostPassword(world.rules, owner, code, null),
    refused('PASSWORD_RECOVERY_EXPIRED'),
  )
})

test('a recovery without a new password leaves the account without one', async () => {
  const world = await createWorld()
  await withEmail(world)
  const pending = await pendingCaller(world, PHONE)
  await sendRecoveryCode(world.rules, pending)
  const user = await replaceLostPassword(world.rules, pending, await newestCode(world), null)
  assert.equal(await world.store.look(() => isPasswordSet(user.id)), false)
})

test('64 simultaneous guesses at a recovery code count as five of the number’s day', async () => {
  const world = await createWorld()
  await withEmail(world)
  const pending = await pendingCaller(world, PHONE)
  await sendRecoveryCode(world.rules, pending)
  const code = await newestCode(world)
  const guesses = await Promise.allSettled(
    Array.from({ length: 64 }, (_, index) => tryRecoveryCode(world.rules, pending, wrongCode(code, index))),
  )
  const counts: Record<string, number> = {}
  for (const each of guesses) {
    const key = each.status === 'fulfilled' ? 'ok' : String(each.reason.message)
    counts[key] = (counts[key] ?? 0) + 1
  }
  assert.deepEqual(counts, { CODE_INVALID: 5, PASSWORD_RECOVERY_EXPIRED: 59 })
  await assert.rejects(
    replaceLostPassword(world.rules, pending, code, null),
    refused('PASSWORD_RECOVERY_EXPIRED'),
  )
  assert.equal((await world.inbox.list(PHONE))[0]?.state, 'exhausted')

  // Another code allows five more guesses, and then the number's budget is used up, whatever codes there
  // are.
  await sendRecoveryCode(world.rules, pending)
  const second = await newestCode(world)
  for (let index = 0; index < 5; index++) {
    await assert.rejects(
      tryRecoveryCode(world.rules, pending, wrongCode(second, index)),
      refused('CODE_INVALID'),
    )
  }
  await sendRecoveryCode(world.rules, pending)
  const third = await newestCode(world)
  await assert.rejects(tryRecoveryCode(world.rules, pending, third), refused('PASSWORD_RECOVERY_EXPIRED'))
  await assert.rejects(world.sendCode(await world.caller(), PHONE), refused('PHONE_PASSWORD_FLOOD'))
})

test('a recovery code lives an hour, and a second mail is sent after a minute', async () => {
  const world = await createWorld()
  await withEmail(world)
  const pending = await pendingCaller(world, PHONE)
  await sendRecoveryCode(world.rules, pending)
  const first = await newestCode(world)
  world.clock.advance(59_999)
  await sendRecoveryCode(world.rules, pending)
  assert.equal(await newestCode(world), first)
  world.clock.advance(1)
  await sendRecoveryCode(world.rules, pending)
  const second = await newestCode(world)
  assert.notEqual(second, first)
  await assert.rejects(tryRecoveryCode(world.rules, pending, first), refused('CODE_INVALID'))
  world.clock.advance(HOUR_MS - 1)
  await tryRecoveryCode(world.rules, pending, second)
  world.clock.advance(1)
  await assert.rejects(tryRecoveryCode(world.rules, pending, second), refused('PASSWORD_RECOVERY_EXPIRED'))
})

test('an account and an address get ten mails an hour', async () => {
  const world = await createWorld()
  await withEmail(world)
  const pending = await pendingCaller(world, PHONE)
  for (let mails = 1; mails < 10; mails++) {
    await sendRecoveryCode(world.rules, pending)
    world.clock.advance(60_000)
  }
  await assert.rejects(sendRecoveryCode(world.rules, pending), refused('FLOOD_WAIT_3060'))
  world.clock.advance(3_059_999)
  await assert.rejects(sendRecoveryCode(world.rules, pending), refused('FLOOD_WAIT_1'))
  world.clock.advance(1)
  await sendRecoveryCode(world.rules, pending)
})

test('every change of the password cancels pending mails', async () => {
  const world = await createWorld()
  const owner = await withEmail(world)
  await sendRecoveryCode(world.rules, owner)
  const recovery = await newestCode(world)
  const update = { password: undefined, email: 'other@example.org' }
  const asked = updatePassword(world.rules, owner, await giveTo(world, owner, PASSWORD), update)
  await assert.rejects(asked, refused('EMAIL_UNCONFIRMED_6'))
  const confirmation = await newestCode(world)
  const changed = {
    password: newPassword(await getPasswordInfo(world.rules, owner), 'new'),
    email: undefined,
  }
  await updatePassword(world.rules, owner, await giveTo(world, owner, PASSWORD), changed)
  await assert.rejects(
    replaceLostPassword(world.rules, owner, recovery, null),
    refused('PASSWORD_RECOVERY_EXPIRED'),
  )
  await assert.rejects(confirmRecoveryEmail(world.rules, owner, confirmation), refused('EMAIL_HASH_EXPIRED'))
})

test('the operator can create an account with a password and an address', async () => {
  const world = await createWorld()

  const ada = { phone: PHONE, firstName: 'Ada' }
  await assert.rejects(createAccount(world.rules, { ...ada, email: EMAIL }), refused('PASSWORD_EMPTY'))
  await assert.rejects(
    createAccount(world.rules, { ...ada, password: 'p', email: 'no' }),
    refused('EMAIL_INVALID'),
  )
  assert.deepEqual(await listAccounts(world.rules), [])
  const { id } = await createAccount(world.rules, { ...ada, password: PASSWORD, email: EMAIL })
  const pending = await pendingCaller(world, PHONE)
  assert.equal((await getPasswordInfo(world.rules, pending)).asked?.hasRecovery, true)
  await setPasswordOf(world.rules, id, { email: null })
  assert.equal((await getPasswordInfo(world.rules, pending)).asked?.hasRecovery, false)
  await setPasswordOf(world.rules, id, { password: null })
  await assert.rejects(setPasswordOf(world.rules, id, { email: EMAIL }), refused('PASSWORD_EMPTY'))
})
