import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LoginActionError } from './actions.ts'
import { createLogin } from './machine.ts'
import type { LoginState } from './states.ts'
import { TestClock } from './test-clock.ts'
import { authorization, refusal, ScriptedServer, sentCode, user } from './test-server.ts'

const MINUTE_MS = 60_000

test('a number and a code sign in, by the actions that each state names', async () => {
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

test('a step has the actions of its state as methods', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], signIn: [() => authorization] })
  let { step } = await createLogin(server)
  if (step.at === 'waitPhone') step = await step.sendCode({ phoneNumber: '+1' })
  assert.ok(step.at === 'waitCode' && !('exportLoginToken' in step))
  assert.equal(step.phoneNumber, '+1')
  step = await step.signIn({ code: '1' })
  assert.equal(step.at, 'authorized')
})

test('an action that is not legal says which are, and changes nothing', async () => {
  const login = await createLogin(new ScriptedServer({}))
  const before = login.state
  await assert.rejects(login.act('signIn', { code: '1' }), (error) => {
    assert.ok(error instanceof LoginActionError)
    assert.equal(error.code, 'LOGIN_ACTION_ILLEGAL')
    assert.equal(error.at, 'waitPhone')
    assert.deepEqual(error.legal, login.actions)
    assert.match(error.message, /signIn cannot be done in the state waitPhone .* sendCode, /)
    return true
  })
  assert.equal(login.state, before)
})

test('what no other answer can mend rejects the action, and it may be repeated', async () => {
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

test('actions at the same time happen one after the other', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], signIn: [() => authorization] })
  const login = await createLogin(server)
  const both = [login.act('sendCode', { phoneNumber: '+1' }), login.act('signIn', { code: '1' })]
  assert.deepEqual(
    (await Promise.all(both)).map(({ at }) => at),
    ['waitCode', 'authorized'],
  )
})

test('listeners hear of every state, until they stop', async () => {
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

test('giving up calls the code off, and keeps nothing', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], cancelCode: [() => true] })
  const login = await createLogin(server)
  await login.act('sendCode', { phoneNumber: '+1' })
  assert.ok(server.pendingLogin)
  assert.equal(server.saves, 1)
  assert.deepEqual(await login.act('cancel'), { at: 'closed' })
  assert.deepEqual(server.requests[1], { phoneNumber: '+1', phoneCodeHash: 'hash' })
  assert.equal(server.pendingLogin, undefined)
  await assert.rejects(login.act('cancel'), { code: 'LOGIN_ACTION_ILLEGAL', message: /what can: nothing/ })
})

test('giving up succeeds where the code cannot be called off', async () => {
  const server = new ScriptedServer({
    sendCode: [() => sentCode()],
    cancelCode: [refusal(400, 'PHONE_CODE_EXPIRED')],
  })
  const login = await createLogin(server)
  await login.act('sendCode', { phoneNumber: '+1' })
  assert.equal((await login.act('cancel')).at, 'closed')
})

test('another number calls the first code off', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], cancelCode: [() => true] })
  const login = await createLogin(server)
  await login.act('sendCode', { phoneNumber: '+1' })
  assert.deepEqual(await login.act('changeNumber'), { at: 'waitPhone', phoneNumber: '+1' })
  assert.deepEqual(server.asked, ['sendCode', 'cancelCode'])
})

test('who is signed in already is authorized, without a question', async () => {
  const server = new ScriptedServer({})
  server.userId = 7n
  const login = await createLogin(server)
  assert.equal(login.state.at, 'authorized')
  assert.equal(login.user, user)
})

/** A server at which a login with a code on its way was left, and the clock it was left at. */
async function leftAtCode() {
  const clock = new TestClock()
  const server = new ScriptedServer({
    sendCode: [() => sentCode({ timeout: 60, nextType: { _: 'auth.codeTypeCall' } })],
    signIn: [() => authorization],
  })
  const login = await createLogin(server, { clock })
  await login.act('sendCode', { phoneNumber: '+1' })
  login.close()
  return { server, clock, left: login.state }
}

test('a code on its way survives a restart for five minutes', async () => {
  const { server, clock, left } = await leftAtCode()
  await clock.advance(5 * MINUTE_MS - 1)
  const again = await createLogin(server, { clock })
  assert.deepEqual(again.state, left)
  assert.equal((await again.act('signIn', { code: '22222' })).at, 'authorized')
  assert.equal(server.pendingLogin, undefined)
})

test('after five minutes it is forgotten', async () => {
  const { server, clock } = await leftAtCode()
  await clock.advance(5 * MINUTE_MS)
  assert.deepEqual((await createLogin(server, { clock })).state, { at: 'waitPhone' })
  assert.equal(server.pendingLogin, undefined)
})

test('a login of another app, of another version, or a damaged one is not resumed', async () => {
  const { server, clock } = await leftAtCode()
  const kept = server.pendingLogin ?? assert.fail('nothing was kept')
  const state = kept['state'] as object
  const wrong = [
    { ...kept, apiId: 2 },
    { ...kept, version: 2 },
    { ...kept, savedAtMs: 'soon' },
    { ...kept, savedAtMs: clock.nowMs() + 1 },
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

test('a password that is waited for survives a restart for a day', async () => {
  const clock = new TestClock()
  const server = new ScriptedServer({
    sendCode: [refusal(401, 'SESSION_PASSWORD_NEEDED')],
    getPassword: [() => ({ _: 'account.password', hint: 'which?' })],
  })
  const login = await createLogin(server, { clock })
  const left = await login.act('sendCode', { phoneNumber: '+1' })
  await clock.advance(24 * 60 * MINUTE_MS - 1)
  assert.deepEqual((await createLogin(server, { clock })).state, left)
  await clock.advance(1)
  assert.equal((await createLogin(server, { clock })).state.at, 'waitPhone')
})
