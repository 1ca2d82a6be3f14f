import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { createWorld, type World } from '../test-world.ts'
import { giveTo, newPassword, pendingCaller, withPassword } from './test-passwords.ts'

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
  const asked = world.domain.passwords.update(owner, await giveTo(world, owner, PASSWORD), update)
  await assert.rejects(asked, refused('EMAIL_UNCONFIRMED_6'))
  await world.domain.passwordEmails.confirm(owner, await newestCode(world))
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
  const { passwords, passwordEmails } = world.domain
  const sent = newPassword(await passwords.get(owner), PASSWORD)
  const update = { password: sent, email: EMAIL }
  await assert.rejects(passwords.update(owner, undefined, update), refused('EMAIL_UNCONFIRMED_6'))
  const info = await passwords.get(owner)
  assert.deepEqual([info.asked, info.unconfirmedEmail], [undefined, 'a***a@e***.org'])

  const [entry] = await world.inbox.list(PHONE)
  assert.deepEqual(
    [entry?.channel, entry?.to, entry?.type, entry?.phoneCodeHash, entry?.state],
    ['email', EMAIL, 'account.password', '', 'active'],
  )
  const code = await newestCode(world)
  assert.match(code, /^\d{6}$/)
  await assert.rejects(passwordEmails.confirm(owner, wrongCode(code)), refused('CODE_INVALID'))
  await passwordEmails.confirm(owner, code)
  const kept = await passwords.get(owner)
  assert.deepEqual([kept.asked?.hasRecovery, kept.unconfirmedEmail], [true, undefined])
  const answer = await giveTo(world, owner, PASSWORD)
  assert.deepEqual(await passwords.settings(owner, answer), { email: EMAIL })
  assert.equal((await world.inbox.list(PHONE))[0]?.state, 'used')
  // A repeated request gets the lost reply again; a code of somebody else does not work.
  await passwordEmails.confirm(owner, code)
  await assert.rejects(passwordEmails.confirm(owner, wrongCode(code)), refused('EMAIL_HASH_EXPIRED'))
})

test('an address waits a day for its confirmation, and its code an hour', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const { passwords, passwordEmails } = world.domain
  const update = { password: undefined, email: EMAIL }
  const ask = async () => passwords.update(owner, await giveTo(world, owner, PASSWORD), update)
  await assert.rejects(ask(), refused('EMAIL_UNCONFIRMED_6'))
  const first = await newestCode(world)
  world.clock.advance(HOUR_MS - 1)
  await assert.rejects(passwordEmails.confirm(owner, wrongCode(first)), refused('CODE_INVALID'))
  world.clock.advance(1)
  await assert.rejects(passwordEmails.confirm(owner, first), refused('EMAIL_HASH_EXPIRED'))
  await passwordEmails.resend(owner)
  const second = await newestCode(world)
  world.clock.advance(23 * HOUR_MS - 1)
  await passwordEmails.resend(owner)
  assert.notEqual(await newestCode(world), second)
  assert.equal((await passwords.get(owner)).unconfirmedEmail, 'a***a@e***.org')
  world.clock.advance(1)
  assert.equal((await passwords.get(owner)).unconfirmedEmail, undefined)
  await assert.rejects(passwordEmails.resend(owner), refused('EMAIL_HASH_EXPIRED'))

  await assert.rejects(ask(), refused('EMAIL_UNCONFIRMED_6'))
  await passwordEmails.cancel(owner)
  await assert.rejects(passwordEmails.cancel(owner), refused('EMAIL_HASH_EXPIRED'))
  await assert.rejects(passwordEmails.confirm(owner, await newestCode(world)), refused('EMAIL_HASH_EXPIRED'))
})

test('an invalid address or one without a password is refused', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, PASSWORD)
  const { passwords } = world.domain
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
      passwords.update(owner, answer, { password: undefined, email }),
      refused('EMAIL_INVALID'),
    )
  }
  const both = { password: null, email: EMAIL }
  await assert.rejects(passwords.update(owner, undefined, both), refused('NEW_SETTINGS_INVALID'))
  const other = await world.caller()
  await world.signIn(other, '+9996621111')
  const update = { password: undefined, email: EMAIL }
  await assert.rejects(
    passwords.update(await world.again(other), undefined, update),
    refused('NEW_SETTINGS_EMPTY'),
  )
})

test('an address can be removed, and is removed with its password', async () => {
  const world = await createWorld()
  const owner = await withEmail(world)
  const { passwords, passwordEmails } = world.domain
  await passwords.update(owner, await giveTo(world, owner, PASSWORD), { password: undefined, email: '' })
  const info = await passwords.get(owner)
  assert.equal(info.asked?.hasRecovery, false)
  await assert.rejects(passwordEmails.requestRecovery(owner), refused('PASSWORD_RECOVERY_NA'))
  await passwords.update(owner, await giveTo(world, owner, PASSWORD), { password: null, email: undefined })
  await assert.rejects(passwordEmails.requestRecovery(owner), refused('PASSWORD_EMPTY'))
})

test('a code recovers a lost password, and the login that waited continues', async () => {
  const world = await createWorld()
  const owner = await withEmail(world)
  const { passwords, passwordEmails } = world.domain
  const pending = await pendingCaller(world, PHONE)
  assert.equal(await passwordEmails.requestRecovery(pending), 'a***a@e***.org')
  const code = await newestCode(world)
  await assert.rejects(passwordEmails.checkRecovery(pending, ''), refused('CODE_EMPTY'))
  await assert.rejects(passwordEmails.checkRecovery(pending, wrongCode(code)), refused('CODE_INVALID'))
  await passwordEmails.checkRecovery(pending, code)
  await passwordEmails.checkRecovery(pending, code)
  const sent = newPassword(await passwords.get(pending), 'new')
  const heard = world.hear('login')
  const recover = () => passwordEmails.recover(pending, code, sent)
  const users = await Promise.all(Array.from({ length: 64 }, recover))
  assert.equal(new Set(users.map(({ id }) => id)).size, 1)
  assert.equal(heard.length, 1)
  assert.equal((await world.again(pending)).state.at, 'authorized')
  const answer = await giveTo(world, owner, 'new')
  assert.deepEqual(await passwords.settings(owner, answer), { email: EMAIL })
  await assert.rejects(passwordEmails.recover(owner, code, null), refused('PASSWORD_RECOVERY_EXPIRED'))
})

test('a recovery without a new password leaves the account without one', async () => {
  const world = await createWorld()
  await withEmail(world)
  const { passwords, passwordEmails } = world.domain
  const pending = await pendingCaller(world, PHONE)
  await passwordEmails.requestRecovery(pending)
  const user = await passwordEmails.recover(pending, await newestCode(world), null)
  assert.equal(await passwords.isSet(user.id), false)
})

test('64 simultaneous guesses at a recovery code count as five of the number’s day', async () => {
  const world = await createWorld()
  await withEmail(world)
  const { passwordEmails } = world.domain
  const pending = await pendingCaller(world, PHONE)
  await passwordEmails.requestRecovery(pending)
  const code = await newestCode(world)
  const guesses = await Promise.allSettled(
    Array.from({ length: 64 }, (_, index) => passwordEmails.checkRecovery(pending, wrongCode(code, index))),
  )
  const counts: Record<string, number> = {}
  for (const each of guesses) {
    const key = each.status === 'fulfilled' ? 'ok' : String(each.reason.message)
    counts[key] = (counts[key] ?? 0) + 1
  }
  assert.deepEqual(counts, { CODE_INVALID: 5, PASSWORD_RECOVERY_EXPIRED: 59 })
  await assert.rejects(passwordEmails.recover(pending, code, null), refused('PASSWORD_RECOVERY_EXPIRED'))
  assert.equal((await world.inbox.list(PHONE))[0]?.state, 'exhausted')

  // Another code allows five more guesses, and then the number's budget is used up, whatever codes there
  // are.
  await passwordEmails.requestRecovery(pending)
  const second = await newestCode(world)
  for (let index = 0; index < 5; index++) {
    await assert.rejects(
      passwordEmails.checkRecovery(pending, wrongCode(second, index)),
      refused('CODE_INVALID'),
    )
  }
  await passwordEmails.requestRecovery(pending)
  const third = await newestCode(world)
  await assert.rejects(passwordEmails.checkRecovery(pending, third), refused('PASSWORD_RECOVERY_EXPIRED'))
  await assert.rejects(world.sendCode(await world.caller(), PHONE), refused('PHONE_PASSWORD_FLOOD'))
})

test('a recovery code lives an hour, and a second mail is sent after a minute', async () => {
  const world = await createWorld()
  await withEmail(world)
  const { passwordEmails } = world.domain
  const pending = await pendingCaller(world, PHONE)
  await passwordEmails.requestRecovery(pending)
  const first = await newestCode(world)
  world.clock.advance(59_999)
  await passwordEmails.requestRecovery(pending)
  assert.equal(await newestCode(world), first)
  world.clock.advance(1)
  await passwordEmails.requestRecovery(pending)
  const second = await newestCode(world)
  assert.notEqual(second, first)
  await assert.rejects(passwordEmails.checkRecovery(pending, first), refused('CODE_INVALID'))
  world.clock.advance(HOUR_MS - 1)
  await passwordEmails.checkRecovery(pending, second)
  world.clock.advance(1)
  await assert.rejects(passwordEmails.checkRecovery(pending, second), refused('PASSWORD_RECOVERY_EXPIRED'))
})

test('an account and an address get ten mails an hour', async () => {
  const world = await createWorld()
  await withEmail(world)
  const { passwordEmails } = world.domain
  const pending = await pendingCaller(world, PHONE)
  for (let mails = 1; mails < 10; mails++) {
    await passwordEmails.requestRecovery(pending)
    world.clock.advance(60_000)
  }
  await assert.rejects(passwordEmails.requestRecovery(pending), refused('FLOOD_WAIT_3060'))
  world.clock.advance(3_059_999)
  await assert.rejects(passwordEmails.requestRecovery(pending), refused('FLOOD_WAIT_1'))
  world.clock.advance(1)
  await passwordEmails.requestRecovery(pending)
})

test('every change of the password cancels pending mails', async () => {
  const world = await createWorld()
  const owner = await withEmail(world)
  const { passwords, passwordEmails } = world.domain
  await passwordEmails.requestRecovery(owner)
  const recovery = await newestCode(world)
  const update = { password: undefined, email: 'other@example.org' }
  const asked = passwords.update(owner, await giveTo(world, owner, PASSWORD), update)
  await assert.rejects(asked, refused('EMAIL_UNCONFIRMED_6'))
  const confirmation = await newestCode(world)
  const changed = { password: newPassword(await passwords.get(owner), 'new'), email: undefined }
  await passwords.update(owner, await giveTo(world, owner, PASSWORD), changed)
  await assert.rejects(passwordEmails.recover(owner, recovery, null), refused('PASSWORD_RECOVERY_EXPIRED'))
  await assert.rejects(passwordEmails.confirm(owner, confirmation), refused('EMAIL_HASH_EXPIRED'))
})

test('the operator can create an account with a password and an address', async () => {
  const world = await createWorld()
  const { accounts, passwords } = world.domain
  const ada = { phone: PHONE, firstName: 'Ada' }
  await assert.rejects(accounts.create({ ...ada, email: EMAIL }), refused('PASSWORD_EMPTY'))
  await assert.rejects(accounts.create({ ...ada, password: 'p', email: 'no' }), refused('EMAIL_INVALID'))
  assert.deepEqual(await accounts.list(), [])
  const { id } = await accounts.create({ ...ada, password: PASSWORD, email: EMAIL })
  const pending = await pendingCaller(world, PHONE)
  assert.equal((await passwords.get(pending)).asked?.hasRecovery, true)
  await passwords.set(id, { email: null })
  assert.equal((await passwords.get(pending)).asked?.hasRecovery, false)
  await passwords.set(id, { password: null })
  await assert.rejects(passwords.set(id, { email: EMAIL }), refused('PASSWORD_EMPTY'))
})
