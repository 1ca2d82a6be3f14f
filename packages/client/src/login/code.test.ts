import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Results } from '@cablegram/tl/api'
import { createLogin } from './machine.ts'
import type { LoginState } from './states.ts'
import type { SentCodeType } from './surface.ts'
import { TestClock } from './test-clock.ts'
import { authorization, refusal, ScriptedServer, sentCode, times, user } from './test-server.ts'

const quick = { restartPauseMs: 0 }
const call = { _: 'auth.codeTypeCall' } as const

/** A login whose code was sent by this channel. */
async function atCode(answers: ConstructorParameters<typeof ScriptedServer>[0], options = {}) {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], ...answers })
  const login = await createLogin(server, { ...quick, ...options })
  await login.act('sendCode', { phoneNumber: '+1' })
  return { server, login }
}

function problemIn(state: LoginState): string | undefined {
  return 'problem' in state ? state.problem?.type : undefined
}

test('the code state tells all that is known about each kind of code', async () => {
  const types: SentCodeType[] = [
    { _: 'auth.sentCodeTypeApp', length: 5 },
    { _: 'auth.sentCodeTypeSms', length: 6 },
    { _: 'auth.sentCodeTypeCall', length: 5 },
    { _: 'auth.sentCodeTypeFlashCall', pattern: '+7900*' },
    { _: 'auth.sentCodeTypeMissedCall', prefix: '+7900', length: 4 },
    { _: 'auth.sentCodeTypeFragmentSms', url: 'https://fragment.com/login/1', length: 5 },
    { _: 'auth.sentCodeTypeSmsWord', beginning: 'a' },
    { _: 'auth.sentCodeTypeSmsPhrase' },
  ]
  for (const type of types) {
    const { login } = await atCode({ sendCode: [() => sentCode({ type })] })
    assert.deepEqual(login.state.at === 'waitCode' && login.state.type, type)
  }
})

test('a code that waits for Firebase offers the next channel at once', async () => {
  const type = {
    _: 'auth.sentCodeTypeFirebaseSms',
    nonce: new Uint8Array([1]),
    playIntegrityProjectId: 5n,
    length: 6,
  } as const
  const { login } = await atCode({ sendCode: [() => sentCode({ type, timeout: 60 })] })
  const { state } = login
  assert.ok(state.at === 'waitCode')
  assert.deepEqual(state.type, { _: 'auth.sentCodeTypeFirebaseSms', length: 6 })
  assert.deepEqual(state.nextType, { _: 'auth.codeTypeSms' })
  assert.ok(login.actions.includes('resendCode'))
})

test('the client removes spaces from digits and keeps them in words', async () => {
  for (const [type, typed, sent] of [
    [{ _: 'auth.sentCodeTypeSmsPhrase' }, ' silver fox ', 'silver fox'],
    [{ _: 'auth.sentCodeTypeSms', length: 5 }, '2 2-222', '22222'],
  ] as const) {
    const { login, server } = await atCode({
      sendCode: [() => sentCode({ type })],
      signIn: [() => authorization],
    })
    await login.act('signIn', { code: typed })
    assert.equal(server.requests[1]?.['phoneCode'], sent)
  }
})

test('a wrong code is counted and asked for again, and the right one still signs in', async () => {
  const { login } = await atCode({
    signIn: [refusal(400, 'PHONE_CODE_INVALID'), refusal(400, 'PHONE_CODE_INVALID'), () => authorization],
  })
  await login.act('signIn', { code: '1' })
  const state = await login.act('signIn', { code: '2' })
  assert.deepEqual([state.at === 'waitCode' && state.attempts, problemIn(state)], [2, 'PHONE_CODE_INVALID'])
  assert.equal((await login.act('signIn', { code: '3' })).at, 'authorized')
})

test('an empty code is not sent, because the server would drop the hash', async () => {
  const { login, server } = await atCode({})
  await assert.rejects(login.act('signIn', { code: ' - ' }), { code: 'LOGIN_CODE_EMPTY' })
  assert.deepEqual(server.asked, ['sendCode'])
})

for (const dead of ['PHONE_CODE_EXPIRED', 'PHONE_CODE_EMPTY', 'AUTH_RESTART_5', 'SIGN_IN_FAILED']) {
  test(`${dead} from signIn: the client drops the hash and requests a new code`, async () => {
    const { login, server } = await atCode({
      sendCode: [() => sentCode(), () => sentCode({ phoneCodeHash: 'second' })],
      signIn: [refusal(dead.startsWith('PHONE') ? 400 : 500, dead), () => authorization],
    })
    const state = await login.act('signIn', { code: '1' })
    assert.equal(state.at === 'waitCode' && state.phoneCodeHash, 'second')
    assert.equal(problemIn(state), dead.replace('_5', ''))
    await login.act('signIn', { code: '2' })
    assert.deepEqual(
      server.requests.filter((request) => 'phoneCode' in request).map((request) => request['phoneCodeHash']),
      ['hash', 'second'],
    )
  })
}

test('a dead hash is dropped even if no new code can be sent', async () => {
  const { login } = await atCode({
    sendCode: [() => sentCode(), refusal(420, 'FLOOD_WAIT_60')],
    signIn: [refusal(400, 'PHONE_CODE_EXPIRED')],
  })
  await assert.rejects(login.act('signIn', { code: '1' }), { type: 'FLOOD_WAIT', method: undefined })
  assert.equal(login.state.at, 'waitPhone')
  assert.equal(login.state.at === 'waitPhone' && login.state.phoneNumber, '+1')
})

test('a login returns to the number after the allowed number of expired codes', async () => {
  const { login, server } = await atCode(
    {
      sendCode: times(9, () => sentCode()),
      signIn: times(9, refusal(400, 'PHONE_CODE_EXPIRED')),
    },
    { maxDetours: 2 },
  )
  await login.act('signIn', { code: '1' })
  await login.act('signIn', { code: '1' })
  const state = await login.act('signIn', { code: '1' })
  assert.equal(state.at, 'waitPhone')
  assert.equal(problemIn(state), 'PHONE_CODE_EXPIRED')
  assert.equal(server.asked.filter((method) => method === 'sendCode').length, 3)
})

test('a code can be resent after its timeout if there is a next channel', async () => {
  const clock = new TestClock()
  const { login, server } = await atCode(
    {
      sendCode: [() => sentCode({ nextType: call, timeout: 60 })],
      resendCode: [
        () => sentCode({ phoneCodeHash: 'second', type: { _: 'auth.sentCodeTypeCall', length: 6 } }),
      ],
    },
    { clock },
  )
  await clock.advance(59_999)
  await assert.rejects(login.act('resendCode'), { code: 'LOGIN_ACTION_ILLEGAL' })
  await clock.advance(1)
  const state = await login.act('resendCode', { reason: 'none came' })
  assert.deepEqual(server.requests[1], { phoneNumber: '+1', phoneCodeHash: 'hash', reason: 'none came' })
  assert.ok(state.at === 'waitCode')
  assert.deepEqual([state.phoneCodeHash, state.type], ['second', { _: 'auth.sentCodeTypeCall', length: 6 }])
  await assert.rejects(login.act('resendCode'), { code: 'LOGIN_ACTION_ILLEGAL' })
})

test('a code stays valid if resending it fails', async () => {
  const { login } = await atCode({
    sendCode: [() => sentCode({ nextType: call })],
    resendCode: [refusal(406, 'SEND_CODE_UNAVAILABLE')],
    signIn: [() => authorization],
  })
  const state = await login.act('resendCode')
  assert.equal(state.at === 'waitCode' && state.nextType, undefined)
  assert.equal(problemIn(state), 'SEND_CODE_UNAVAILABLE')
  assert.ok(!login.actions.includes('resendCode'))
  assert.equal((await login.act('signIn', { code: '1' })).at, 'authorized')
})

test('a flood on resending says when to try again', async () => {
  const clock = new TestClock()
  const { login } = await atCode(
    {
      sendCode: [() => sentCode({ nextType: call })],
      resendCode: [refusal(420, 'FLOOD_WAIT_30'), () => sentCode()],
    },
    { clock },
  )
  const state = await login.act('resendCode')
  assert.equal(state.at === 'waitCode' && state.resendAtMs, clock.nowMs() + 30_000)
  await clock.advance(30_000)
  await login.act('resendCode')
})

test('an expired hash is not resent but replaced', async () => {
  const { login } = await atCode({
    sendCode: [() => sentCode({ nextType: call }), () => sentCode({ phoneCodeHash: 'second' })],
    resendCode: [refusal(400, 'PHONE_CODE_EXPIRED')],
  })
  const state = await login.act('resendCode')
  assert.equal(state.at === 'waitCode' && state.phoneCodeHash, 'second')
})

test('a code that did not arrive can be reported, and the login keeps waiting for it', async () => {
  const { login, server } = await atCode({ reportMissingCode: [() => true] })
  const before = login.state
  assert.deepEqual(await login.act('reportMissingCode', { mnc: '02' }), before)
  assert.deepEqual(server.requests[1], { phoneNumber: '+1', phoneCodeHash: 'hash', mnc: '02' })
})

test('the user can request a new code at any time', async () => {
  const { login } = await atCode({
    sendCode: [() => sentCode(), () => sentCode({ phoneCodeHash: 'second' })],
  })
  const state = await login.act('sendCode')
  assert.equal(state.at === 'waitCode' && state.phoneCodeHash, 'second')
})

const terms: NonNullable<
  Extract<Results['auth.signIn'], { _: 'auth.authorizationSignUpRequired' }>['termsOfService']
> = {
  _: 'help.termsOfService',
  id: { _: 'dataJSON', data: '{}' },
  text: 'be nice to @ada',
  entities: [
    { _: 'messageEntityBold', offset: 0, length: 2 },
    { _: 'messageEntityMentionName', offset: 11, length: 4, userId: 7n },
  ],
}

test('a new user signs up with a name and accepts the terms, which are JSON', async () => {
  const { login, server } = await atCode({
    signIn: [() => ({ _: 'auth.authorizationSignUpRequired', termsOfService: terms })],
    signUp: [refusal(400, 'FIRSTNAME_INVALID'), () => authorization],
  })
  const state = await login.act('signIn', { code: '1' })
  assert.ok(state.at === 'waitSignUp')
  assert.deepEqual(state.termsOfService, { ...terms, entities: terms.entities.slice(0, 1) })
  assert.equal(problemIn(await login.act('signUp', { firstName: '' })), 'FIRSTNAME_INVALID')
  const long = '🦊'.repeat(70)
  assert.equal((await login.act('signUp', { firstName: long, lastName: ' L ' })).at, 'authorized')
  const request = server.requests.at(-1) ?? {}
  assert.deepEqual([[...String(request['firstName'])].length, request['lastName']], [64, 'L'])
})

test('sign-up also works with servers that still say PHONE_NUMBER_UNOCCUPIED', async () => {
  const { login } = await atCode({ signIn: [refusal(400, 'PHONE_NUMBER_UNOCCUPIED')] })
  assert.deepEqual(await login.act('signIn', { code: '1' }), {
    at: 'waitSignUp',
    phoneNumber: '+1',
    phoneCodeHash: 'hash',
  })
})

for (const again of ['PHONE_NUMBER_OCCUPIED', 'PHONE_CODE_EXPIRED']) {
  test(`${again} from signUp: the client requests a new code`, async () => {
    const { login } = await atCode({
      sendCode: [() => sentCode(), () => sentCode({ phoneCodeHash: 'second' })],
      signIn: [() => ({ _: 'auth.authorizationSignUpRequired' })],
      signUp: [refusal(400, again)],
    })
    await login.act('signIn', { code: '1' })
    const state = await login.act('signUp', { firstName: 'Ada' })
    assert.equal(state.at === 'waitCode' && state.phoneCodeHash, 'second')
  })
}

test('the token of an earlier logout is sent and may sign in without a code', async () => {
  const server = new ScriptedServer({ sendCode: [() => ({ _: 'auth.sentCodeSuccess', authorization })] })
  server.logoutTokens = [new Uint8Array([1])]
  const login = await createLogin(server, { codeSettings: { allowMissedCall: true } })
  assert.equal((await login.act('sendCode', { phoneNumber: '+1' })).at, 'authorized')
  assert.deepEqual(server.requests[0]?.['settings'], {
    _: 'codeSettings',
    allowMissedCall: true,
    logoutTokens: [new Uint8Array([1])],
  })
  assert.equal(login.user, user)
})

test('AUTH_RESTART of sendCode is retried with growing pauses, a limited number of times', async () => {
  const clock = new TestClock()
  const server = new ScriptedServer({ sendCode: times(9, refusal(500, 'AUTH_RESTART')) })
  const login = await createLogin(server, { maxDetours: 3, clock, restartPauseMs: 100 })
  const sending = login.act('sendCode', { phoneNumber: '+1' })
  sending.catch(() => {})
  const seen: number[] = []
  for (let ms = 0; ms <= 800; ms += 100) {
    await clock.advance(ms === 0 ? 0 : 100)
    seen.push(server.asked.length)
  }
  await assert.rejects(sending, { type: 'AUTH_RESTART' })
  assert.deepEqual(seen, [1, 2, 2, 3, 3, 3, 3, 4, 4])
  assert.equal(login.state.at, 'waitPhone')
})

test('a paid code waits until the server says it is paid', async () => {
  const required = {
    _: 'auth.sentCodePaymentRequired',
    storeProduct: 'p',
    phoneCodeHash: 'hash',
    supportEmailAddress: 'a@b.c',
    supportEmailSubject: 's',
    premiumDays: 7,
    currency: 'EUR',
    amount: 2n ** 40n,
  }
  const paid = () => atCode({ sendCode: [() => required], checkPaidAuth: [() => sentCode()] })
  const byForm = await paid()
  assert.equal(byForm.login.state.at === 'waitPayment' && byForm.login.state.amount, String(2n ** 40n))
  assert.equal((await byForm.login.act('checkPaidAuth', { formId: 5n })).at, 'waitCode')
  const byUpdate = await paid()
  const update = { _: 'updateSentPhoneCode', sentCode: sentCode({ phoneCodeHash: 'paid' }) } as const
  byUpdate.server.push({ _: 'updateShort', update, date: 0 })
  const { state } = byUpdate.login
  assert.equal(state.at === 'waitCode' && state.phoneCodeHash, 'paid')
  assert.equal(byUpdate.server.listeners, 0)
})

test('a bot token signs in, and a wrong one is asked for again', async () => {
  const server = new ScriptedServer({
    importBotAuthorization: [
      refusal(400, 'ACCESS_TOKEN_INVALID'),
      refusal(500, 'AUTH_RESTART'),
      () => authorization,
    ],
  })
  const login = await createLogin(server, quick)
  const refused = await login.act('importBotAuthorization', { botAuthToken: '1:a' })
  assert.deepEqual([refused.at, problemIn(refused)], ['waitPhone', 'ACCESS_TOKEN_INVALID'])
  assert.equal(login.problem?.type, 'ACCESS_TOKEN_INVALID')
  assert.equal((await login.act('importBotAuthorization', { botAuthToken: '1:b' })).at, 'authorized')
  assert.equal(login.problem, undefined)
})
