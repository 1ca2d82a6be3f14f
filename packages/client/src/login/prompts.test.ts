import assert from 'node:assert/strict'
import { test } from 'node:test'
import { login } from './login.ts'
import { createLogin } from './machine.ts'
import type { LoginPrompts } from './prompts.ts'
import { settled, TestClock } from './test-clock.ts'
import { authorization, refusal, ScriptedServer, sentCode, times, user } from './test-server.ts'

/** Prompts that fail the test unless given. */
function prompts(given: Partial<LoginPrompts>): LoginPrompts {
  const unasked = (name: string) => () => assert.fail(`asked for the ${name}`)
  return {
    phone: async () => '+1',
    code: unasked('code'),
    password: unasked('password'),
    name: unasked('name'),
    ...given,
  }
}

const byEmail = { _: 'auth.sentCodeTypeEmailCode', emailPattern: 'a**@b.c', length: 6 } as const
const scanned = { _: 'updateShort', update: { _: 'updateLoginToken' }, date: 0 } as const
const token = () => ({ _: 'auth.loginToken', expires: 0, token: new Uint8Array([1]) })

test('start() asks for an e-mail, its code and then the login code', async () => {
  const server = new ScriptedServer({
    sendCode: [() => sentCode({ type: { _: 'auth.sentCodeTypeSetUpEmailRequired' } })],
    sendVerifyEmailCode: [() => ({ _: 'account.sentEmailCode', emailPattern: 'a**@b.c', length: 6 })],
    verifyEmail: [
      () => ({ _: 'account.emailVerifiedLogin', email: 'a@b.c', sentCode: sentCode({ type: byEmail }) }),
    ],
    signIn: [() => authorization],
  })
  const asked: unknown[] = []
  const person = prompts({
    email: async () => 'a@b.c',
    code: async ({ sent, length }) => {
      asked.push([sent.type._, length])
      return '123456'
    },
  })
  assert.equal(await login(server, person), user)
  assert.deepEqual(asked, [
    ['auth.sentCodeTypeEmailCode', 6],
    ['auth.sentCodeTypeEmailCode', 6],
  ])
})

test('the payment prompt runs once, and the code is asked for when the server says it is paid', async () => {
  const required = {
    _: 'auth.sentCodePaymentRequired',
    storeProduct: 'p',
    phoneCodeHash: 'hash',
    supportEmailAddress: 'a@b.c',
    supportEmailSubject: 's',
    premiumDays: 7,
    currency: 'EUR',
    amount: 99n,
  }
  const server = new ScriptedServer({ sendCode: [() => required], signIn: [() => authorization] })
  const said: unknown[] = []
  const person = prompts({
    payment: ({ phoneNumber, currency, amount }) => said.push([phoneNumber, currency, amount]),
    code: async ({ sent }) => {
      said.push(sent.phoneCodeHash)
      return '12345'
    },
  })
  const signedIn = login(server, person)
  await settled()
  assert.deepEqual(said, [['+1', 'EUR', '99']])
  const update = { _: 'updateSentPhoneCode', sentCode: sentCode({ phoneCodeHash: 'paid' }) } as const
  server.push({ _: 'updateShort', update, date: 0 })
  assert.equal(await signedIn, user)
  assert.deepEqual(said.slice(1), ['paid'])
})

test('an unreadable login e-mail is removed if a prompt confirms it', async () => {
  const answers = () => ({
    sendCode: [() => sentCode({ type: { ...byEmail, resetAvailablePeriod: 100 } })],
    resetLoginEmail: [
      () => sentCode({ type: { ...byEmail, resetPendingDate: 5 } }),
      () => sentCode({ phoneCodeHash: 'sms' }),
    ],
    signIn: [() => authorization],
  })
  const said: unknown[] = []
  const typed = ['', '', '', '54321']
  const person = prompts({
    code: async ({ hasReset }) => {
      said.push(hasReset)
      return typed.shift() ?? assert.fail()
    },
    resetEmail: async ({ afterS, pendingAtS }) => {
      said.push([afterS, pendingAtS])
      return said.length > 2
    },
  })
  const server = new ScriptedServer(answers())
  assert.equal(await login(server, person), user)
  const [asks, pending] = [
    [100, undefined],
    [undefined, 5],
  ]
  assert.deepEqual(said, [true, asks, true, asks, true, pending, undefined])
  assert.deepEqual(server.asked, ['sendCode', 'resetLoginEmail', 'resetLoginEmail', 'signIn'])

  const silent = prompts({
    code: async ({ hasReset }) => {
      assert.equal(hasReset, undefined)
      return '54321'
    },
  })
  const other = new ScriptedServer(answers())
  assert.equal(await login(other, silent), user)
  assert.deepEqual(other.asked, ['sendCode', 'signIn'])
})

const password = () => ({
  _: 'account.password',
  hasRecovery: true,
  newAlgo: { _: 'passwordKdfAlgoUnknown' },
})

test('an empty password starts recovery if there is a prompt for its code', async () => {
  const server = new ScriptedServer({
    sendCode: [refusal(401, 'SESSION_PASSWORD_NEEDED')],
    getPassword: times(9, password),
    requestPasswordRecovery: times(2, () => ({ _: 'auth.passwordRecovery', emailPattern: 'a**@b.c' })),
    checkRecoveryPassword: [refusal(400, 'CODE_INVALID'), () => true],
    recoverPassword: [() => authorization],
  })
  const codes = ['', '1', '2']
  const problems: (string | undefined)[] = []
  const person = prompts({
    password: async ({ hasRecovery }) => {
      assert.ok(hasRecovery)
      return ''
    },
    recoveryCode: async ({ problem }) => {
      problems.push(problem?.type)
      return codes.shift() ?? assert.fail('asked too often')
    },
  })
  assert.equal(await login(server, person), user)
  assert.deepEqual(problems, [undefined, undefined, 'CODE_INVALID'])
  assert.deepEqual(server.requests.at(-1), { code: '2' })
})

test('an empty password is refused before it is sent if there is no recovery prompt', async () => {
  const server = new ScriptedServer({
    sendCode: [refusal(401, 'SESSION_PASSWORD_NEEDED')],
    getPassword: times(9, password),
  })
  const person = prompts({
    password: async ({ hasRecovery }) => {
      assert.equal(hasRecovery, false)
      return ''
    },
  })
  await assert.rejects(login(server, person), { code: 'PROMPT_ANSWER_INVALID', message: /`password`/ })
  assert.ok(!server.asked.includes('checkPassword'))
})

test('a scanned QR code ends the question for the number, and a password may follow', async () => {
  const server = new ScriptedServer({
    exportLoginToken: [token, refusal(401, 'SESSION_PASSWORD_NEEDED')],
    getPassword: times(9, password),
    checkPassword: [() => authorization],
  })
  const urls: string[] = []
  const person = prompts({
    qr: ({ url }) => urls.push(url),
    phone: ({ signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason))
        server.push(scanned)
      }),
    password: async () => 'p',
  })
  assert.equal(await login(server, person), user)
  assert.deepEqual(urls, ['tg://login?token=AQ'])
})

test('only the number is asked for if the server has no QR codes', async () => {
  const server = new ScriptedServer({
    exportLoginToken: [refusal(400, 'METHOD_NOT_IMPLEMENTED')],
    sendCode: [refusal(406, 'PHONE_NUMBER_INVALID'), () => sentCode()],
    signIn: [() => authorization],
  })
  const numbers = ['+1', '+2']
  const person = prompts({
    qr: () => assert.fail('the server has no QR codes'),
    phone: async () => numbers.shift() ?? assert.fail('asked too often'),
    code: async () => '1',
  })
  assert.equal(await login(server, person), user)
  assert.equal(server.asked.filter((method) => method === 'exportLoginToken').length, 1)
})

test('an empty answer waits until the code can be resent', async () => {
  const clock = new TestClock()
  const server = new ScriptedServer({
    sendCode: [() => sentCode({ nextType: { _: 'auth.codeTypeCall' }, timeout: 60 })],
    resendCode: [() => sentCode()],
    signIn: [() => authorization],
  })
  const codes = ['', '1']
  const running = login(server, prompts({ code: async () => codes.shift() ?? '' }), { clock })
  await settled()
  assert.deepEqual(server.asked, ['sendCode'])
  await clock.advance(60_000)
  assert.equal(await running, user)
  assert.deepEqual(server.asked, ['sendCode', 'resendCode', 'signIn'])
})

/** A server with a login for this number, left at its code. */
async function left(answers: ConstructorParameters<typeof ScriptedServer>[0]) {
  const server = new ScriptedServer({ sendCode: [() => sentCode(), () => sentCode()], ...answers })
  const machine = await createLogin(server)
  await machine.act('sendCode', { phoneNumber: '+1 234' })
  return server
}

test('a saved login resumes for its own number', async () => {
  const server = await left({ signIn: [() => authorization] })
  const person = prompts({ phone: async () => '+12-34', code: async () => '1' })
  assert.equal(await login(server, person), user)
  assert.deepEqual(server.asked, ['sendCode', 'signIn'])
})

test('a saved login is cancelled when another number is given', async () => {
  const server = await left({ cancelCode: [() => true], signIn: [() => authorization] })
  await login(server, prompts({ phone: async () => '+15', code: async () => '1' }))
  assert.deepEqual(server.asked, ['sendCode', 'cancelCode', 'sendCode', 'signIn'])
  assert.equal(server.requests.at(-1)?.['phoneNumber'], '+15')
})

test('giving up a login cancels its code and rejects with the reason', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], cancelCode: [() => true] })
  const controller = new AbortController()
  const person = prompts({
    code: () => {
      controller.abort(new Error('had enough'))
      return new Promise(() => {})
    },
  })
  await assert.rejects(login(server, person, { signal: controller.signal }), { message: 'had enough' })
  assert.deepEqual(server.asked, ['sendCode', 'cancelCode'])
  await assert.rejects(login(server, person, { signal: controller.signal }), { message: 'had enough' })
})

test('a prompt that throws ends start(), and the login can be resumed', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()] })
  const person = prompts({ code: () => Promise.reject(new Error('no more lines')) })
  await assert.rejects(login(server, person), { message: 'no more lines' })
  assert.deepEqual(server.asked, ['sendCode'])
  assert.ok(server.pendingLogin)
})

test('an empty answer waits no longer than the server said even if the clock is set back', async () => {
  const clock = new TestClock()
  const server = new ScriptedServer({
    sendCode: [() => sentCode({ nextType: { _: 'auth.codeTypeCall' }, timeout: 60 })],
    resendCode: [() => sentCode()],
    signIn: [() => authorization],
  })
  const codes = ['', '1']
  const code = async () => {
    if (codes.length === 2) clock.set(0)
    return codes.shift() ?? ''
  }
  assert.equal(await login(server, prompts({ code }), { clock }), user)
  assert.deepEqual(server.asked, ['sendCode', 'resendCode', 'signIn'])
})
