import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { derivePasswordVerifier, isPasswordProven, makeSrpChallenge } from '@cablegram/mtproto/crypto'
import { secureRandom } from '../random.ts'
import { login } from './login.ts'
import type { CodeQuestion, LoginPrompts, NameQuestion, PasswordQuestion, PhoneQuestion } from './prompts.ts'
import { authorization, refusal, ScriptedServer, sentCode, user } from './test-server.ts'

const signUpRequired = { _: 'auth.authorizationSignUpRequired' } as const

/** A user who gives the listed answers in order, and notes the questions. */
class ScriptedUser implements LoginPrompts {
  readonly questions: (PhoneQuestion | CodeQuestion | NameQuestion | PasswordQuestion)[] = []
  readonly #answers: string[]

  constructor(...answers: string[]) {
    this.#answers = answers
  }

  async phone(question: PhoneQuestion): Promise<string> {
    return this.#next(question)
  }

  async code(question: CodeQuestion): Promise<string> {
    return this.#next(question)
  }

  async password(question: PasswordQuestion): Promise<string> {
    return this.#next(question)
  }

  async name(question: NameQuestion): Promise<{ firstName: string; lastName: string }> {
    const [firstName = '', lastName = ''] = this.#next(question).split(' ')
    return { firstName, lastName }
  }

  problems(): (string | undefined)[] {
    return this.questions.map(({ problem }) => problem?.type)
  }

  #next(question: PhoneQuestion | NameQuestion | PasswordQuestion): string {
    this.questions.push(question)
    const answer = this.#answers.shift()
    assert.ok(answer !== undefined, 'one question too many')
    return answer
  }
}

const quick = { restartPauseMs: 0 }

test('a number and a code sign in', async () => {
  const server = new ScriptedServer({ sendCode: [() => sentCode()], signIn: [() => authorization] })
  const person = new ScriptedUser(' +9996621234 ', '2-2 222')
  assert.equal(await login(server, person), user)
  assert.deepEqual(server.requests, [
    { phoneNumber: '+9996621234', apiId: 1, apiHash: 'secret', settings: { _: 'codeSettings' } },
    { phoneNumber: '+9996621234', phoneCodeHash: 'hash', phoneCode: '22222' },
  ])
  assert.equal((person.questions[1] as CodeQuestion).length, 5)
})

test('an invalid number and a wrong code are asked for again, with the reason', async () => {
  const server = new ScriptedServer({
    sendCode: [refusal(406, 'PHONE_NUMBER_INVALID'), () => sentCode()],
    signIn: [refusal(400, 'PHONE_CODE_INVALID'), () => authorization],
  })
  const person = new ScriptedUser('hello', '+1', '1', '2')
  await login(server, person)
  assert.deepEqual(person.problems(), [undefined, 'PHONE_NUMBER_INVALID', undefined, 'PHONE_CODE_INVALID'])
})

test('a number that cannot sign in ends the login', async () => {
  const server = new ScriptedServer({ sendCode: [refusal(400, 'PHONE_NUMBER_BANNED')] })
  await assert.rejects(login(server, new ScriptedUser('+1')), { type: 'PHONE_NUMBER_BANNED' })
})

test('an expired code is replaced, and its hash is not used again', async () => {
  const server = new ScriptedServer({
    sendCode: [() => sentCode(), () => sentCode({ phoneCodeHash: 'second' })],
    signIn: [refusal(400, 'PHONE_CODE_EXPIRED'), () => authorization],
  })
  const person = new ScriptedUser('+1', '11111', '22222')
  await login(server, person)
  assert.deepEqual(server.asked, ['sendCode', 'signIn', 'sendCode', 'signIn'])
  assert.equal(server.requests[3]?.['phoneCodeHash'], 'second')
  assert.deepEqual(person.problems(), [undefined, undefined, 'PHONE_CODE_EXPIRED'])
})

test('a login ends when its codes keep expiring', async () => {
  const server = new ScriptedServer({
    sendCode: Array.from({ length: 9 }, () => () => sentCode()),
    signIn: Array.from({ length: 9 }, () => refusal(400, 'PHONE_CODE_EXPIRED')),
  })
  const person = new ScriptedUser('+1', ...Array.from({ length: 9 }, () => '1'))
  await assert.rejects(login(server, person, { maxDetours: 2 }), { type: 'PHONE_CODE_EXPIRED' })
  assert.equal(server.asked.filter((method) => method === 'sendCode').length, 3)
})

test('AUTH_RESTART restarts the login a limited number of times', async () => {
  const restart = () => refusal(500, 'AUTH_RESTART')
  const once = new ScriptedServer({ sendCode: [restart(), () => sentCode()], signIn: [() => authorization] })
  assert.equal(await login(once, new ScriptedUser('+1', '1'), quick), user)
  const always = new ScriptedServer({ sendCode: Array.from({ length: 9 }, restart) })
  await assert.rejects(login(always, new ScriptedUser('+1'), { ...quick, maxDetours: 3 }), {
    type: 'AUTH_RESTART',
  })
  assert.equal(always.asked.length, 4)
})

test('AUTH_RESTART of signIn sends a new code', async () => {
  const server = new ScriptedServer({
    sendCode: [() => sentCode(), () => sentCode()],
    signIn: [refusal(500, 'AUTH_RESTART'), () => authorization],
  })
  await login(server, new ScriptedUser('+1', '1', '2'), quick)
  assert.deepEqual(server.asked, ['sendCode', 'signIn', 'sendCode', 'signIn'])
})

test('a new user sees the terms and gives a name', async () => {
  const terms = {
    _: 'help.termsOfService',
    id: { _: 'dataJSON', data: '{}' },
    text: 'be nice',
    entities: [],
  } as const
  const server = new ScriptedServer({
    sendCode: [() => sentCode()],
    signIn: [() => ({ ...signUpRequired, termsOfService: terms })],
    signUp: [refusal(400, 'FIRSTNAME_INVALID'), () => authorization],
  })
  const person = new ScriptedUser('+1', '1', '- -', 'Ada Lovelace')
  assert.equal(await login(server, person), user)
  assert.deepEqual(server.requests[3], {
    phoneNumber: '+1',
    phoneCodeHash: 'hash',
    firstName: 'Ada',
    lastName: 'Lovelace',
  })
  assert.deepEqual((person.questions[2] as NameQuestion).termsOfService, terms)
  assert.equal(person.questions[3]?.problem?.type, 'FIRSTNAME_INVALID')
})

test('an empty answer resends the code by the next channel, if there is one', async () => {
  const server = new ScriptedServer({
    sendCode: [() => sentCode({ nextType: { _: 'auth.codeTypeCall' } })],
    resendCode: [
      () => sentCode({ phoneCodeHash: 'second', type: { _: 'auth.sentCodeTypeCall', length: 6 } }),
    ],
    signIn: [() => authorization],
  })
  const person = new ScriptedUser('+1', '', '123456')
  await login(server, person)
  assert.deepEqual(server.asked, ['sendCode', 'resendCode', 'signIn'])
  assert.equal(server.requests[2]?.['phoneCodeHash'], 'second')
})

test('a code that has no next channel is asked for again', async () => {
  const server = new ScriptedServer({
    sendCode: [() => sentCode({ nextType: { _: 'auth.codeTypeCall' } })],
    resendCode: [refusal(406, 'SEND_CODE_UNAVAILABLE')],
    signIn: [() => authorization],
  })
  const person = new ScriptedUser('+1', '', '1')
  await login(server, person)
  assert.equal(person.questions[2]?.problem?.type, 'SEND_CODE_UNAVAILABLE')
})

test('a code sent by e-mail is answered as an e-mail code', async () => {
  const type = { _: 'auth.sentCodeTypeEmailCode', emailPattern: 'a***@b.c', length: 6 } as const
  const server = new ScriptedServer({ sendCode: [() => sentCode({ type })], signIn: [() => authorization] })
  await login(server, new ScriptedUser('+1', '123456'))
  assert.deepEqual(server.requests[1]?.['emailVerification'], { _: 'emailVerificationCode', code: '123456' })
  assert.ok(!('phoneCode' in (server.requests[1] ?? {})))
})

test('the token of an earlier logout replaces the code', async () => {
  const server = new ScriptedServer({ sendCode: [() => ({ _: 'auth.sentCodeSuccess', authorization })] })
  server.logoutTokens = [new Uint8Array([1])]
  assert.equal(await login(server, new ScriptedUser('+1')), user)
  assert.deepEqual(server.requests[0]?.['settings'], {
    _: 'codeSettings',
    logoutTokens: [new Uint8Array([1])],
  })
})

test('a bot token signs in without a code', async () => {
  const server = new ScriptedServer({
    importBotAuthorization: [refusal(400, 'ACCESS_TOKEN_INVALID'), () => authorization],
  })
  const person = new ScriptedUser('1:wrong', '123:AB-c_d')
  assert.equal(await login(server, person), user)
  assert.deepEqual(person.problems(), [undefined, 'ACCESS_TOKEN_INVALID'])
})

test('start() rejects with LOGIN_UNSUPPORTED at a step it has no prompt for', async () => {
  const type = { _: 'auth.sentCodeTypeSetUpEmailRequired' } as const
  for (const answer of [{ _: 'auth.sentCodePaymentRequired' }, sentCode({ type })]) {
    const server = new ScriptedServer({ sendCode: [() => answer] })
    await assert.rejects(login(server, new ScriptedUser('+1')), { code: 'LOGIN_UNSUPPORTED' })
  }
})

test('a wrong password is asked for again, and a spent challenge is replaced', async () => {
  const [vector] = JSON.parse(
    await readFile(new URL('../../../../test/vectors/srp.json', import.meta.url), 'utf8'),
  ).cases
  const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
  const algo = { salt1: hex(vector.salt1), salt2: hex(vector.salt2), g: vector.g, p: hex(vector.p) }
  const verifier = derivePasswordVerifier('right', algo)
  const challenge = makeSrpChallenge(algo, verifier, secureRandom)
  const currentAlgo = { _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow', ...algo }
  const question = () => ({
    _: 'account.password',
    currentAlgo,
    srpB: challenge.srpB,
    srpId: 5n,
    hint: 'which?',
  })
  const proven: boolean[] = []
  const check = (then: () => unknown) => () => {
    const { password } = server.requests.at(-1) as {
      password: { A: Uint8Array; M1: Uint8Array; srpId: bigint }
    }
    assert.equal(password.srpId, 5n)
    proven.push(isPasswordProven(algo, verifier, challenge, { a: password.A, m1: password.M1 }))
    return then()
  }
  const server = new ScriptedServer({
    sendCode: [() => sentCode()],
    signIn: [refusal(401, 'SESSION_PASSWORD_NEEDED')],
    getPassword: Array.from({ length: 9 }, () => question),
    checkPassword: [
      check(refusal(400, 'PASSWORD_HASH_INVALID')),
      check(refusal(400, 'SRP_ID_INVALID')),
      check(() => authorization),
    ],
  })
  const person = new ScriptedUser('+1', '1', 'wrong', 'right')
  assert.equal(await login(server, person), user)
  assert.deepEqual(proven, [false, true, true])
  assert.deepEqual(person.problems(), [undefined, undefined, undefined, 'PASSWORD_HASH_INVALID'])
  assert.equal((person.questions[2] as PasswordQuestion).hint, 'which?')
})

test('an error that is not a server refusal reaches the caller unchanged', async () => {
  const broken = new Error('the cable is cut')
  const server = new ScriptedServer({
    sendCode: [
      () => {
        throw broken
      },
    ],
  })
  await assert.rejects(login(server, new ScriptedUser('+1')), broken)
})
