import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LoginActionError } from './actions.ts'
import { createLogin } from './machine.ts'
import type { LoginState } from './states.ts'
import { TestClock } from './test-clock.ts'
import { authorization, refusal, ScriptedServer, sentCode, user } from './test-server.ts'

const MINUTE_MS = 60_000

test('a number and a code sign in through the actions that each state offers', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], signIn: [() => authorization] })
  const login = await createLogin(server)
  assert.deepEqual(login.state, { at: 'waitPhone' })
  assert.deepEqual(login.actions, [
    'sendCode',
    'importBotAuthorization',
    'exportLoginToken',
    'initPasskeyLogin',
    'cancel',
  ])
  const sent = await login.act('sendCode', { phoneNumber: ' +1 ' })
  assert.equal(sent.at === 'waitCode' && sent.phoneCodeHash, 'hash')
  assert.deepEqual(login.actions, ['signIn', 'sendCode', 'reportMissingCode', 'changeNumber', 'cancel'])
  const done = await login.act('signIn', { code: '2-2 222' })
  assert.deepEqual(done, { at: 'authorized', user: { id: '7', firstName: 'Ada', phone: '1' } })
  assert.deepEqual(login.actions, [])
  assert.equal(login.user, user)
  assert.equal(server.requests[1]?.['phoneCode'], '22222')
})

test('a step offers the actions of its state as methods', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], signIn: [() => authorization] })
  let { step } = await createLogin(server)
  if (step.at === 'waitPhone') step = await step.sendCode({ phoneNumber: '+1' })
  assert.ok(step.at === 'waitCode' && !('exportLoginToken' in step))
  assert.equal(step.phoneNumber, '+1')
  step = await step.signIn({ code: '1' })
  assert.equal(step.at, 'authorized')
})

test('an action that is not allowed lists the allowed ones and changes nothing', async () => {
  const login = await createLogin(new ScriptedServer({}))
  const before = login.state
  await assert.rejects(login.act('signIn', { code: '1' }), (error) => {
    assert.ok(error instanceof LoginActionError)
    assert.equal(error.code, 'LOGIN_ACTION_ILLEGAL')
    assert.equal(error.at, 'waitPhone')
    assert.deepEqual(error.legal, login.actions)
    assert.match(error.message, /^The state waitPhone does not allow signIn now\. Allowed: sendCode, /)
    return true
  })
  assert.equal(login.state, before)
})

test('wrong parameters of an action are refused by name, and nothing is sent', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()] })
  const login = await createLogin(server)
  const act = (action: string, params: unknown) => login.act(action as 'cancel', params as object)
  const beginning: [string, unknown, RegExp][] = [
    ['sendCode', undefined, /sendCode takes `phoneNumber` as a string, not undefined/],
    ['sendCode', { phoneNumber: 9996621234 }, /`phoneNumber` as a string, not a number/],
    ['sendCode', '+1', /an object, not a string/],
    ['importBotAuthorization', {}, /`botAuthToken` as a string, not undefined/],
  ]
  for (const [action, params, message] of beginning) {
    await assert.rejects(act(action, params), { code: 'LOGIN_PARAMS_INVALID', message })
  }
  assert.deepEqual(server.asked, [])
  await login.act('sendCode', { phoneNumber: '+1' })
  for (const params of [undefined, {}, { code: 22222 }, { code: null }, { phoneCode: '1' }]) {
    await assert.rejects(act('signIn', params), { code: 'LOGIN_PARAMS_INVALID', message: /`code`/ })
  }
  assert.deepEqual(server.asked, ['sendCode'])
})

test('a refusal that no other answer can fix rejects the action, which may be repeated', async () => {
  const server = new ScriptedServer({
    sendCode: [() => sentCode()],
    signIn: [refusal(420, 'FLOOD_WAIT_30'), () => authorization],
  })
  const login = await createLogin(server)
  await login.act('sendCode', { phoneNumber: '+1' })
  await assert.rejects(login.act('signIn', { code: '1' }), { type: 'FLOOD_WAIT', argument: 30 })
  assert.equal(login.state.at, 'waitCode')
  assert.equal((await login.act('signIn', { code: '1' })).at, 'authorized')
})

test('concurrent actions run one after the other', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], signIn: [() => authorization] })
  const login = await createLogin(server)
  const both = [login.act('sendCode', { phoneNumber: '+1' }), login.act('signIn', { code: '1' })]
  assert.deepEqual(
    (await Promise.all(both)).map(({ at }) => at),
    ['waitCode', 'authorized'],
  )
})

test('a listener hears of every state until it is removed', async () => {
  const server = new ScriptedServer({
    sendCode: [() => sentCode()],
    signIn: [refusal(400, 'PHONE_CODE_INVALID'), () => authorization],
  })
  const login = await createLogin(server)
  const heard: LoginState[] = []
  const stop = login.onState((state) => heard.push(state))
  await login.act('sendCode', { phoneNumber: '+1' })
  await login.act('signIn', { code: '1' })
  stop()
  await login.act('signIn', { code: '2' })
  assert.deepEqual(
    heard.map((state) => [state.at, 'problem' in state ? state.problem?.type : undefined]),
    [
      ['waitCode', undefined],
      ['waitCode', 'PHONE_CODE_INVALID'],
    ],
  )
})

test('giving up cancels the code and keeps nothing', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], cancelCode: [() => true] })
  const login = await createLogin(server)
  await login.act('sendCode', { phoneNumber: '+1' })
  assert.ok(server.pendingLogin)
  assert.equal(server.saves, 1)
  assert.deepEqual(await login.act('cancel'), { at: 'closed' })
  assert.deepEqual(server.requests[1], { phoneNumber: '+1', phoneCodeHash: 'hash' })
  assert.equal(server.pendingLogin, undefined)
  await assert.rejects(login.act('cancel'), { code: 'LOGIN_ACTION_ILLEGAL', message: /The login is over/ })
})

test('giving up succeeds even if the code cannot be cancelled', async () => {
  const server = new ScriptedServer({
    sendCode: [() => sentCode()],
    cancelCode: [refusal(400, 'PHONE_CODE_EXPIRED')],
  })
  const login = await createLogin(server)
  await login.act('sendCode', { phoneNumber: '+1' })
  assert.equal((await login.act('cancel')).at, 'closed')
})

test('entering another number cancels the first code', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], cancelCode: [() => true] })
  const login = await createLogin(server)
  await login.act('sendCode', { phoneNumber: '+1' })
  assert.deepEqual(await login.act('changeNumber'), { at: 'waitPhone', phoneNumber: '+1' })
  assert.deepEqual(server.asked, ['sendCode', 'cancelCode'])
})

test('a signed-in client is authorized without a question', async () => {
  const server = new ScriptedServer({})
  server.userId = 7n
  const login = await createLogin(server)
  assert.equal(login.state.at, 'authorized')
  assert.equal(login.user, user)
})

/** A server with a login left after its code was sent, and a local clock that is wrong by this much. */
async function leftAtCode(wrongByMs = 0) {
  const clock = new TestClock()
  const server = new ScriptedServer({
    sendCode: [() => sentCode({ timeout: 60, nextType: { _: 'auth.codeTypeCall' } })],
    signIn: [() => authorization],
  })
  server.clock = { nowMs: () => clock.nowMs() - wrongByMs }
  const login = await createLogin(server, { clock })
  await login.act('sendCode', { phoneNumber: '+1' })
  login.close()
  return { server, clock, left: login.state }
}

test('a pending code survives a restart for five minutes', async () => {
  const { server, clock, left } = await leftAtCode()
  await clock.advance(5 * MINUTE_MS - 1)
  const again = await createLogin(server, { clock })
  assert.deepEqual(again.state, left)
  assert.equal((await again.act('signIn', { code: '22222' })).at, 'authorized')
  assert.equal(server.pendingLogin, undefined)
})

test('a login saved under a wrong clock continues once the clock is right', async () => {
  for (const wrongByMs of [
    -56 * 365 * 24 * 60 * MINUTE_MS,
    -MINUTE_MS,
    90 * MINUTE_MS,
    24 * 60 * MINUTE_MS,
  ]) {
    const { server, clock, left } = await leftAtCode(wrongByMs)
    clock.set(clock.nowMs() - wrongByMs)
    server.clock = clock
    await clock.advance(MINUTE_MS)
    const again = await createLogin(server, { clock })
    assert.ok(again.state.at === 'waitCode' && left.at === 'waitCode')
    assert.equal(again.state.sentAtMs, left.sentAtMs - wrongByMs)
    assert.ok(again.actions.includes('resendCode'))
    assert.equal((await again.act('signIn', { code: '22222' })).at, 'authorized')
  }
})

test('a code can be resent after the clock was set back', async () => {
  const clock = new TestClock()
  const server = new ScriptedServer({
    sendCode: [() => sentCode({ timeout: 60, nextType: { _: 'auth.codeTypeCall' } })],
    resendCode: [() => sentCode()],
  })
  const login = await createLogin(server, { clock })
  await login.act('sendCode', { phoneNumber: '+1' })
  assert.ok(!login.actions.includes('resendCode'))
  clock.set(clock.nowMs() - 60 * MINUTE_MS)
  assert.equal((await login.act('resendCode')).at, 'waitCode')
})

test('a pending login is forgotten after five minutes', async () => {
  const { server, clock } = await leftAtCode()
  await clock.advance(5 * MINUTE_MS)
  assert.deepEqual((await createLogin(server, { clock })).state, { at: 'waitPhone' })
  assert.equal(server.pendingLogin, undefined)
})

test('a login of another app or version, or a damaged one, is not resumed', async () => {
  const { server, clock } = await leftAtCode()
  const kept = server.pendingLogin ?? assert.fail('nothing was kept')
  const state = kept['state'] as object
  const wrong = [
    { ...kept, apiId: 2 },
    { ...kept, version: 2 },
    { ...kept, savedAtMs: 'soon' },
    { ...kept, savedAtMs: clock.nowMs() + MINUTE_MS },
    { ...kept, state: undefined },
    { ...kept, state: { ...state, at: 'elsewhere' } },
    { ...kept, state: { ...state, phoneCodeHash: 5 } },
    { ...kept, state: { ...state, type: null } },
  ]
  for (const pending of wrong) {
    server.keepLogin(pending)
    assert.equal((await createLogin(server, { clock })).state.at, 'waitPhone', JSON.stringify(pending))
  }
})

test('a login that waits for its password survives a restart for a day', async () => {
  const clock = new TestClock()
  const server = new ScriptedServer({
    sendCode: [refusal(401, 'SESSION_PASSWORD_NEEDED')],
    getPassword: [() => ({ _: 'account.password', hint: 'which?' })],
  })
  server.clock = clock
  const login = await createLogin(server, { clock })
  const left = await login.act('sendCode', { phoneNumber: '+1' })
  await clock.advance(24 * 60 * MINUTE_MS - 1)
  assert.deepEqual((await createLogin(server, { clock })).state, left)
  await clock.advance(1)
  assert.equal((await createLogin(server, { clock })).state.at, 'waitPhone')
})

test('an error in a state listener goes to the client, and the login continues', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()] })
  const login = await createLogin(server)
  const states: string[] = []
  login.onState(() => {
    throw new Error('a bug')
  })
  login.onState(({ at }) => states.push(at))
  await login.act('sendCode', { phoneNumber: '+1' })
  assert.deepEqual([states, String(server.errors)], [['waitCode'], 'Error: a bug'])
  login.close()
})
