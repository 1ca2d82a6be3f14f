import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closestNames, didYouMean } from './did-you-mean.ts'

const METHODS = [
  'auth.sendCode',
  'auth.signIn',
  'auth.signUp',
  'help.getConfig',
  'account.sendVerifyPhoneCode',
]

const cases: readonly (readonly [given: string, closest: readonly string[]])[] = [
  ['auth.sendcode', ['auth.sendCode']],
  ['AUTH.SENDCODE', ['auth.sendCode']],
  ['authSendCode', ['auth.sendCode']],
  ['auth_send_code', ['auth.sendCode']],
  ['sendCode', ['auth.sendCode']],
  ['account.sendCode', ['auth.sendCode']],
  ['auth.sedCode', ['auth.sendCode']],
  ['auth.sendCdoe', ['auth.sendCode']],
  ['auth.signin', ['auth.signIn']],
  ['auth.signOn', ['auth.signIn']],
  ['help.getConfg', ['help.getConfig']],
  ['messages.burn', []],
  ['', []],
  ['.', []],
  ['x'.repeat(10_000), []],
]

for (const [given, closest] of cases) {
  test(`the names closest to ${JSON.stringify(given.slice(0, 40))} are [${closest.join(', ')}]`, () => {
    assert.deepEqual(closestNames(given, METHODS), closest)
  })
}

test('a name is close to its own prefix', () => {
  assert.equal(didYouMean('banned', ['ban', 'protect', 'migrate', 'channels']), 'Did you mean ban?')
  assert.equal(didYouMean('ba', ['bandit']), '')
  assert.equal(didYouMean('xy', ['ban']), '')
})

test('the question names the close matches and is empty without any', () => {
  assert.equal(didYouMean('auth.sendcode', METHODS), 'Did you mean auth.sendCode?')
  assert.equal(didYouMean('sing', ['sign', 'ping']), 'Did you mean sign or ping?')
  assert.equal(didYouMean('quux', METHODS), '')
})
