import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { derivePasswordVerifier, isPasswordProven, makeSrpChallenge } from '@cablegram/mtproto/crypto'
import { secureRandom } from '../random.ts'
import { createLogin } from './machine.ts'
import type { LoginState } from './states.ts'
import { authorization, refusal, ScriptedServer, times } from './test-server.ts'

const vectors = readFileSync(new URL('../../../../test/vectors/srp.json', import.meta.url), 'utf8')
const [vector] = JSON.parse(vectors).cases
const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const algo = { salt1: hex(vector.salt1), salt2: hex(vector.salt2), g: vector.g, p: hex(vector.p) }
const verifier = derivePasswordVerifier('right', algo)
const challenge = makeSrpChallenge(algo, verifier, secureRandom)
const kdf = { _: 'passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow', ...algo }

function question(more = {}) {
  return () => ({
    _: 'account.password',
    currentAlgo: kdf,
    newAlgo: kdf,
    srpB: challenge.srpB,
    srpId: 5n,
    hint: 'which?',
    ...more,
  })
}

const gone = () => ({ _: 'account.password', newAlgo: kdf })

async function atPassword(answers: ConstructorParameters<typeof ScriptedServer>[0], options = {}) {
  const server = new ScriptedServer({
    sendCode: [refusal(401, 'SESSION_PASSWORD_NEEDED')],
    getPassword: times(20, question({ hasRecovery: true })),
    ...answers,
  })
  const login = await createLogin(server, { restartPauseMs: 0, ...options })
  await login.act('sendCode', { phoneNumber: '+1' })
  return { server, login }
}

function problemIn(state: LoginState): string | undefined {
  return 'problem' in state ? state.problem?.type : undefined
}

function isProven(server: ScriptedServer): boolean {
  const { password } = server.requests.at(-1) as { password: { A: Uint8Array; M1: Uint8Array } }
  return isPasswordProven(algo, verifier, challenge, { a: password.A, m1: password.M1 })
}

test('a wrong password is asked for again after a new challenge', async () => {
  const proven: boolean[] = []
  const { login, server } = await atPassword({
    checkPassword: [
      () => {
        proven.push(isProven(server))
        return refusal(400, 'PASSWORD_HASH_INVALID')()
      },
      () => {
        proven.push(isProven(server))
        return authorization
      },
    ],
  })
  assert.deepEqual(login.state, { at: 'waitPassword', phoneNumber: '+1', hint: 'which?', hasRecovery: true })
  const wrong = await login.act('checkPassword', { password: 'wrong' })
  assert.deepEqual([wrong.at, problemIn(wrong)], ['waitPassword', 'PASSWORD_HASH_INVALID'])
  assert.equal((await login.act('checkPassword', { password: 'right' })).at, 'authorized')
  assert.deepEqual(proven, [false, true])
  assert.deepEqual(server.asked.slice(2), [
    'getPassword',
    'checkPassword',
    'getPassword',
    'getPassword',
    'checkPassword',
  ])
})

for (const stale of ['SRP_ID_INVALID', 'SRP_PASSWORD_CHANGED']) {
  test(`${stale} is retried with a new challenge, unnoticed, a limited number of times`, async () => {
    const { login } = await atPassword({ checkPassword: [refusal(400, stale), () => authorization] })
    assert.equal((await login.act('checkPassword', { password: 'right' })).at, 'authorized')
    const always = await atPassword({ checkPassword: times(9, refusal(400, stale)) }, { maxDetours: 2 })
    await assert.rejects(always.login.act('checkPassword', { password: 'right' }), { type: stale })
    assert.equal(always.server.asked.filter((method) => method === 'checkPassword').length, 3)
    assert.equal(always.login.state.at, 'waitPassword')
  })
}

test('a login that the server has forgotten starts again', async () => {
  const { login } = await atPassword({
    getPassword: [question(), refusal(401, 'AUTH_KEY_UNREGISTERED')],
  })
  const state = await login.act('checkPassword', { password: 'right' })
  assert.deepEqual([state.at, problemIn(state)], ['waitPhone', 'AUTH_KEY_UNREGISTERED'])
})

test('recovery is not offered without a recovery e-mail', async () => {
  const { login } = await atPassword({ getPassword: times(9, question()) })
  await assert.rejects(login.act('requestPasswordRecovery'), { code: 'LOGIN_ACTION_ILLEGAL' })
})

const recovery = () => ({ _: 'auth.passwordRecovery', emailPattern: 'a**@b.c' })

test('a code by e-mail recovers the account and sets a new password', async () => {
  const { login, server } = await atPassword({
    requestPasswordRecovery: [recovery],
    checkRecoveryPassword: [refusal(400, 'CODE_INVALID'), () => false, () => true],
    recoverPassword: [() => authorization],
  })
  const asked = await login.act('requestPasswordRecovery')
  assert.equal(asked.at === 'waitRecoveryCode' && asked.emailPattern, 'a**@b.c')
  for (const code of ['1', '2']) {
    const wrong = await login.act('checkRecoveryPassword', { code })
    assert.deepEqual([wrong.at, problemIn(wrong)], ['waitRecoveryCode', 'CODE_INVALID'])
  }
  const right = await login.act('checkRecoveryPassword', { code: '3' })
  assert.equal(right.at === 'waitRecoveryCode' && right.isCodeChecked, true)
  const done = await login.act('recoverPassword', { code: '3', newPassword: 'new', newHint: 'newer' })
  assert.equal(done.at, 'authorized')
  const { code, newSettings } = server.requests.at(-1) as {
    code: string
    newSettings: { newAlgo: typeof algo; newPasswordHash: Uint8Array; hint: string }
  }
  assert.deepEqual([code, newSettings.hint], ['3', 'newer'])
  const { salt1 } = newSettings.newAlgo
  assert.equal(salt1.length, algo.salt1.length + 32)
  assert.deepEqual(newSettings.newPasswordHash, derivePasswordVerifier('new', { ...algo, salt1 }))
})

test('recovery without a new password sends none', async () => {
  const { login, server } = await atPassword({
    requestPasswordRecovery: [recovery],
    recoverPassword: [() => authorization],
  })
  await login.act('requestPasswordRecovery')
  await login.act('recoverPassword', { code: ' 3 ' })
  assert.deepEqual(server.requests.at(-1), { code: '3' })
})

test('a late or unavailable recovery leads back to the password', async () => {
  const { login } = await atPassword({
    requestPasswordRecovery: [recovery, recovery, refusal(400, 'PASSWORD_RECOVERY_NA')],
    recoverPassword: [refusal(400, 'PASSWORD_RECOVERY_EXPIRED')],
  })
  await login.act('requestPasswordRecovery')
  const late = await login.act('recoverPassword', { code: '3' })
  assert.deepEqual([late.at, problemIn(late)], ['waitPassword', 'PASSWORD_RECOVERY_EXPIRED'])
  await login.act('requestPasswordRecovery')
  assert.equal((await login.act('getPassword')).at, 'waitPassword')
  const none = await login.act('requestPasswordRecovery')
  assert.equal(none.at === 'waitPassword' && none.hasRecovery, false)
})

test('a password reset says when it is done or when it may be requested again', async () => {
  const { login } = await atPassword({
    resetPassword: [
      () => ({ _: 'account.resetPasswordFailedWait', retryDate: 5 }),
      () => ({ _: 'account.resetPasswordRequestedWait', untilDate: 9 }),
      () => ({ _: 'account.resetPasswordOk' }),
    ],
    getPassword: [question(), gone],
    checkPassword: [() => authorization],
  })
  const failed = await login.act('resetPassword')
  assert.equal(failed.at === 'waitPassword' && failed.resetRetryAtS, 5)
  const asked = await login.act('resetPassword')
  assert.equal(asked.at === 'waitPassword' && asked.pendingResetAtS, 9)
  assert.equal((await login.act('resetPassword')).at, 'authorized')
})

test('an account whose password is lost can be deleted, and the number starts again', async () => {
  const { login, server } = await atPassword({ deleteAccount: [() => true] })
  assert.deepEqual(await login.act('deleteAccount', { reason: 'Forgot password' }), {
    at: 'waitPhone',
    phoneNumber: '+1',
  })
  assert.deepEqual(server.requests.at(-1), { reason: 'Forgot password' })
})
