/** Login e-mail, by our client against our server: set up, codes, change and reset. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { logOut } from '@cablegram/client'
import { closeOpened, connect, isAt, serve, signedIn, testCode } from './login-steps.ts'
import { beginMoment } from './moment.ts'

after(closeOpened)

const phone = '+9996621234'
const realPhone = '+14155552671'
const email = 'ada@example.org'
const DAY_S = 24 * 60 * 60

test('a login e-mail is set up first, and the next code goes there', async () => {
  const server = await serve({ loginEmail: { required: true, domains: ['Example.org'] } })
  const client = connect(server)
  const login = await client.login()
  const asked = isAt(await login.act('sendCode', { phoneNumber: realPhone }), 'waitEmail')
  assert.ok(!login.actions.includes('verifyEmail'), 'nobody vouches for it')
  const none = isAt(await login.act('sendVerifyEmailCode', { email: 'ada' }), 'waitEmail')
  assert.equal(none.problem?.type, 'EMAIL_INVALID')
  const foreign = isAt(await login.act('sendVerifyEmailCode', { email: 'ada@example.com' }), 'waitEmail')
  assert.equal(foreign.problem?.type, 'EMAIL_NOT_ALLOWED')

  const proving = isAt(await login.act('sendVerifyEmailCode', { email }), 'waitEmailSetUpCode')
  assert.deepEqual([proving.emailPattern, proving.length], ['a***a@e***.org', 6])
  const mail = await server.codes.waitFor(realPhone)
  assert.deepEqual([mail.channel, mail.to, mail.code.length], ['email', email, 6])
  const wrong = isAt(await login.act('verifyEmail', { code: '1' }), 'waitEmailSetUpCode')
  assert.deepEqual([wrong.attempts, wrong.problem?.type], [1, 'CODE_INVALID'])
  const sent = isAt(await login.act('verifyEmail', { code: mail.code }), 'waitCode')
  assert.equal(sent.phoneCodeHash, asked.phoneCodeHash)
  assert.deepEqual(sent.type, { _: 'auth.sentCodeTypeSms', length: 5 })
  const { code } = await server.codes.waitFor(realPhone, { afterId: mail.id })
  isAt(await login.act('signIn', { code }), 'waitSignUp')
  isAt(await login.act('signUp', { firstName: 'Ada' }), 'authorized')
  const [user] = await server.users.list(realPhone.slice(1))
  assert.equal(user?.loginEmail, email)

  await logOut(client)
  const other = await connect(server).login()
  const byEmail = isAt(await other.act('sendCode', { phoneNumber: realPhone }), 'waitEmailCode')
  assert.deepEqual(
    [byEmail.emailPattern, byEmail.length, byEmail.resetAvailablePeriodS],
    ['a***a@e***.org', 6, 7 * DAY_S],
  )
  const [first] = await Promise.all([server.codes.waitFor(realPhone)])
  assert.deepEqual([first.channel, first.type, first.to], ['email', 'auth.sentCodeTypeEmailCode', email])
  const again = isAt(await other.act('signIn', { code: '1' }), 'waitEmailCode')
  assert.deepEqual([again.attempts, again.problem?.type], [1, 'PHONE_CODE_INVALID'])
  isAt(await other.act('signIn', { code: first.code }), 'authorized')
})

test('the terminal asks for the e-mail set-up and its code', async () => {
  const server = await serve({ loginEmail: { required: true } })
  const asked: string[] = []
  const user = await connect(server).start({
    phone: async () => phone,
    email: async () => {
      asked.push('email')
      return email
    },
    code: async ({ sent, length = 5 }) => {
      asked.push(sent.type._)
      return testCode(phone, length)
    },
    name: async () => ({ firstName: 'Ada' }),
  })
  assert.equal(user._, 'user')
  assert.deepEqual(asked, ['email', 'auth.sentCodeTypeEmailCode', 'auth.sentCodeTypeSms'])
})

test('a pending login resumes after a restart, whichever e-mail it waits for', async () => {
  const server = await serve({ loginEmail: { required: true } })
  const client = connect(server)
  const login = await client.login()
  await login.act('sendCode', { phoneNumber: phone })
  isAt((await client.login()).state, 'waitEmail')
  await login.act('sendVerifyEmailCode', { email })
  const resumed = await client.login()
  isAt(resumed.state, 'waitEmailSetUpCode')
  isAt(await resumed.act('verifyEmail', { code: testCode(phone, 6) }), 'waitCode')
})

test('a late verification asks for the address again, and an expired login for a new code', async () => {
  const server = await serve({ loginEmail: { required: true } })
  const login = await connect(server).login()
  await login.act('sendCode', { phoneNumber: phone })
  for (let count = 0; count < 5; count += 1) {
    await login.act('sendVerifyEmailCode', { email })
    for (let guess = 0; guess < 5; guess += 1)
      isAt(await login.act('verifyEmail', { code: '1' }), 'waitEmailSetUpCode')
    const late = isAt(await login.act('verifyEmail', { code: testCode(phone, 6) }), 'waitEmail')
    assert.equal(late.problem?.type, 'EMAIL_VERIFY_EXPIRED')
  }
  await server.clock.advance(300)
  const renewed = isAt(await login.act('sendVerifyEmailCode', { email }), 'waitEmail')
  assert.equal(renewed.problem?.type, 'PHONE_HASH_EXPIRED')
  await login.act('sendVerifyEmailCode', { email })
  await server.clock.advance(300)
  const again = isAt(await login.act('verifyEmail', { code: testCode(phone, 6) }), 'waitEmail')
  assert.equal(again.problem?.type, 'PHONE_CODE_EXPIRED')
})

test('a reset without a waiting time sends the code by the next channel at once', async () => {
  const server = await serve({ loginEmail: { resetAfterS: 0 } })
  await server.users.create({ phone, firstName: 'Ada', loginEmail: email })
  const login = await connect(server).login()
  const sent = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitEmailCode')
  assert.equal(sent.resetAvailablePeriodS, 0)
  const reset = isAt(await login.act('resetLoginEmail'), 'waitCode')
  assert.equal(reset.phoneCodeHash, sent.phoneCodeHash)
  isAt(await login.act('signIn', { code: testCode(phone) }), 'authorized')
  const [user] = await server.users.list(phone.slice(1))
  assert.equal(user?.loginEmail, undefined)
})

test('the terminal can remove an unreadable login e-mail', async () => {
  const server = await serve({ loginEmail: { resetAfterS: 0 } })
  await server.users.create({ phone, firstName: 'Ada', loginEmail: email })
  const asked: unknown[] = []
  const user = await connect(server).start({
    phone: async () => phone,
    code: async ({ sent, hasReset }) => {
      asked.push(sent.type._, hasReset)
      return hasReset ? '' : testCode(phone)
    },
    resetEmail: async ({ emailPattern, afterS }) => {
      asked.push(emailPattern, afterS)
      return true
    },
  })
  assert.equal(user._, 'user')
  const byEmail = ['auth.sentCodeTypeEmailCode', true, 'a***a@e***.org', 0]
  assert.deepEqual(asked, [...byEmail, 'auth.sentCodeTypeSms', undefined])
})

test('a reset takes its days, and then codes go by SMS', async () => {
  const server = await serve()
  await server.users.create({ phone, firstName: 'Ada', loginEmail: email })
  const login = await connect(server).login()
  await login.act('sendCode', { phoneNumber: phone })
  const moment = beginMoment()
  const pending = isAt(await login.act('resetLoginEmail'), 'waitEmailCode')
  moment.assertHolds((pending.resetPendingAtS ?? 0) - 7 * DAY_S)
  assert.equal(pending.resetAvailablePeriodS, undefined)
  const twice = isAt(await login.act('resetLoginEmail'), 'waitEmailCode')
  assert.deepEqual(
    [twice.problem?.type, twice.resetPendingAtS],
    ['TASK_ALREADY_EXISTS', pending.resetPendingAtS],
  )

  await server.clock.advance(6 * DAY_S)
  const waiting = isAt(await login.act('sendCode'), 'waitEmailCode')
  // Dates on the wire use the wall clock: a day remains from now.
  moment.assertHolds((waiting.resetPendingAtS ?? 0) - DAY_S)
  await server.clock.advance(DAY_S)
  const sms = isAt(await login.act('sendCode'), 'waitCode')
  assert.equal(sms.type._, 'auth.sentCodeTypeSms')
  isAt(await login.act('signIn', { code: testCode(phone) }), 'authorized')
})

test('a signed-in user changes the login e-mail, and the other sessions still get codes', async () => {
  const server = await serve()
  await server.users.create({ phone, firstName: 'Ada', loginEmail: email })
  const client = connect(server)
  await client.start({ phone: async () => phone, code: async ({ length = 5 }) => testCode(phone, length) })
  const purpose = { _: 'emailVerifyPurposeLoginChange' } as const
  const told = await client.account.sendVerifyEmailCode({ purpose, email: 'ada@example.com' })
  assert.deepEqual(told, { _: 'account.sentEmailCode', emailPattern: 'a***a@e***.com', length: 6 })
  const { code, to } = await server.codes.waitFor(phone)
  assert.equal(to, 'ada@example.com')
  const verification = { _: 'emailVerificationCode', code } as const
  const verified = await client.account.verifyEmail({ purpose, verification })
  assert.deepEqual(verified, { _: 'account.emailVerified', email: 'ada@example.com' })
  const [user] = await server.users.list(phone.slice(1))
  assert.equal(user?.loginEmail, 'ada@example.com')

  const other = await connect(server).login()
  const sent = isAt(await other.act('sendCode', { phoneNumber: phone }), 'waitCode')
  assert.equal(sent.type._, 'auth.sentCodeTypeApp')
})

test('Google and Apple test tokens verify an address', async () => {
  const server = await serve({ loginEmail: { required: true, testTokens: true } })
  const login = await connect(server).login()
  const asked = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitEmail')
  assert.deepEqual([asked.appleSigninAllowed, asked.googleSigninAllowed], [true, true])
  isAt(await login.act('verifyEmail', { google: `test:${email}` }), 'waitCode')
  isAt(await login.act('signIn', { code: testCode(phone) }), 'waitSignUp')
  isAt(await login.act('signUp', { firstName: 'Ada' }), 'authorized')
  const [user] = await server.users.list(phone.slice(1))
  assert.equal(user?.loginEmail, email)
  for (const { hash } of user?.sessions ?? []) await server.users.removeSession(user?.id ?? 0, hash)
  const other = await connect(server).login()
  isAt(await other.act('sendCode', { phoneNumber: phone }), 'waitEmailCode')
  isAt(await other.act('signIn', { apple: `test:${email}` }), 'authorized')
})

test('giving up during e-mail verification cancels the login', async () => {
  const server = await serve({ loginEmail: { required: true } })
  const client = connect(server)
  const login = await client.login()
  const { phoneCodeHash } = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitEmail')
  await login.act('sendVerifyEmailCode', { email })
  isAt(await login.act('cancel'), 'closed')
  const late = client.account.verifyEmail({
    purpose: { _: 'emailVerifyPurposeLoginSetup', phoneNumber: phone, phoneCodeHash },
    verification: { _: 'emailVerificationCode', code: testCode(phone, 6) },
  })
  await assert.rejects(late, { code: 400, type: 'PHONE_CODE_EXPIRED' })
})

test('five of 64 guesses at an e-mail code are compared, and 64 right ones are one login', async () => {
  const server = await serve()
  await server.users.create({ phone, firstName: 'Ada', loginEmail: email })
  const client = connect(server)
  const sendCode = async () => {
    const login = await client.login()
    const { phoneCodeHash } = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitEmailCode')
    return (code: string) =>
      client.auth.signIn({
        phoneNumber: phone,
        phoneCodeHash,
        emailVerification: { _: 'emailVerificationCode', code },
      })
  }
  const guess = await sendCode()
  const guesses = await Promise.allSettled(Array.from({ length: 64 }, () => guess('1')))
  const refusals = guesses.map((each) => each.status === 'rejected' && each.reason.type)
  assert.equal(refusals.filter((type) => type === 'PHONE_CODE_INVALID').length, 5)
  assert.equal(refusals.filter((type) => type === 'PHONE_CODE_EXPIRED').length, 59)
  const right = await sendCode()
  const answers = await Promise.all(Array.from({ length: 64 }, () => right(testCode(phone, 6))))
  assert.ok(answers.every(({ _ }) => _ === 'auth.authorization'))
  const [user] = await server.users.list(phone.slice(1))
  assert.equal(user?.sessions.length, 1)
})

test('an invalid address is never stored, and the operator can remove an address', async () => {
  const server = await serve()
  const none = server.users.create({ phone, firstName: 'Ada', loginEmail: 'ada' })
  await assert.rejects(none, { code: 'EMAIL_INVALID' })
  assert.deepEqual(await server.users.list(phone.slice(1)), [])
  const { id } = await server.users.create({ phone, firstName: 'Ada', loginEmail: email })
  assert.equal((await server.users.change(id, { loginEmail: null }))?.loginEmail, undefined)
  const bad = server.users.change(id, { loginEmail: 'ada@' })
  await assert.rejects(bad, { code: 'EMAIL_INVALID' })
  assert.equal((await server.users.change(id, { loginEmail: email }))?.loginEmail, email)
  await signedIn(server, '+9996620009')
})
