import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setPhoneRule } from '../accounts/phone-bans.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { createWorld, type World } from '../test-world.ts'
import { findLeak } from './leaked-codes.ts'
import type { EmailVerification } from './words.ts'

const PHONE = '+9996621234'

const TYPED: readonly (readonly [name: string, phone: string, code: string])[] = [
  ['Arabic-Indic digits', '+٩٩٩٦٦٢١٢٣٤', '٢٢٢٢٢'],
  ['Persian digits', '۹۹۹۶۶۲۱۲۳۴', '۲۲۲۲۲'],
  ['full width', '＋９９９６６２１２３４', '２２２２２'],
  ['a dot after both', '+9996621234.', '22222.'],
  ['marks of a chat app', '\u202a+999 66 2 1234\u202c', '\u200e22222\u200e'],
  ['a code in quotes', PHONE, '“22222”'],
  ['a code with a dash', PHONE, '222-22'],
  ['a code with zero-width spaces', PHONE, '2\u200b2\u200b2\u200b2\u200b2'],
  ['a code of keycaps', PHONE, '2️⃣2️⃣2️⃣2️⃣2️⃣'],
  ['a code with line breaks', PHONE, '\n22222\r\n'],
  ['a code with a number sign', PHONE, '#22222'],
]

for (const [name, phoneNumber, phoneCode] of TYPED) {
  test(`a code is right with ${name}`, async () => {
    const world = await createWorld()
    const caller = await world.caller()
    const { phoneCodeHash } = await world.sendCode(caller, phoneNumber)
    const typed = { phoneNumber, phoneCodeHash, phoneCode }
    assert.equal((await signInWithCode(world.rules, caller, typed)).kind, 'signUpRequired')
  })
}

test('a phrase is right in full width, in capitals and with punctuation', async () => {
  const world = await createWorld()
  await setPhoneRule(world.rules, { digits: '999', rule: 'channels', channels: ['smsPhrase'] })
  const caller = await world.caller()
  const { phoneCodeHash } = await world.sendCode(caller, PHONE)
  const typed = { phoneNumber: PHONE, phoneCodeHash, phoneCode: '“Ｔｗｏ,  two\u200b TWO.”' }
  assert.equal((await signInWithCode(world.rules, caller, typed)).kind, 'signUpRequired')
})

async function askByEmail(world: World) {
  await createAccount(world.rules, { phone: PHONE, firstName: 'Ada', loginEmail: 'ada@example.org' })
  const caller = await world.caller()
  const { phoneCodeHash } = await world.sendCode(caller, PHONE)
  const signIn = (email: EmailVerification) =>
    signInWithCode(world.rules, caller, { phoneNumber: PHONE, phoneCodeHash, phoneCode: undefined, email })
  return { signIn }
}

test('an e-mail code is right in any script', async () => {
  const { signIn } = await askByEmail(await createWorld())
  assert.equal((await signIn({ code: ' ٢٢٢٢٢٢. ' })).kind, 'authorized')
})

test('a code written into a chat in another script or with hidden marks is cancelled', async () => {
  for (const text of ['it is ٢٢٢٢٢', '2\u200b2\u200b2\u200b2\u200b2']) {
    const world = await createWorld()
    const owner = await world.caller()
    await world.signIn(owner, PHONE)
    await world.sendCode(await world.caller(), PHONE)
    const leak = await findLeak(world.rules, await world.again(owner), text)
    assert.equal(leak?.codes.length, 1, text)
  }
})
