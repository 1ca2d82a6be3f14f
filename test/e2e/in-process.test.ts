/** In-process calls are checked by the same rules as the console's HTTP API, and say what is wrong. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { UsageError } from '@cablegram/tl'
import { sendCode, testPhone } from './logins.ts'

const server = await startServer({ store: 'memory', testClock: true })
after(() => server.close())

const CHANNELS =
  '"app", "sms", "call", "flashCall", "missedCall", "email", "setUpEmail", "fragment", "firebase", "smsWord", "smsPhrase" or "payment"'

/** A JavaScript program can pass anything. */
type Call = (calls: CablegramServer, given: never) => unknown

const wrong: readonly (readonly [call: Call, given: unknown, message: string])[] = [
  [
    ({ phoneRules }, given) => phoneRules.put('999662', given),
    { rule: 'channels', channels: ['SMS'] },
    `rule.channels[0] has to be ${CHANNELS}, not "SMS". Did you mean "sms"?`,
  ],
  [
    ({ phoneRules }, given) => phoneRules.put('999662', given),
    { rule: 'banned' },
    'rule.rule has to be "ban", "protect", "migrate" or "channels", not "banned". Did you mean "ban"?',
  ],
  [
    ({ phoneRules }, given) => phoneRules.put('999662', given),
    {},
    'rule.rule is missing: it has to be "ban", "protect", "migrate" or "channels".',
  ],
  [
    ({ phoneRules }, given) => phoneRules.put('999662', given),
    { rule: 'channels', chanels: ['sms'] },
    'There is no field rule.chanels. Did you mean channels?',
  ],
  [
    ({ phoneRules }, given) => phoneRules.put('999662', given),
    { rule: 'migrate', dc: 2.5 },
    'rule.dc has to be a whole number from 1 to 9, not 2.5.',
  ],
  [
    ({ phoneRules }, given) => phoneRules.put(given, { rule: 'ban' }),
    999662,
    'digits has to be text with digits, at most 64 characters, not 999662.',
  ],
  [
    ({ phoneRules }, given) => phoneRules.put(given, { rule: 'ban' }),
    'all',
    'digits has to be text with digits, at most 64 characters.',
  ],
  [
    ({ phoneRules }, given) => phoneRules.put('999662', given),
    { rule: 'channels', channels: [] },
    'rule.channels has to be a list of 1 to 12 values, not 0.',
  ],
  [
    ({ users }, given) => users.create(given),
    { phone: '+9996621234' },
    'user.firstName is missing: it has to be text of 1 to 64 characters, not all invisible.',
  ],
  [
    ({ users }, given) => users.create(given),
    { phone: '+9996621234', firstName: 'Ada', pasword: 'secret' },
    'There is no field user.pasword. Did you mean password?',
  ],
  [
    ({ users }, given) => users.create(given),
    { phone: '+9996621234', firstName: 'Ada', password: 12345 },
    'user.password has to be text of 1 to 256 characters, not 12345.',
  ],
  [
    ({ users }, given) => users.create(given),
    null,
    'user has to be an object with phone and firstName, not null.',
  ],
  [
    ({ users }, given) => users.change(given, { password: null }),
    1000001n,
    'id has to be a whole number from 1 to 9007199254740991, not the bigint 1000001n.',
  ],
  [
    ({ users }, given) => users.removeSession(1, given),
    123n,
    'hash has to be the digits of a session hash, not the bigint 123n.',
  ],
  [
    ({ apps }, given) => apps.create(given),
    {},
    'app.title is missing: it has to be text of 1 to 64 characters.',
  ],
  [
    ({ apps }, given) => apps.put(17349, given),
    { title: 'Desktop', apiHash: 'ABC' },
    'app.apiHash has to be 32 lower-case hex digits.',
  ],
  [
    ({ apps }, given) => apps.put(given, { title: 'Desktop', apiHash: 'a'.repeat(32) }),
    8_326_417_308,
    'apiId has to be a whole number from 1 to 2147483647, not 8326417308.',
  ],
  [
    ({ bots }, given) => bots.create(given),
    { name: 'echo_bot' },
    'bot.username is missing: it has to be text of at most 32 characters.',
  ],
  [
    ({ webTokens }, given) => webTokens.create(given),
    '+9996621234',
    'request has to be an object with phone, not text.',
  ],
  [
    ({ faults }, given) => faults.add(given),
    { error: { code: '420', type: 'FLOOD_WAIT_30' } },
    'fault.error.code has to be a whole number from -2147483648 to 2147483647, not "420".',
  ],
  [
    ({ faults }, given) => faults.add(given),
    { transport: 404 },
    'fault.transport has to be -404, -429 or -444, not 404.',
  ],
  [
    ({ faults }, given) => faults.add(given),
    { close: 'yes' },
    'fault.close has to be true or false, not text.',
  ],
  [
    ({ clock }, given) => clock.advance(given),
    '5m',
    'seconds has to be a number from 0 to 316224000, not text.',
  ],
  [
    ({ clock }, given) => clock.advance(given),
    Number.NaN,
    'seconds has to be a number from 0 to 316224000, not NaN.',
  ],
  [
    ({ networkRules }, given) => networkRules.put('192.0.2.1', given),
    { dc: 'two' },
    'rule.dc has to be a whole number from 1 to 9, not "two".',
  ],
  [
    ({ payments }, given) => payments.settle(given),
    undefined,
    'phone is missing: it has to be text with digits, at most 64 characters.',
  ],
  [
    ({ codes }, given) => codes.waitFor(given),
    undefined,
    'phone is missing: it has to be text with digits, at most 64 characters.',
  ],
  [
    ({ codes }, given) => codes.waitFor('+9996621234', given),
    { timeout: 5 },
    'There is no field wait.timeout. Did you mean timeoutMs?',
  ],
  [
    ({ audit }, given) => audit.list(given),
    { limit: 100_000 },
    'filter.limit has to be a whole number from 1 to 1000, not 100000.',
  ],
]

for (const [call, given, message] of wrong) {
  test(`an in-process call is refused: ${message}`, async () => {
    await assert.rejects(
      async () => call(server, given as never),
      (error: unknown) => {
        assert.ok(error instanceof UsageError)
        assert.deepEqual([error.code, error.message], ['REQUEST_INVALID', message])
        return true
      },
    )
  })
}

test('HTTP calls are refused by the same rules', async () => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ rule: 'channels', channels: ['SMS'] })
  const response = await fetch(`${server.info.console}/api/phone-rules/999662`, {
    method: 'PUT',
    headers,
    body,
  })
  assert.equal(response.status, 400)
  assert.deepEqual(await response.json(), {
    error: {
      code: 'REQUEST_INVALID',
      message: `body.channels[0] has to be ${CHANNELS}, not "SMS". Did you mean "sms"?`,
      next: 'Compare the request with /openapi.json.',
    },
  })
})

test('a refusal is a UsageError with the next step', async () => {
  await server.users.create({ phone: testPhone(1), firstName: 'Ada' })
  await assert.rejects(server.users.create({ phone: testPhone(1), firstName: 'Ada' }), (error: unknown) => {
    assert.ok(error instanceof UsageError)
    assert.equal(error.code, 'PHONE_NUMBER_OCCUPIED')
    assert.match(error.message, /^The server refused: .+\. .+\.$/)
    return true
  })
  assert.throws(() => server.faults.add({ method: 'auth.sendcode', close: true }), {
    name: 'UsageError',
    code: 'FAULT_INVALID',
    message: 'No layer has a method auth.sendcode. Did you mean auth.sendCode?',
  })
  await using real = await startServer({ store: 'memory' })
  await assert.rejects(real.clock.advance(1), { name: 'UsageError', code: 'TEST_CLOCK_OFF' })
})

test('a call to a server that was closed says so', async () => {
  const closed = await startServer({ store: 'memory' })
  await closed.close()
  const call = closed.people.create({ firstName: 'Ada' })
  await assert.rejects(call, { name: 'UsageError', message: 'This server was closed: start another one.' })
})

test('a number may be written as people write it', async () => {
  const { id } = await server.users.create({ phone: '+999 66 2 0002', firstName: 'Grace' })
  assert.equal((await server.users.list('+999-66-2-0002'))[0]?.id, id)
  assert.ok((await server.users.list()).length > 0)
})

test('a refused change changes nothing', async () => {
  const { id } = await server.users.create({ phone: testPhone(44), firstName: 'Grace' })
  const change = { password: 'correct horse', loginEmail: 'grace' }
  await assert.rejects(server.users.change(id, change), { code: 'EMAIL_INVALID' })
  assert.equal((await server.users.list(testPhone(44)))[0]?.hasPassword, false)
})

test('codes.waitFor returns no expired code', async () => {
  const client = new TelegramClient(memorySession(), { server: server.info })
  const phone = testPhone(3)
  await sendCode(client, server.info, phone)
  await server.clock.advance(24 * 60 * 60)
  assert.equal((await server.codes.list(phone))[0]?.state, 'expired')
  await assert.rejects(server.codes.waitFor(phone, { timeoutMs: 10 }), { code: 'CODE_TIMEOUT' })
  await client.close()
})
