import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogin } from './machine.ts'
import type { LoginState } from './states.ts'
import { TestClock } from './test-clock.ts'
import { authorization, refusal, ScriptedServer, sentCode } from './test-server.ts'

const setUp = { _: 'auth.sentCodeTypeSetUpEmailRequired', googleSigninAllowed: true } as const
const byEmail = { _: 'auth.sentCodeTypeEmailCode', emailPattern: 'a**@b.c', length: 6 } as const
const sentEmail = { _: 'account.sentEmailCode', emailPattern: 'a**@b.c', length: 6 }
const purpose = { _: 'emailVerifyPurposeLoginSetup', phoneNumber: '+1', phoneCodeHash: 'hash' }
const verified = {
  _: 'account.emailVerifiedLogin',
  email: 'a@b.c',
  sentCode: sentCode({ type: byEmail, phoneCodeHash: 'second' }),
}

async function at(answers: ConstructorParameters<typeof ScriptedServer>[0], options = {}) {
  const server = new ScriptedServer(answers)
  const login = await createLogin(server, { restartPauseMs: 0, ...options })
  await login.act('sendCode', { phoneNumber: '+1' })
  return { server, login }
}

function problemIn(state: LoginState): string | undefined {
  return 'problem' in state ? state.problem?.type : undefined
}

test('the user sets up and verifies a login e-mail, and the next code counts as an e-mail code', async () => {
  const { login, server } = await at({
    sendCode: [() => sentCode({ type: setUp })],
    sendVerifyEmailCode: [refusal(400, 'EMAIL_INVALID'), () => sentEmail],
    verifyEmail: [refusal(400, 'CODE_INVALID'), () => verified],
    signIn: [() => authorization],
  })
  assert.deepEqual(login.state, {
    at: 'waitEmail',
    phoneNumber: '+1',
    phoneCodeHash: 'hash',
    googleSigninAllowed: true,
  })
  const refused = await login.act('sendVerifyEmailCode', { email: 'a' })
  assert.deepEqual([refused.at, problemIn(refused)], ['waitEmail', 'EMAIL_INVALID'])
  const proving = await login.act('sendVerifyEmailCode', { email: ' a@b.c ' })
  assert.ok(proving.at === 'waitEmailSetUpCode')
  assert.deepEqual([proving.email, proving.emailPattern, proving.length], ['a@b.c', 'a**@b.c', 6])
  const wrong = await login.act('verifyEmail', { code: '000000' })
  assert.deepEqual([wrong.at, problemIn(wrong)], ['waitEmailSetUpCode', 'CODE_INVALID'])
  const proven = await login.act('verifyEmail', { code: '12 34 56' })
  assert.deepEqual(server.requests.at(-1), {
    purpose,
    verification: { _: 'emailVerificationCode', code: '123456' },
  })
  assert.equal(proven.at === 'waitEmailCode' && proven.phoneCodeHash, 'second')
  assert.equal((await login.act('signIn', { code: '654321' })).at, 'authorized')
  assert.deepEqual(server.requests.at(-1), {
    phoneNumber: '+1',
    phoneCodeHash: 'second',
    emailVerification: { _: 'emailVerificationCode', code: '654321' },
  })
})

test('Google verifies an e-mail only if the server allows it', async () => {
  const { login, server } = await at({
    sendCode: [() => sentCode({ type: setUp })],
    verifyEmail: [() => verified],
  })
  await login.act('verifyEmail', { google: 'token' })
  assert.deepEqual(server.requests.at(-1)?.['verification'], { _: 'emailVerificationGoogle', token: 'token' })
  const { login: other } = await at({
    sendCode: [() => sentCode({ type: { _: 'auth.sentCodeTypeSetUpEmailRequired' } })],
  })
  await assert.rejects(other.act('verifyEmail', { google: 'token' }), { code: 'LOGIN_ACTION_ILLEGAL' })
})

test('the user can change or repeat the address while a code is pending', async () => {
  const { login, server } = await at({
    sendCode: [() => sentCode({ type: setUp })],
    sendVerifyEmailCode: [() => sentEmail, () => sentEmail, () => sentEmail],
  })
  await login.act('sendVerifyEmailCode', { email: 'a@b.c' })
  const { step } = login
  assert.ok(step.at === 'waitEmailSetUpCode')
  await step.sendVerifyEmailCode()
  await step.sendVerifyEmailCode({ email: 'd@e.f' })
  assert.deepEqual(
    server.requests.slice(1).map((request) => request['email']),
    ['a@b.c', 'a@b.c', 'd@e.f'],
  )
})

test('a late verification asks for the address again, and a dead hash for a new code', async () => {
  const { login } = await at({
    sendCode: [() => sentCode({ type: setUp }), () => sentCode({ phoneCodeHash: 'second' })],
    sendVerifyEmailCode: [() => sentEmail, refusal(400, 'PHONE_HASH_EXPIRED')],
    verifyEmail: [refusal(400, 'EMAIL_VERIFY_EXPIRED')],
  })
  await login.act('sendVerifyEmailCode', { email: 'a@b.c' })
  const late = await login.act('verifyEmail', { code: '1' })
  assert.deepEqual([late.at, problemIn(late)], ['waitEmail', 'EMAIL_VERIFY_EXPIRED'])
  const renewed = await login.act('sendVerifyEmailCode', { email: 'a@b.c' })
  assert.equal(renewed.at === 'waitCode' && renewed.phoneCodeHash, 'second')
})

test('a wrong e-mail code is asked for again', async () => {
  const { login } = await at({
    sendCode: [() => sentCode({ type: byEmail })],
    signIn: [refusal(400, 'PHONE_CODE_INVALID'), () => authorization],
  })
  const wrong = await login.act('signIn', { code: '1' })
  assert.equal(wrong.at === 'waitEmailCode' && wrong.attempts, 1)
  assert.equal((await login.act('signIn', { code: '2' })).at, 'authorized')
})

test('the login e-mail can be reset if the server allows it, and a pending reset has a date', async () => {
  const clock = new TestClock()
  const { login } = await at(
    {
      sendCode: [() => sentCode({ type: { ...byEmail, resetAvailablePeriod: 100 } })],
      resetLoginEmail: [refusal(400, 'TASK_ALREADY_EXISTS'), () => sentCode({ phoneCodeHash: 'sms' })],
    },
    { clock },
  )
  const pending = await login.act('resetLoginEmail')
  assert.equal(pending.at === 'waitEmailCode' && pending.resetPendingAtS, clock.nowMs() / 1000 + 100)
  assert.equal(problemIn(pending), 'TASK_ALREADY_EXISTS')
  const reset = await login.act('resetLoginEmail')
  assert.equal(reset.at === 'waitCode' && reset.phoneCodeHash, 'sms')
  const { login: other } = await at({ sendCode: [() => sentCode({ type: byEmail })] })
  await assert.rejects(other.act('resetLoginEmail'), { code: 'LOGIN_ACTION_ILLEGAL' })
})
