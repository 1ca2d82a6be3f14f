import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Courier, SentCode } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Settings } from '../../ground/settings.ts'
import { createSettings } from '../../ground/settings.ts'
import { listAccounts } from '../accounts/accounts.ts'
import { endOtherAuthorizations } from '../accounts/authorizations.ts'
import { findLoginEmail, setLoginEmail } from '../accounts/decide-login-emails.ts'
import { setPhoneRule } from '../accounts/phone-bans.ts'
import { giveUpCode } from '../codes/give-up-code.ts'
import { resendLoginCode } from '../codes/resend-code.ts'
import type { CodeHash } from '../codes/words.ts'
import { logOutKey } from '../logins/log-out.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { signUpWithCode } from '../logins/sign-up.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { givePassword } from '../passwords/passwords.ts'
import { giveTo, withPassword } from '../test-passwords.ts'
import { createWorld, type World } from '../test-world.ts'
import type { EmailPurpose } from './email-proofs.ts'
import { requestEmailCode, verifyEmailAddress } from './email-proofs.ts'
import { loginEmailOf, takeOffLoginEmail } from './login-emails.ts'

const PHONE = '14155552671'
const EMAIL = 'ada@example.org'
const DAY_MS = 24 * 60 * 60 * 1000

function worldWith(loginEmail: Partial<Settings['loginEmail']> = {}, more: Partial<Settings> = {}) {
  const { loginEmail: usual } = createSettings()
  return createWorld({ settings: { loginEmail: { ...usual, ...loginEmail }, ...more } })
}

async function withEmail(world: World, phone = PHONE): Promise<bigint> {
  const { id } = await createAccount(world.rules, { phone, firstName: 'Ada' })
  await world.store.decide(() => setLoginEmail(id, EMAIL))
  return id
}

function held({ phoneCodeHash }: SentCode, phoneNumber = PHONE): CodeHash {
  return { phoneNumber, phoneCodeHash }
}

function setUp(sent: SentCode): EmailPurpose & { kind: 'setUp' } {
  return { kind: 'setUp', ...held(sent) }
}

async function newest(world: World) {
  const [entry] = await world.inbox.list(PHONE)
  return entry ?? assert.fail('nothing in the inbox')
}

function stateOf(world: World, phone = PHONE) {
  return world.store.look(() => findLoginEmail(phone, world.clock.nowMs()))
}

async function signedIn(world: World, phone = PHONE): Promise<Caller> {
  const caller = await world.caller()
  await world.signIn(caller, phone)
  return world.again(caller)
}

test('64 simultaneous resends send one mail, even if the clock stands still', async () => {
  const world = await worldWith()
  await withEmail(world)
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  const answers = await Promise.all(
    Array.from({ length: 64 }, () => resendLoginCode(world.rules, caller, held(sent))),
  )
  for (const answer of answers) assert.equal(answer.way.channel, 'email')
  assert.equal((await world.inbox.list(PHONE)).length, 2)
})

test('a login e-mail receives a six-digit code that only signs in as an e-mail code', async () => {
  const world = await worldWith()
  await withEmail(world)
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  const reset = { kind: 'available', afterS: (7 * DAY_MS) / 1000 } as const
  const way = { channel: 'email', length: 6, emailPattern: 'a***a@e***.org', reset, tokens: false }
  assert.deepEqual([sent.way, sent.next], [way, undefined])
  const { code, channel, type, to } = await newest(world)
  assert.deepEqual([channel, type, to], ['email', 'auth.sentCodeTypeEmailCode', EMAIL])
  assert.match(code, /^\d{6}$/)
  const asPhoneCode = signInWithCode(world.rules, caller, { ...held(sent), phoneCode: code })
  await assert.rejects(asPhoneCode, { code: 400, message: 'PHONE_CODE_INVALID' })
  const wrong = signInWithCode(world.rules, caller, {
    ...held(sent),
    phoneCode: undefined,
    email: { code: 'x' },
  })
  await assert.rejects(wrong, { message: 'PHONE_CODE_INVALID' })
  const empty = signInWithCode(world.rules, caller, {
    ...held(sent),
    phoneCode: undefined,
    email: { code: '' },
  })
  await assert.rejects(empty, { message: 'PHONE_CODE_EMPTY' })
  const right = await signInWithCode(world.rules, caller, {
    ...held(sent),
    phoneCode: undefined,
    email: { code },
  })
  assert.equal(right.kind, 'authorized')
})

test('resending an e-mail code sends it by e-mail again', async () => {
  const world = await worldWith()
  await withEmail(world)
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  const again = await resendLoginCode(world.rules, caller, held(sent))
  assert.deepEqual(again, sent)
  const [second, first] = await world.inbox.list(PHONE)
  assert.deepEqual([second?.to, second?.code], [EMAIL, first?.code])
})

test('an account signed in elsewhere gets the code there, and a layer without e-mails gets an SMS', async () => {
  const world = await worldWith()
  await withEmail(world)
  const old = await world.caller({ channels: new Set(['sms', 'call']) })
  assert.equal((await world.sendCode(old, PHONE)).way.channel, 'sms')
  await world.signIn(old, PHONE)
  assert.equal((await world.sendCode(await world.caller(), PHONE)).way.channel, 'app')
})

test("a required login e-mail is set up first and becomes the account's once the code is right", async () => {
  const world = await worldWith({ required: true })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  assert.deepEqual([sent.way, sent.next], [{ channel: 'setUpEmail', tokens: false }, undefined])
  assert.deepEqual(await world.inbox.list(PHONE), [])
  await assert.rejects(resendLoginCode(world.rules, caller, held(sent)), {
    message: 'EMAIL_INSTALL_MISSING',
  })
  const dead = signInWithCode(world.rules, caller, { ...held(sent), phoneCode: '' })
  await assert.rejects(dead, { message: 'PHONE_CODE_EMPTY' })

  const told = await requestEmailCode(world.rules, caller, setUp(sent), EMAIL)
  assert.deepEqual(told, { emailPattern: 'a***a@e***.org', length: 6 })
  const mail = await newest(world)
  assert.deepEqual(
    [mail.channel, mail.type, mail.to, mail.phoneCodeHash, mail.state],
    ['email', 'account.sentEmailCode', EMAIL, '', 'active'],
  )
  await assert.rejects(verifyEmailAddress(world.rules, caller, setUp(sent), { code: '' }), {
    message: 'CODE_INVALID',
  })
  await assert.rejects(verifyEmailAddress(world.rules, caller, setUp(sent), { code: '1' }), {
    message: 'CODE_INVALID',
  })
  const verified = await verifyEmailAddress(world.rules, caller, setUp(sent), { code: mail.code })
  assert.equal(verified.email, EMAIL)
  assert.deepEqual(
    [verified.sentCode?.way, verified.sentCode?.phoneCodeHash],
    [{ channel: 'sms', length: 5 }, sent.phoneCodeHash],
  )
  assert.deepEqual(
    await verifyEmailAddress(world.rules, caller, setUp(sent), { code: mail.code }),
    verified,
    'a repeat',
  )
  assert.equal((await world.inbox.list(PHONE))[1]?.state, 'used')
  assert.equal(await stateOf(world), undefined, 'nothing is anybody’s yet')

  const { code, channel } = await newest(world)
  assert.equal(channel, 'sms')
  await signInWithCode(world.rules, caller, { ...held(sent), phoneCode: code })
  await signUpWithCode(world.rules, caller, { ...held(sent), firstName: 'Ada', lastName: '' })
  assert.deepEqual(await stateOf(world), { email: EMAIL, resetAtMs: undefined })
  await logOutKey(world.rules, await world.again(caller))
  assert.equal((await world.sendCode(await world.caller(), PHONE)).way.channel, 'email')
})

test('requesting a set-up changes nothing in the account', async () => {
  const world = await worldWith({ required: true })
  await createAccount(world.rules, { phone: PHONE, firstName: 'Ada' })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  await requestEmailCode(world.rules, caller, setUp(sent), 'mallory@example.com')
  await verifyEmailAddress(world.rules, caller, setUp(sent), { code: (await newest(world)).code })
  await assert.rejects(signInWithCode(world.rules, caller, { ...held(sent), phoneCode: 'x' }), {
    message: 'PHONE_CODE_INVALID',
  })
  assert.equal(await stateOf(world), undefined)
})

test('an account with a password gets its address only after the right password', async () => {
  const world = await worldWith()
  const owner = await withPassword(world, PHONE, 'secret')
  await logOutKey(world.rules, owner)
  await setPhoneRule(world.rules, { digits: PHONE, rule: 'channels', channels: ['setUpEmail', 'sms'] })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  await requestEmailCode(world.rules, caller, setUp(sent), EMAIL)
  await verifyEmailAddress(world.rules, caller, setUp(sent), { code: (await newest(world)).code })
  const { code } = await newest(world)
  const signingIn = signInWithCode(world.rules, caller, { ...held(sent), phoneCode: code })
  await assert.rejects(signingIn, { message: 'SESSION_PASSWORD_NEEDED' })
  assert.equal(await stateOf(world), undefined)
  const pending = await world.again(caller)
  await givePassword(world.rules, pending, await giveTo(world, pending, 'secret'))
  assert.equal((await stateOf(world))?.email, EMAIL)
  await logOutKey(world.rules, await world.again(caller))
  assert.equal((await world.sendCode(await world.caller(), PHONE)).way.channel, 'email', 'by the same rule')
})

test('every fault in a set-up has its own error', async () => {
  const world = await worldWith({ required: true, domains: ['example.org'] })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  const ask = (email: string, purpose: EmailPurpose = setUp(sent), by = caller) =>
    requestEmailCode(world.rules, by, purpose, email)
  for (const email of ['', 'ada', '@example.org', 'a b@example.org', `${'a'.repeat(300)}@example.org`]) {
    await assert.rejects(ask(email), { code: 400, message: 'EMAIL_INVALID' }, email)
  }
  await assert.rejects(ask('ada@example.com'), { message: 'EMAIL_NOT_ALLOWED' })
  await assert.rejects(ask('ada@example.org.com'), { message: 'EMAIL_NOT_ALLOWED' })
  const empty = { ...setUp(sent), phoneCodeHash: '' }
  await assert.rejects(ask(EMAIL, empty), { message: 'PHONE_CODE_EMPTY' })
  const other = { ...setUp(sent), phoneNumber: '14155552672' }
  await assert.rejects(ask(EMAIL, other), { message: 'PHONE_HASH_EXPIRED' })
  const none = { ...setUp(sent), phoneNumber: '1' }
  await assert.rejects(ask(EMAIL, none), { code: 400, message: 'PHONE_NUMBER_INVALID' })
  await assert.rejects(ask(EMAIL, setUp(sent), await world.caller()), { message: 'PHONE_HASH_EXPIRED' })
  const EXPIRED = { message: 'EMAIL_VERIFY_EXPIRED' }
  await assert.rejects(verifyEmailAddress(world.rules, caller, setUp(sent), { code: '123456' }), EXPIRED)
  await ask('ada@EXAMPLE.org')
  const { code } = await newest(world)
  await giveUpCode(world.rules, caller, held(sent))
  const over = verifyEmailAddress(world.rules, caller, setUp(sent), { code })
  await assert.rejects(over, { message: 'PHONE_CODE_EXPIRED' })

  const next = await world.sendCode(caller, PHONE)
  await assert.rejects(
    verifyEmailAddress(world.rules, caller, setUp(next), { code }),
    EXPIRED,
    'of another login',
  )
  await ask(EMAIL, setUp(next))
  world.clock.advance(1)
  await verifyEmailAddress(world.rules, caller, setUp(next), { code: (await newest(world)).code })
  await assert.rejects(ask(EMAIL, setUp(next)), { message: 'EMAIL_NOT_SETUP' })
})

test('a code for an address lives ten minutes, to the millisecond', async () => {
  const world = await worldWith({}, { codeLifetimeS: 3600 })
  await withEmail(world)
  const caller = await signedIn(world)
  for (const [afterMs, error] of [
    [600_000 - 1, undefined],
    [600_000, { message: 'EMAIL_VERIFY_EXPIRED' }],
  ] as const) {
    await requestEmailCode(world.rules, caller, { kind: 'change' }, 'ada@example.com')
    const { code } = await newest(world)
    world.clock.advance(afterMs)
    const verifying = verifyEmailAddress(world.rules, caller, { kind: 'change' }, { code })
    if (error === undefined) assert.equal((await verifying).email, 'ada@example.com')
    else await assert.rejects(verifying, error)
  }
})

test('a signed-in user changes the login e-mail with a code sent to the new address', async () => {
  const world = await worldWith()
  const change = { kind: 'change' } as const
  const anonymous = await world.caller()
  const NOBODY = { code: 401, message: 'AUTH_KEY_UNREGISTERED' }
  await assert.rejects(requestEmailCode(world.rules, anonymous, change, EMAIL), NOBODY)
  await assert.rejects(verifyEmailAddress(world.rules, anonymous, change, { code: '1' }), NOBODY)
  const caller = await signedIn(world)
  await assert.rejects(requestEmailCode(world.rules, caller, change, EMAIL), { message: 'EMAIL_NOT_SETUP' })
  const [user] = await listAccounts(world.rules, PHONE)
  assert.ok(user)
  await world.store.decide(() => setLoginEmail(user.id, EMAIL))
  await requestEmailCode(world.rules, caller, change, 'ada@example.com')
  const { code } = await newest(world)
  await assert.rejects(verifyEmailAddress(world.rules, caller, { kind: 'passport' }, { code }), {
    message: 'EMAIL_VERIFY_EXPIRED',
  })
  const verified = { email: 'ada@example.com', sentCode: undefined }
  assert.deepEqual(await verifyEmailAddress(world.rules, caller, change, { code }), verified)
  assert.equal((await stateOf(world))?.email, 'ada@example.com')
  await requestEmailCode(world.rules, caller, { kind: 'passport' }, 'ada@example.net')
  const passport = await verifyEmailAddress(
    world.rules,
    caller,
    { kind: 'passport' },
    { code: (await newest(world)).code },
  )
  assert.equal(passport.email, 'ada@example.net')
  assert.equal((await stateOf(world))?.email, 'ada@example.com', 'a passport’s address is not a login e-mail')
})

test('a reset takes seven days, to the second, and then the code goes by SMS', async () => {
  const aMonthS = 30 * 24 * 3600
  const world = await worldWith({}, { codeLifetimeS: aMonthS, unusedKeyLifetimeS: aMonthS })
  await withEmail(world)
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  const pending = await takeOffLoginEmail(world.rules, caller, held(sent))
  assert.ok(pending.way.channel === 'email')
  assert.deepEqual(pending.way.reset, { kind: 'pending', inS: 7 * 24 * 3600 })
  await assert.rejects(takeOffLoginEmail(world.rules, caller, held(sent)), {
    code: 400,
    message: 'TASK_ALREADY_EXISTS',
  })
  world.clock.advance(7 * DAY_MS - 1000)
  await assert.rejects(takeOffLoginEmail(world.rules, caller, held(sent)), {
    message: 'TASK_ALREADY_EXISTS',
  })
  assert.equal((await world.sendCode(await world.caller(), PHONE)).way.channel, 'email')
  world.clock.advance(1000)
  const onward = await takeOffLoginEmail(world.rules, caller, held(sent))
  assert.deepEqual(onward.way, { channel: 'sms', length: 5 })
  assert.equal(await stateOf(world), undefined)
  assert.equal((await world.sendCode(await world.caller(), PHONE)).way.channel, 'sms')
  await assert.rejects(takeOffLoginEmail(world.rules, caller, held(onward)), {
    message: 'EMAIL_INSTALL_MISSING',
  })
  const [, { code } = assert.fail()] = await world.inbox.list(PHONE)
  assert.equal(
    (await signInWithCode(world.rules, caller, { ...held(sent), phoneCode: code })).kind,
    'authorized',
  )
})

test('signing in with the e-mail code cancels a reset', async () => {
  const world = await worldWith()
  await withEmail(world)
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  await takeOffLoginEmail(world.rules, caller, held(sent))
  const email = { code: (await newest(world)).code }
  await signInWithCode(world.rules, caller, { ...held(sent), phoneCode: undefined, email })
  assert.deepEqual(await stateOf(world), { email: EMAIL, resetAtMs: undefined })
})

test('a reset takes effect at once if no waiting time is set', async () => {
  const world = await worldWith({ resetAfterS: 0 })
  await withEmail(world)
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  assert.ok(sent.way.channel === 'email')
  assert.deepEqual(sent.way.reset, { kind: 'available', afterS: 0 })
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => takeOffLoginEmail(world.rules, caller, held(sent))),
  ).catch((error) => error)
  assert.ok(Array.isArray(answers), String(answers))
  assert.ok(answers.every(({ way }) => way.channel === 'sms'))
  assert.equal((await world.inbox.list(PHONE)).length, 2, 'the e-mail, and one SMS')
  const { code } = await newest(world)
  await signInWithCode(world.rules, caller, { ...held(sent), phoneCode: code })
})

test('Google and Apple tokens are refused unless test tokens are allowed', async () => {
  const token = `test:${EMAIL}`
  const refusing = await worldWith({ required: true })
  const other = await refusing.caller()
  const refused = setUp(await refusing.sendCode(other, PHONE))
  const tried = verifyEmailAddress(refusing.rules, other, refused, { token })
  await assert.rejects(tried, { message: 'CODE_INVALID' })

  const world = await worldWith({ required: true, testTokens: true })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  assert.deepEqual(sent.way, { channel: 'setUpEmail', tokens: true })
  await assert.rejects(verifyEmailAddress(world.rules, caller, setUp(sent), { token: 'eyJ' }), {
    message: 'CODE_INVALID',
  })
  const bad = verifyEmailAddress(world.rules, caller, setUp(sent), { token: 'test:ada' })
  await assert.rejects(bad, { message: 'EMAIL_INVALID' })
  const verified = await verifyEmailAddress(world.rules, caller, setUp(sent), { token })
  assert.deepEqual([verified.email, verified.sentCode?.way.channel], [EMAIL, 'sms'])
  const { code } = await newest(world)
  await signInWithCode(world.rules, caller, { ...held(sent), phoneCode: code })
  await signUpWithCode(world.rules, caller, { ...held(sent), firstName: 'Ada', lastName: '' })
  await logOutKey(world.rules, await world.again(caller))

  const again = await world.sendCode(caller, PHONE)
  const signIn = (by: string) =>
    signInWithCode(world.rules, caller, { ...held(again), phoneCode: undefined, email: { token: by } })
  await assert.rejects(signIn('test:mallory@example.org'), { message: 'PHONE_CODE_INVALID' })
  assert.equal((await signIn(token)).kind, 'authorized')
})

test('five of 64 wrong guesses are compared, and 64 right ones give one address and one code', async () => {
  const world = await worldWith({ required: true })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  const guess = (code: string) => verifyEmailAddress(world.rules, caller, setUp(sent), { code })
  const all = (code: string) => Promise.allSettled(Array.from({ length: 64 }, () => guess(code)))
  await requestEmailCode(world.rules, caller, setUp(sent), EMAIL)
  const refusals = (await all('wrong')).map((each) => each.status === 'rejected' && each.reason.message)
  assert.equal(refusals.filter((message) => message === 'CODE_INVALID').length, 5)
  assert.equal(refusals.filter((message) => message === 'EMAIL_VERIFY_EXPIRED').length, 59)
  const { code: exhausted, state } = await newest(world)
  assert.equal(state, 'exhausted')
  await assert.rejects(guess(exhausted), { message: 'EMAIL_VERIFY_EXPIRED' })

  await requestEmailCode(world.rules, caller, setUp(sent), EMAIL)
  const { code } = await newest(world)
  const answers = await all(code)
  const [first] = answers
  assert.ok(first?.status === 'fulfilled', JSON.stringify(first))
  for (const answer of answers) assert.deepEqual(answer, first)
  assert.equal((await world.inbox.list(PHONE)).filter(({ channel }) => channel === 'sms').length, 1)
})

test('a second request for the same address within a minute sends no mail', async () => {
  const world = await worldWith()
  await withEmail(world)
  const caller = await signedIn(world)
  const ask = (email: string) => requestEmailCode(world.rules, caller, { kind: 'change' }, email)
  const mails = async () =>
    (await world.inbox.list(PHONE)).filter(({ type }) => type === 'account.sentEmailCode')
  const told = await ask('ada@example.com')
  world.clock.advance(60_000 - 1)
  assert.deepEqual(await ask('ada@example.com'), told)
  assert.equal((await mails()).length, 1)
  world.clock.advance(1)
  await ask('ada@example.com')
  const states = (await mails()).map(({ state }) => state)
  assert.deepEqual(states, ['active', 'replaced'])
})

test('mails to an address are limited, whoever requests them and however it is written', async () => {
  const limit = { scope: 'emailAddress', max: 2, windowS: 600 } as const
  const world = await worldWith({}, { emailLimits: [limit] })
  await withEmail(world)
  const caller = await signedIn(world)
  const ask = (email: string) => requestEmailCode(world.rules, caller, { kind: 'passport' }, email)
  await ask('bob@example.org')
  await ask('BOB@Example.org')
  await assert.rejects(ask('bob+again@example.org'), { code: 420, message: 'FLOOD_WAIT_600' })
  await ask('eve@example.org')
  world.clock.advance(600_000)
  await ask('bob@example.org')
})

test('a rejected mail leaves no address pending, and a code that every channel rejects is dead', async () => {
  const refused: string[] = []
  const courier: Courier = {
    send: async ({ id, channel }) =>
      refused.includes(channel)
        ? { kind: 'rejected', reason: 'no such mailbox', retryable: false }
        : { kind: 'accepted', reference: id },
  }
  const { loginEmail } = createSettings()
  const settings = { loginEmail: { ...loginEmail, required: true, testTokens: true } }
  const world = await createWorld({ settings, courier })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  refused.push('email')
  const mail = requestEmailCode(world.rules, caller, setUp(sent), EMAIL)
  await assert.rejects(mail, { code: 400, message: 'EMAIL_INVALID' })
  refused.push('sms', 'call')
  const token = `test:${EMAIL}`
  const verified = verifyEmailAddress(world.rules, caller, setUp(sent), { token })
  await assert.rejects(verified, { code: 400, message: 'PHONE_CODE_EXPIRED' })
  await withEmail(world)
  await assert.rejects(world.sendCode(caller, PHONE), { message: 'SMS_CODE_CREATE_FAILED' })
})

test('a call that started before its login ended changes no address', async () => {
  for (const by of [undefined, { token: 'test:eve@example.org' }]) {
    const world = await worldWith({ testTokens: true })
    await withEmail(world)
    const [owner, thief] = [await signedIn(world), await signedIn(world)]

    await requestEmailCode(world.rules, thief, { kind: 'change' }, 'eve@example.org')
    const { code } = await newest(world)
    const ended = endOtherAuthorizations(world.rules, owner)
    const verified = verifyEmailAddress(world.rules, thief, { kind: 'change' }, by ?? { code })
    await assert.rejects(verified, { message: 'PHONE_CODE_EXPIRED' })
    await ended
    assert.equal(await loginEmailOf(world.rules, PHONE), EMAIL)
  }
})
