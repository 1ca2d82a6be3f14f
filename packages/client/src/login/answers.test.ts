import assert from 'node:assert/strict'
import { test } from 'node:test'
import { login } from './login.ts'
import type { LoginPrompts } from './prompts.ts'
import { settled, TestClock } from './test-clock.ts'
import { authorization, refusal, ScriptedServer, sentCode, times, user } from './test-server.ts'
import { plainWords } from './typed.ts'

type Answers = ConstructorParameters<typeof ScriptedServer>[0]

const byEmail = { _: 'auth.sentCodeTypeEmailCode', emailPattern: 'a**@b.c', length: 6 } as const
const setUpEmail = () => sentCode({ type: { _: 'auth.sentCodeTypeSetUpEmailRequired' } })
const sentEmail = () => ({ _: 'account.sentEmailCode', emailPattern: 'a**@b.c', length: 6 })
const signUpRequired = () => ({ _: 'auth.authorizationSignUpRequired' })
const recovery = () => ({ _: 'auth.passwordRecovery', emailPattern: 'a**@b.c' })
const newAlgo = { _: 'passwordKdfAlgoUnknown' }
const password = () => ({ _: 'account.password', hasRecovery: true, newAlgo })
const passwordNeeded = {
  sendCode: [refusal(401, 'SESSION_PASSWORD_NEEDED')],
  getPassword: times(99, password),
}

/** Valid answers to every question of a login. */
const good = {
  phone: async () => '+1',
  code: async () => '1',
  password: async () => 'p',
  name: async () => ({ firstName: 'Ada' }),
}

/** For each prompt: a server that leads to it, and the questions before it. */
const ASKED_BY: { readonly [Name in keyof LoginPrompts]?: { answers: () => Answers; before: string[] } } = {
  phone: { answers: () => ({}), before: [] },
  code: { answers: () => ({ sendCode: [() => sentCode()] }), before: ['sendCode'] },
  password: { answers: () => passwordNeeded, before: ['sendCode', 'getPassword'] },
  name: {
    answers: () => ({ sendCode: [() => sentCode()], signIn: [signUpRequired] }),
    before: ['sendCode', 'signIn'],
  },
  email: { answers: () => ({ sendCode: [setUpEmail] }), before: ['sendCode'] },
  resetEmail: {
    answers: () => ({ sendCode: [() => sentCode({ type: { ...byEmail, resetAvailablePeriod: 1 } })] }),
    before: ['sendCode'],
  },
  recoveryCode: {
    answers: () => ({ ...passwordNeeded, requestPasswordRecovery: [recovery] }),
    before: ['sendCode', 'getPassword', 'requestPasswordRecovery'],
  },
  newPassword: {
    answers: () => ({
      ...passwordNeeded,
      requestPasswordRecovery: [recovery],
      checkRecoveryPassword: [() => true],
    }),
    before: ['sendCode', 'getPassword', 'requestPasswordRecovery', 'checkRecoveryPassword'],
  },
}

/** Answers that lead to the question of a prompt. */
const LEADING: { readonly [Name in keyof LoginPrompts]?: object } = {
  resetEmail: { code: async () => '' },
  recoveryCode: { password: async () => '' },
  newPassword: { password: async () => '', recoveryCode: async () => '1' },
}

function fresh(answers: Answers): Answers {
  return Object.fromEntries(Object.entries(answers).map(([method, script]) => [method, [...script]]))
}

test('a prompt that returns nothing usable is named, and nothing is sent', async () => {
  const wrong: unknown[] = [
    undefined,
    null,
    5,
    22222n,
    true,
    {},
    [],
    new Uint8Array(2),
    Symbol('s'),
    () => 'x',
  ]
  for (const [name, { answers, before }] of Object.entries(ASKED_BY)) {
    const more: unknown[] = name === 'newPassword' || name === 'recoveryCode' ? [] : ['', '  \t']
    for (const value of [...wrong, ...more]) {
      if (name === 'resetEmail' && typeof value === 'boolean') continue
      if (name === 'password' && value === '  \t') continue
      for (const prompt of [() => value, async () => value]) {
        const server = new ScriptedServer(fresh(answers()))
        const prompts = { ...good, ...LEADING[name as 'phone'], [name]: prompt } as unknown as LoginPrompts
        await assert.rejects(login(server, prompts), (error: Error & { code?: string }) => {
          assert.equal(error.code, 'PROMPT_ANSWER_INVALID', `${name}: ${String(value)}`)
          assert.match(error.message, new RegExp(`^The prompt \`${name}\` gave .* It has to give `))
          assert.doesNotMatch(error.message, /22222n?\b(?!')/)
          return true
        })
        assert.deepEqual(server.asked, before, name)
      }
    }
  }
})

test('a name consists of strings, and the first name is required', async () => {
  const wrong = [
    'Ada',
    { firstName: '' },
    { firstName: ' ' },
    { firstName: '\u0000' },
    { firstName: '\u200b' },
    { firstName: 5 },
    { firstName: 'A', lastName: 5 },
  ]
  for (const value of [...wrong, { name: 'Ada' }, { firstName: 'A', lastName: null }]) {
    const server = new ScriptedServer({ sendCode: [() => sentCode()], signIn: [signUpRequired] })
    const prompts = { ...good, name: async () => value } as unknown as LoginPrompts
    await assert.rejects(login(server, prompts), { code: 'PROMPT_ANSWER_INVALID', message: /firstName/ })
    assert.deepEqual(server.asked, ['sendCode', 'signIn'])
  }
})

test('prompts that are not functions are refused before the client connects', async () => {
  const wrong: [unknown, RegExp][] = [
    [{ ...good, phone: '+1' }, /`phone` has to be a function .* it is a string/],
    [{ ...good, code: null }, /`code` has to be a function .* it is null/],
    [{ ...good, password: Promise.resolve('p') }, /`password` .* it is a promise/],
    [{ ...good, qr: true }, /`qr` .* it is a boolean/],
    [{ phone: good.phone, code: good.code, name: good.name }, /`password` .* it is undefined/],
    [{ ...good, phoneNumber: good.phone }, /no prompt `phoneNumber`\. Did you mean phone\?/],
    [{ ...good, xyz: good.phone }, /no prompt `xyz`\. The prompts are phone, code/],
    [{ ...good, pasword: good.phone }, /no prompt `pasword`\. Did you mean password\?/],
    ['+1', /not a string/],
    [null, /not null/],
    [undefined, /not undefined/],
    [[good.phone], /not an array/],
    [Promise.resolve(good), /not a promise/],
  ]
  for (const [prompts, message] of wrong) {
    const server = new ScriptedServer({})
    server.connect = () => assert.fail('connected')
    await assert.rejects(login(server, prompts as LoginPrompts), { code: 'PROMPT_INVALID', message })
  }
})

test('a refused answer is not sent again: its refusal ends the login', async () => {
  const invalid = (type: string, code = 400) => times(99, refusal(code, type))
  const signIn = invalid('PHONE_CODE_INVALID')
  const waitCode = { sendCode: times(9, () => sentCode()) }
  const rows: readonly [string, Answers, Partial<LoginPrompts>, string[]][] = [
    ['PHONE_NUMBER_INVALID', { sendCode: invalid('PHONE_NUMBER_INVALID', 406) }, {}, ['sendCode']],
    [
      'PHONE_NUMBER_INVALID',
      { sendCode: invalid('PHONE_NUMBER_INVALID') },
      { phone: inTurn('+1 ', '+1', '+2') },
      ['sendCode'],
    ],
    [
      'PHONE_NUMBER_INVALID',
      { sendCode: invalid('PHONE_NUMBER_INVALID') },
      { phone: inTurn('+1', '+2', '+1', '+2') },
      ['sendCode', 'sendCode'],
    ],
    [
      'PHONE_NUMBER_INVALID',
      { sendCode: invalid('PHONE_NUMBER_INVALID') },
      { phone: inTurn('+١', '1.') },
      ['sendCode'],
    ],
    [
      'ACCESS_TOKEN_INVALID',
      { importBotAuthorization: invalid('ACCESS_TOKEN_INVALID') },
      { phone: inTurn('5:AA', ' 5:AA\n') },
      ['importBotAuthorization'],
    ],
    [
      'PHONE_CODE_INVALID',
      { ...waitCode, signIn },
      { code: inTurn('11111', '1-1 111.') },
      ['sendCode', 'signIn'],
    ],
    [
      'PASSWORD_HASH_INVALID',
      { ...passwordNeeded, checkPassword: invalid('PASSWORD_HASH_INVALID') },
      {},
      ['sendCode', 'getPassword', 'getPassword', 'checkPassword', 'getPassword'],
    ],
    [
      'FIRSTNAME_INVALID',
      { ...waitCode, signIn: [signUpRequired], signUp: invalid('FIRSTNAME_INVALID') },
      { name: inTurn({ firstName: 'A' }, { firstName: ' A ', lastName: '' }) },
      ['sendCode', 'signIn', 'signUp'],
    ],
    [
      'EMAIL_NOT_ALLOWED',
      { sendCode: [setUpEmail], sendVerifyEmailCode: invalid('EMAIL_NOT_ALLOWED') },
      { email: inTurn('a@b.c', ' a@b.c.') },
      ['sendCode', 'sendVerifyEmailCode'],
    ],
    [
      'CODE_INVALID',
      { sendCode: [setUpEmail], sendVerifyEmailCode: [sentEmail], verifyEmail: invalid('CODE_INVALID') },
      { email: async () => 'a@b.c' },
      ['sendCode', 'sendVerifyEmailCode', 'verifyEmail'],
    ],
    [
      'PHONE_CODE_INVALID',
      { sendCode: [() => sentCode({ type: byEmail })], signIn },
      {},
      ['sendCode', 'signIn'],
    ],
    [
      'CODE_INVALID',
      {
        ...passwordNeeded,
        requestPasswordRecovery: [recovery],
        checkRecoveryPassword: invalid('CODE_INVALID'),
      },
      { password: async () => '', recoveryCode: async () => '1' },
      ['sendCode', 'getPassword', 'requestPasswordRecovery', 'checkRecoveryPassword'],
    ],
    [
      'SEND_CODE_UNAVAILABLE',
      {
        sendCode: [() => sentCode({ nextType: { _: 'auth.codeTypeCall' } })],
        resendCode: invalid('SEND_CODE_UNAVAILABLE', 406),
      },
      { code: async () => '' },
      ['sendCode', 'resendCode'],
    ],
  ]
  for (const [type, answers, prompts, asked] of rows) {
    const server = new ScriptedServer(fresh(answers))
    await assert.rejects(login(server, { ...good, ...prompts }), { type })
    assert.deepEqual(server.asked, asked, type)
  }
})

/** A prompt that gives these answers in order, and then repeats the last one. */
function inTurn<Answer>(...answers: Answer[]): () => Promise<Answer> {
  let last = answers[0] as Answer
  return async () => {
    last = answers.shift() ?? last
    return last
  }
}

test('the same code may be sent again for a new code, but not without end', async () => {
  const expired = refusal(400, 'PHONE_CODE_EXPIRED')
  const twice = new ScriptedServer({
    sendCode: times(9, () => sentCode()),
    signIn: [expired, expired, () => authorization],
  })
  assert.equal(await login(twice, good), user)
  const endless = new ScriptedServer({ sendCode: times(9, () => sentCode()), signIn: times(9, expired) })
  await assert.rejects(login(endless, good), { type: 'PHONE_CODE_EXPIRED' })
  assert.equal(endless.asked.filter((method) => method === 'signIn').length, 3)
})

test('a login ends when its prompts only give empty answers', async () => {
  const server = new ScriptedServer({
    ...fresh(passwordNeeded),
    requestPasswordRecovery: times(99, recovery),
  })
  const prompts = { ...good, password: async () => '', recoveryCode: async () => '' }
  await assert.rejects(login(server, prompts), { code: 'PROMPT_ANSWER_INVALID' })
  assert.ok(server.asked.length < 20)
  const byMail = new ScriptedServer({
    sendCode: [() => sentCode({ type: { ...byEmail, resetAvailablePeriod: 1 } })],
  })
  const never = { ...good, code: async () => '', resetEmail: async () => false }
  await assert.rejects(login(byMail, never), { code: 'PROMPT_ANSWER_INVALID' })
  assert.deepEqual(byMail.asked, ['sendCode'])
})

test('an answer without a letter or digit is refused, and asks for no other code', async () => {
  const sms = { nextType: { _: 'auth.codeTypeCall' }, timeout: 60 } as const
  const word = { ...sms, type: { _: 'auth.sentCodeTypeSmsWord' } } as const
  const resettable = { type: { ...byEmail, resetAvailablePeriod: 1 } }
  for (const junk of ['-', '---', '.', '😀', '\udc00', '\ud83d', '“”', '\u200b-', ' ! ', '\ufffd']) {
    for (const sent of [sms, word, resettable]) {
      const isWordWithShape = sent === word && plainWords(junk) !== ''
      if (isWordWithShape) continue
      const server = new ScriptedServer({ sendCode: [() => sentCode(sent)] })
      await assert.rejects(login(server, { ...good, code: async () => junk, resetEmail: async () => true }), {
        code: 'PROMPT_ANSWER_INVALID',
        message: /^The prompt `code` gave a string without a letter or digit\. It has to give the login code/,
      })
      assert.deepEqual(server.asked, ['sendCode'], JSON.stringify(junk))
    }
    const recovering = new ScriptedServer({ ...fresh(passwordNeeded), requestPasswordRecovery: [recovery] })
    const prompts = { ...good, password: async () => '', recoveryCode: async () => junk }
    await assert.rejects(login(recovering, prompts), { code: 'PROMPT_ANSWER_INVALID' })
  }
})

test('a blank answer of invisible characters asks for the code another way', async () => {
  for (const blank of ['', ' ', '\u200b', '\u0000', '\ufeff \u00ad', '\u2800']) {
    const server = new ScriptedServer({
      sendCode: [() => sentCode({ nextType: { _: 'auth.codeTypeCall' } })],
      resendCode: [() => sentCode()],
      signIn: [() => authorization],
    })
    assert.equal(await login(server, { ...good, code: inTurn(blank, '22222') }), user)
    assert.deepEqual(server.asked, ['sendCode', 'resendCode', 'signIn'], JSON.stringify(blank))
  }
})

test('a login ends when wrong codes and empty answers take turns', async () => {
  const endless = () => {
    const next = { nextType: { _: 'auth.codeTypeCall' } } as const
    return new ScriptedServer({
      sendCode: [() => sentCode(next)],
      resendCode: times(99, () => sentCode(next)),
      signIn: times(99, refusal(400, 'PHONE_CODE_INVALID')),
    })
  }
  const counts = ({ asked }: ScriptedServer) =>
    ['signIn', 'resendCode'].map((method) => asked.filter((each) => each === method).length)
  const alternating = async (codes: (count: number) => string) => {
    const server = endless()
    const clock = new TestClock()
    let count = 0
    const code = async () => {
      count += 1
      // The codes are sent at different times, so that each is another one.
      await clock.advance(1_000)
      return count % 2 === 1 ? codes(count) : ''
    }
    await assert.rejects(login(server, { ...good, code }, { clock }), { type: 'PHONE_CODE_INVALID' })
    return counts(server)
  }
  assert.deepEqual(await alternating(() => '12345'), [3, 3])
  assert.deepEqual(await alternating((count) => String(count + 10_000)), [11, 10])
})

test('a prompt that shows something and throws ends the login, at once or later', async () => {
  const token = () => ({ _: 'auth.loginToken', expires: 30, token: new Uint8Array([1]) })
  const broken = new Error('no paper')
  const shows: LoginPrompts['qr'][] = [
    () => {
      throw broken
    },
    (() => Promise.reject(broken)) as () => void,
  ]
  for (const qr of shows) {
    const server = new ScriptedServer({ exportLoginToken: [token] })
    const prompts = { ...good, phone: () => new Promise<string>(() => {}), qr: qr ?? assert.fail() }
    await assert.rejects(login(server, prompts), broken)
  }
})

test('a login ends with CLIENT_CLOSED when the client is closed while a prompt waits', async () => {
  const paid = {
    _: 'auth.sentCodePaymentRequired',
    storeProduct: 'p',
    phoneCodeHash: 'h',
    currency: 'EUR',
    amount: 1n,
  }
  const forever = () => new Promise<never>(() => {})
  const resend = sentCode({ nextType: { _: 'auth.codeTypeCall' }, timeout: 60 })
  const rows: readonly [Answers, Partial<LoginPrompts>][] = [
    [{}, { phone: forever }],
    [
      { exportLoginToken: [() => ({ _: 'auth.loginToken', expires: 30, token: new Uint8Array(1) })] },
      { phone: forever, qr() {} },
    ],
    [{ sendCode: [() => sentCode()] }, { code: forever }],
    [{ sendCode: [() => resend] }, { code: async () => '' }],
    [{ ...passwordNeeded }, { password: forever }],
    [{ sendCode: [() => sentCode()], signIn: [signUpRequired] }, { name: forever }],
    [{ sendCode: [setUpEmail] }, { email: forever }],
    [{ sendCode: [() => paid] }, { payment() {} }],
    [{ sendCode: [refusal(500, 'AUTH_RESTART')] }, {}],
    [{ sendCode: [forever] }, {}],
  ]
  for (const [answers, prompts] of rows) {
    const clock = new TestClock()
    const server = new ScriptedServer(fresh(answers))
    const signedIn = login(server, { ...good, ...prompts }, { clock })
    const rejected = assert.rejects(signedIn, { code: 'CLIENT_CLOSED' })
    await settled()
    const asked = [...server.asked]
    server.close()
    await rejected
    await clock.advance(120_000)
    assert.deepEqual([server.asked, server.listeners], [asked, 0])
  }
})

test('an answer given after the end of the login is not sent', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], cancelCode: [() => true] })
  let answer = (_code: string) => {}
  const controller = new AbortController()
  const prompts = {
    ...good,
    code: () =>
      new Promise<string>((resolve) => {
        answer = resolve
      }),
  }
  const rejected = assert.rejects(login(server, prompts, { signal: controller.signal }), {
    name: 'AbortError',
  })
  await settled()
  controller.abort()
  await rejected
  answer('22222')
  await settled()
  assert.deepEqual(server.asked, ['sendCode', 'cancelCode'])
})
