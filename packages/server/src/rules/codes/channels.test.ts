import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSettings } from '../../ground/settings.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { createWorld, seededRandom } from '../test-world.ts'
import { digestCode, digestsOf, makeCodes } from './codes.ts'
import { resendLoginCode } from './resend-code.ts'

const PHONE = '+9996621234'
const REAL_PHONE = '+14155552671'

test('a code goes to the account’s other sessions, then by SMS, then by a call', async () => {
  const { signIn, caller, sendCode, rules, inbox } = await createWorld()
  await signIn(await caller(), PHONE)
  const second = await caller()
  const sent = await sendCode(second, PHONE)
  assert.deepEqual(sent.way, { channel: 'app', length: 5 })
  assert.equal(sent.next?.channel, 'sms')
  const [entry] = await inbox.list(PHONE)
  assert.deepEqual([entry?.channel, entry?.type, entry?.code], ['app', 'auth.sentCodeTypeApp', '22222'])
  const held = { phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash }
  const resent = await resendLoginCode(rules, second, held)
  assert.deepEqual([resent.way.channel, resent.next?.channel], ['sms', 'call'])
})

test('a code goes by SMS if the only session is the one that asks', async () => {
  const { signIn, caller, sendCode } = await createWorld()
  const only = await caller()
  await signIn(only, PHONE)
  assert.equal((await sendCode(only, PHONE)).way.channel, 'sms')
})

test('the code of an anonymous number is only on its page', async () => {
  const { caller, sendCode, rules, inbox } = await createWorld()
  const asking = await caller()
  const { way, next, phoneCodeHash } = await sendCode(asking, '+888 0123 4567')
  const url = 'https://fragment.com/number/88801234567/code'
  assert.deepEqual([way, next], [{ channel: 'fragment', length: 5, url }, undefined])
  assert.equal((await inbox.list())[0]?.type, 'auth.sentCodeTypeFragmentSms')
  const held = { phoneNumber: '+88801234567', phoneCodeHash }
  await assert.rejects(resendLoginCode(rules, asking, held), { code: 406, message: 'SEND_CODE_UNAVAILABLE' })
})

test('flash and missed calls are used only if the client allows them and a provider makes them', async () => {
  const callChannels = ['flashCall', 'missedCall'] as const
  const { caller, sendCode } = await createWorld({ settings: { callChannels } })
  const ask = async (allowed: object) => (await sendCode(await caller(), PHONE, { allowed })).way
  assert.deepEqual(await ask({ flashCall: true }), { channel: 'flashCall', pattern: '99900*' })
  assert.deepEqual(await ask({ missedCall: true }), { channel: 'missedCall', length: 5, prefix: '99900' })
  assert.deepEqual(await ask({}), { channel: 'sms', length: 5 })
})

test('each form of a code is made once for a chain, and only test numbers have known codes', () => {
  const settings = createSettings()
  const chain = ['smsPhrase', 'flashCall', 'missedCall', 'sms', 'call'] as const
  assert.deepEqual(makeCodes('9996621234', chain, settings, seededRandom('codes')), {
    phrase: 'two two two',
    caller: '9990022222',
    digits: '22222',
  })
  const { phrase, caller, digits } = makeCodes('14155552671', chain, settings, seededRandom('codes'))
  assert.match(phrase ?? '', /^([a-z]{6}) ([a-z]{6}) ([a-z]{6})$/)
  assert.match(caller ?? '', /^99900\d{5}$/)
  assert.match(digits ?? '', /^\d{5}$/)
  const { word, email } = makeCodes('14155552671', ['smsWord', 'email'], settings, seededRandom('codes'))
  assert.match(word ?? '', /^[a-z]{8}$/)
  assert.match(email ?? '', /^\d{6}$/)
})

test('every code sent so far is accepted in any spelling, and no unsent one', () => {
  const pepper = new Uint8Array(32)
  const chain = ['smsWord', 'flashCall', 'sms'] as const
  const codes = { word: 'kobamuti', caller: '9990012345', digits: '54321' }
  const ref = { phoneCodeHash: 'h', phone: '1', authKeyId: 1n, dcId: 1, apiId: 1 }
  const code = { ...ref, codes, chain, step: 1, resends: 1, email: undefined, sentAtMs: 0, expiresAtMs: 1 }
  const digests = Buffer.from(digestsOf(pepper, code)).toString('hex')
  const isGood = (typed: string, by?: 'email') =>
    digests.includes(Buffer.from(digestCode(pepper, ref, typed, by)).toString('hex'))
  assert.ok(isGood(' KoBaMuti ') && isGood('+999 00 12-345'))
  assert.ok(!isGood('54321') && !isGood('kobamuti', 'email') && !isGood(''))
  assert.equal(digestsOf(pepper, { ...code, step: 2 }).length, 3 * 32)
})

test('a guessed word is checked like any other code', async () => {
  const { caller, sendCode, rules, inbox } = await createWorld({
    settings: { channels: ['smsWord', 'sms'] },
  })
  const asking = await caller()
  const { way, phoneCodeHash } = await sendCode(asking, REAL_PHONE)
  const [entry] = await inbox.list()
  assert.deepEqual(way, { channel: 'smsWord', beginning: entry?.code[0] })
  const held = { phoneNumber: REAL_PHONE, phoneCodeHash }
  const wrong = signInWithCode(rules, asking, { ...held, phoneCode: 'wrong' })
  await assert.rejects(wrong, { message: 'PHONE_CODE_INVALID' })
  const { kind } = await signInWithCode(rules, asking, { ...held, phoneCode: entry?.code.toUpperCase() })
  assert.equal(kind, 'signUpRequired')
})
