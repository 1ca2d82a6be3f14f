import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InputPasskeyCredential } from '@cablegram/tl/api'
import { createLogin } from './machine.ts'
import { acceptLogin, parseLoginUrl } from './qr-url.ts'
import { settled, TestClock } from './test-clock.ts'
import { authorization, refusal, ScriptedServer, sentCode, times } from './test-server.ts'

const scanned = {
  _: 'updateShort',
  update: { _: 'updateLoginToken' },
  date: 0,
} as const
const success = () => ({ _: 'auth.loginTokenSuccess', authorization })
const migrate = () => ({ _: 'auth.loginTokenMigrateTo', dcId: 4, token: new Uint8Array([9]) })

async function atQr(answers: ConstructorParameters<typeof ScriptedServer>[0], options = {}) {
  const clock = new TestClock()
  const server = new ScriptedServer(answers)
  server.clock = clock
  const login = await createLogin(server, { clock, restartPauseMs: 0, ...options })
  await login.act('exportLoginToken')
  return { server, login, clock }
}

/** A token that lives for half a minute of the test clock. */
function token(byte: number, expiresInS = 30) {
  const expires = new TestClock().nowMs() / 1000 + expiresInS
  return () => ({ _: 'auth.loginToken', expires, token: new Uint8Array([byte, 0xff, 0xfe]) })
}

test('a QR code is shown and signs in when it is scanned', async () => {
  const { login, server, clock } = await atQr({ exportLoginToken: [token(1), success] }, { exceptIds: [5n] })
  const { state } = login
  assert.ok(state.at === 'waitQr')
  assert.equal(state.url, 'tg://login?token=Af_-')
  assert.deepEqual(server.requests[0], { apiId: 1, apiHash: 'secret', exceptIds: [5n] })
  server.push(scanned)
  await settled()
  assert.equal(login.state.at, 'authorized')
  assert.deepEqual([server.listeners, clock.waiting], [0, 0])
})

test('an expired QR code is renewed automatically', async () => {
  const { login, clock } = await atQr({ exportLoginToken: [token(1), token(2, 60)] })
  await clock.advance(29_999)
  assert.equal(login.state.at === 'waitQr' && login.state.url, 'tg://login?token=Af_-')
  await clock.advance(1)
  assert.equal(login.state.at === 'waitQr' && login.state.url, 'tg://login?token=Av_-')
})

test('a failed renewal is retried after the wait the server gave', async () => {
  const { login, clock } = await atQr({
    exportLoginToken: [token(1), refusal(420, 'FLOOD_WAIT_9'), token(2, 90)],
  })
  await clock.advance(30_000)
  assert.equal(login.state.at === 'waitQr' && login.state.problem?.type, 'FLOOD_WAIT')
  await clock.advance(8_999)
  assert.equal(login.state.at === 'waitQr' && login.state.url, 'tg://login?token=Af_-')
  await clock.advance(1)
  assert.equal(login.state.at === 'waitQr' && login.state.url, 'tg://login?token=Av_-')
})

/** A server whose tokens live for half a minute of its own clock. */
async function atServerClock(localMs: number, serverMs: () => number, knownMs: () => number = serverMs) {
  const clock = new TestClock()
  clock.set(localMs)
  let sentAtMs: number[] = []
  const exportLoginToken = times(99, () => {
    sentAtMs = [...sentAtMs, serverMs()]
    return { _: 'auth.loginToken', expires: Math.floor(serverMs() / 1000) + 30, token: new Uint8Array([1]) }
  })
  const server = new ScriptedServer({ exportLoginToken })
  server.clock = { nowMs: knownMs }
  const login = await createLogin(server, { clock })
  await login.act('exportLoginToken')
  return {
    clock,
    login,
    pausesMs: () => sentAtMs.slice(1).map((atMs, index) => atMs - (sentAtMs[index] ?? 0)),
  }
}

const SERVER_MS = 1_795_910_400_000

test('QR codes are renewed once every 30 s of server time, whatever the local clock says', async () => {
  for (const wrongByS of [0, 20, 60, 150, 3_600, 86_400 * 365, -20, -60, -3_600, -86_400 * 365 * 56]) {
    let passedMs = 0
    const { clock, pausesMs } = await atServerClock(SERVER_MS + wrongByS * 1_000, () => SERVER_MS + passedMs)
    while (passedMs < 95_000) {
      passedMs += 500
      await clock.advance(500)
    }
    assert.deepEqual(pausesMs(), [30_000, 30_000, 30_000], `${wrongByS} s`)
  }
})

test('a QR code lives 30 s if the server time is unknown or the local clock was just set', async () => {
  for (const wrongByS of [60, 3_600, -60, -3_600]) {
    let passedMs = 0
    const known = () => SERVER_MS + passedMs + wrongByS * 1_000
    const { clock, pausesMs } = await atServerClock(known(), () => SERVER_MS + passedMs, known)
    while (passedMs < 95_000) {
      passedMs += 500
      await clock.advance(500)
    }
    assert.deepEqual(pausesMs(), [30_000, 30_000, 30_000], `${wrongByS} s`)
  }
})

test('setting the clock while a QR code is shown makes no renewal early or late', async () => {
  let passedMs = 0
  const { clock, pausesMs } = await atServerClock(SERVER_MS, () => SERVER_MS + passedMs)
  while (passedMs < 95_000) {
    passedMs += 500
    if (passedMs === 10_000) clock.set(0)
    if (passedMs === 50_000) clock.set(2 * SERVER_MS)
    await clock.advance(500)
  }
  assert.deepEqual(pausesMs(), [30_000, 30_000, 30_000])
})

test('tokens that arrive expired cause no burst of renewals', async () => {
  const { server, clock } = await atQr({ exportLoginToken: times(9, token(1, -3600)) })
  await clock.advance(29_999)
  assert.equal(server.asked.length, 1)
  await clock.advance(1)
  assert.equal(server.asked.length, 2)
})

test('a closed login renews nothing', async () => {
  const { login, server, clock } = await atQr({ exportLoginToken: [token(1), refusal(420, 'FLOOD_WAIT_9')] })
  await clock.advance(30_000)
  login.close()
  await clock.advance(60_000)
  server.push(scanned)
  await settled()
  assert.equal(server.asked.length, 2)
})

test('a number typed beside the QR code continues with that number', async () => {
  const { login, server, clock } = await atQr({
    exportLoginToken: [token(1)],
    sendCode: [refusal(406, 'PHONE_NUMBER_INVALID'), () => sentCode()],
  })
  const refused = await login.act('sendCode', { phoneNumber: 'x' })
  assert.equal(refused.at === 'waitQr' && refused.problem?.type, 'PHONE_NUMBER_INVALID')
  await login.act('sendCode', { phoneNumber: '+1' })
  server.push(scanned)
  await clock.advance(60_000)
  assert.equal(login.state.at, 'waitCode')
  assert.equal(server.asked.filter((method) => method === 'exportLoginToken').length, 1)
})

test('a login scanned by a user of another data centre moves there, password included', async () => {
  const { login, server } = await atQr({
    exportLoginToken: [token(1), migrate],
    importLoginToken: [refusal(401, 'SESSION_PASSWORD_NEEDED')],
    getPassword: [() => ({ _: 'account.password', hint: 'h' })],
  })
  server.push(scanned)
  await settled()
  assert.deepEqual(login.state, { at: 'waitPassword', hint: 'h', hasRecovery: false })
  assert.equal(server.dcId, 4)
  assert.deepEqual(server.requests[2], { token: new Uint8Array([9]) })
})

test('a token that expired in transit is replaced, a limited number of times', async () => {
  const { login } = await atQr({
    exportLoginToken: [migrate, token(3)],
    importLoginToken: [refusal(400, 'AUTH_TOKEN_EXPIRED')],
  })
  assert.equal(login.state.at === 'waitQr' && login.state.url, 'tg://login?token=A__-')
  const server = new ScriptedServer({
    exportLoginToken: times(9, migrate),
    importLoginToken: times(9, refusal(400, 'AUTH_TOKEN_EXPIRED')),
  })
  const endless = await createLogin(server, { maxDetours: 2, restartPauseMs: 0 })
  await assert.rejects(endless.act('exportLoginToken'), { type: 'AUTH_TOKEN_EXPIRED' })
  assert.equal(endless.state.at, 'waitPhone')
})

test('a token that is redirected without end is an error', async () => {
  const server = new ScriptedServer({ exportLoginToken: [migrate], importLoginToken: times(9, migrate) })
  const login = await createLogin(server)
  await assert.rejects(login.act('exportLoginToken'), { code: 'MIGRATION_LOOP' })
  assert.equal(server.asked.length, 4)
})

test('the confirming device sends the token of the QR code', async () => {
  const sent: Uint8Array[] = []
  const auth = { acceptLoginToken: async ({ token }: { token: Uint8Array }) => sent.push(token) as never }
  for (const url of ['tg://login?token=Af_-', ' tg://login?\n  token=A\u200bf_-.\n'])
    await acceptLogin({ auth }, url)
  assert.deepEqual(sent, [new Uint8Array([1, 0xff, 0xfe]), new Uint8Array([1, 0xff, 0xfe])])
  for (const wrong of ['', 'tg://login?token=', 'tg://login?token=*', 'https://t.me/x']) {
    assert.throws(() => parseLoginUrl(wrong), { code: 'LOGIN_URL_INVALID' })
  }
})

test('a passkey signs in at the data centre it names', async () => {
  const server = new ScriptedServer({
    initPasskeyLogin: ['1', '2'].map((n) => () => ({ options: { _: 'dataJSON', data: n } })),
    finishPasskeyLogin: [refusal(400, 'CREDENTIAL_INVALID'), () => authorization],
  })
  const login = await createLogin(server)
  assert.deepEqual(await login.act('initPasskeyLogin'), { at: 'waitPasskey', options: '1' })
  const credential: InputPasskeyCredential = {
    _: 'inputPasskeyCredentialPublicKey',
    id: 'i',
    rawId: 'i',
    response: {
      _: 'inputPasskeyResponseLogin',
      clientData: { _: 'dataJSON', data: '{}' },
      authenticatorData: new Uint8Array(1),
      signature: new Uint8Array(1),
      userHandle: '4:7',
    },
  }
  const refused = await login.act('finishPasskeyLogin', { credential })
  assert.ok(refused.at === 'waitPasskey')
  assert.deepEqual([refused.options, refused.problem?.type], ['2', 'CREDENTIAL_INVALID'])
  assert.deepEqual(server.requests[1], { credential, fromDcId: 2, fromAuthKeyId: 99n })
  assert.equal(server.dcId, 4)
  assert.equal((await login.act('finishPasskeyLogin', { credential })).at, 'authorized')
})
