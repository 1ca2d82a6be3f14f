import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { listAccounts, removeSession } from '../accounts/accounts.ts'
import { removePhoneRule } from '../accounts/decide-phone-bans.ts'
import { listSessions } from '../accounts/decide-users.ts'
import { setPhoneRule } from '../accounts/phone-bans.ts'
import { setLoginEmailOf } from '../emails/login-emails.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { removeAccount } from '../people/remove-account.ts'
import { createWorld, type World } from '../test-world.ts'
import { resendLoginCode } from './resend-code.ts'

const PHONE = '+9996621234'
const DIGITS = '9996621234'

/** Changes by an operator between two calls of auth.sendCode in the same minute. */
interface Change {
  readonly name: string
  readonly before?: (world: World) => Promise<unknown>
  readonly change: (world: World) => Promise<unknown>
  /** The channel of the first answer and of the second; `same`: the pending code is repeated. */
  readonly ways: readonly [string, string]
  readonly same?: boolean
}

const rule = (digits: string, ...channels: ['call' | 'sms', ...('call' | 'sms')[]]) => {
  return ({ rules }: World) => setPhoneRule(rules, { digits, rule: 'channels', channels })
}
const account = (loginEmail?: string) => async (world: World) => {
  const user = await createAccount(world.rules, { phone: PHONE, firstName: 'Ada' })
  if (loginEmail !== undefined) await setLoginEmailOf(world.rules, user.id, loginEmail)
}
const userId = async ({ rules }: World): Promise<bigint> => (await listAccounts(rules, DIGITS))[0]?.id ?? 0n
const email = (address: string | null) => async (world: World) =>
  setLoginEmailOf(world.rules, await userId(world), address)
const otherLogin = async (world: World) => world.signIn(await world.caller(), PHONE)

const CHANGES: readonly Change[] = [
  { name: 'nothing', change: async () => undefined, ways: ['sms', 'sms'], same: true },
  { name: 'a rule of the number', change: rule(DIGITS, 'call', 'sms'), ways: ['sms', 'call'] },
  { name: 'a rule of a prefix', change: rule('9', 'call', 'sms'), ways: ['sms', 'call'] },
  {
    name: 'the same rule again',
    before: rule('999', 'call'),
    change: rule('999', 'call'),
    ways: ['call', 'call'],
    same: true,
  },
  {
    name: 'another rule of the same digits',
    before: rule('999', 'call'),
    change: rule('999', 'sms'),
    ways: ['call', 'sms'],
  },
  {
    name: 'a shorter rule, which does not decide',
    before: rule('9996', 'call'),
    change: rule('999', 'sms'),
    ways: ['call', 'call'],
    same: true,
  },
  { name: 'a rule of another number', change: rule('9996621235', 'call'), ways: ['sms', 'sms'], same: true },
  {
    name: 'a rule removed',
    before: rule('999', 'call'),
    change: ({ rules }) => rules.store.decide(() => removePhoneRule('999')),
    ways: ['call', 'sms'],
  },
  {
    name: 'a ban that came and went',
    change: async ({ rules }) => {
      await setPhoneRule(rules, { digits: DIGITS, rule: 'ban' })
      await rules.store.decide(() => removePhoneRule(DIGITS))
    },
    ways: ['sms', 'sms'],
  },
  { name: 'an account with a login e-mail', change: account('ada@example.org'), ways: ['sms', 'email'] },
  { name: 'an account without one', change: account(), ways: ['sms', 'sms'], same: true },
  {
    name: 'a login e-mail set',
    before: account(),
    change: email('ada@example.org'),
    ways: ['sms', 'email'],
  },
  {
    name: 'a login e-mail changed',
    before: account('ada@example.org'),
    change: email('eve@example.org'),
    ways: ['email', 'email'],
  },
  {
    name: 'a login e-mail removed',
    before: account('ada@example.org'),
    change: email(null),
    ways: ['email', 'sms'],
  },
  {
    name: 'the account deleted',
    before: account('ada@example.org'),
    change: async (world) => removeAccount(world.rules, await userId(world)),
    ways: ['email', 'sms'],
  },
  { name: 'a login on another device', before: account(), change: otherLogin, ways: ['sms', 'app'] },
  {
    name: 'the other login ended',
    before: otherLogin,
    change: async (world) => {
      const id = await userId(world)
      const [session] = await world.rules.store.look(() => listSessions(id))
      await removeSession(world.rules, id, session?.hash ?? 0n)
    },
    ways: ['app', 'sms'],
  },
]

for (const { name, before, change, ways, same = false } of CHANGES) {
  test(`sendCode within a minute of a change: ${name}`, async () => {
    const world = await createWorld()
    await before?.(world)
    const caller: Caller = await world.caller()
    const first = await world.sendCode(caller, PHONE)
    await change(world)
    const second = await world.sendCode(caller, PHONE)
    assert.deepEqual([first.way.channel, second.way.channel], ways)
    assert.equal(second.phoneCodeHash === first.phoneCodeHash, same)
  })
}

test('a rule ends the pending codes of exactly the numbers it applies to', async () => {
  const world = await createWorld()
  const ask = async (phoneNumber: string) => {
    const caller = await world.caller()
    return { caller, phoneNumber, phoneCodeHash: (await world.sendCode(caller, phoneNumber)).phoneCodeHash }
  }
  await rule('9996621235', 'call', 'sms')(world)
  const [touched, longer, other] = await Promise.all([PHONE, '+9996621235', '+9996631234'].map(ask))
  await rule('999662', 'sms')(world)
  const resend = ({ caller, ...held }: Awaited<ReturnType<typeof ask>>) =>
    resendLoginCode(world.rules, caller, held)
  await assert.rejects(resend(touched ?? assert.fail()), { message: 'PHONE_CODE_EXPIRED' })
  assert.equal((await resend(longer ?? assert.fail())).way.channel, 'sms')
  assert.equal((await resend(other ?? assert.fail())).way.channel, 'call')
  const [entry] = await world.inbox.list(PHONE)
  assert.equal(entry?.state, 'replaced')
})

test('an account created after the code was sent is signed in to with that code', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { phoneCodeHash } = await world.sendCode(caller, PHONE)
  await account('ada@example.org')(world)
  const typed = { phoneNumber: PHONE, phoneCodeHash, phoneCode: '22222' }
  assert.equal((await signInWithCode(world.rules, caller, typed)).kind, 'authorized')
})

test('a repeated request that allows other calls is still a repeat', async () => {
  const world = await createWorld({ settings: { callChannels: ['flashCall'] } })
  const caller = await world.caller()
  const first = await world.sendCode(caller, PHONE, { allowed: { flashCall: true } })
  const second = await world.sendCode(caller, PHONE)
  assert.equal(second.phoneCodeHash, first.phoneCodeHash)
})

test('the pending code is the answer if the budget allows no new one', async () => {
  const world = await createWorld({ limits: 'strict' })
  const caller = await world.caller()
  const first = await world.sendCode(caller, PHONE)
  await account('ada@example.org')(world)
  assert.equal((await world.sendCode(caller, PHONE)).phoneCodeHash, first.phoneCodeHash)
})
