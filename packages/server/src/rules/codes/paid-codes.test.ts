import assert from 'node:assert/strict'
import { test } from 'node:test'
import { removePhoneRule } from '../accounts/decide-phone-bans.ts'
import { setPhoneRule } from '../accounts/phone-bans.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { createWorld, type WorldOptions } from '../test-world.ts'
import { sendFirebaseSms } from './firebase.ts'
import {
  canPurchaseCode,
  checkPaidCode,
  findPaidCode,
  getCodePaymentForm,
  listUnpaidCodes,
  payForCode,
  payForCodeByForm,
  settleUnpaidCodes,
} from './paid-codes.ts'
import { resendLoginCode } from './resend-code.ts'

const PHONE = '+9996621234'
const PRICE = { currency: 'USD', amount: 99n }

async function asked(options: WorldOptions = {}) {
  const world = await createWorld(options)
  await setPhoneRule(world.rules, { digits: '999', rule: 'channels', channels: ['payment', 'sms', 'call'] })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  const held = { phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash }
  return { world, caller, sent, held, purchase: { ...held, ...PRICE }, on: world.rules }
}

test('an unpaid code is not sent, and nothing gets around that', async () => {
  const { world, caller, sent, held } = await asked()
  assert.ok(sent.way.channel === 'payment' && sent.way.price.amount === 99 && sent.next === undefined)
  assert.deepEqual(await world.inbox.list(), [])
  const guess = signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })
  await assert.rejects(guess, { message: 'PHONE_CODE_INVALID' })
  const resend = resendLoginCode(world.rules, caller, held)
  await assert.rejects(resend, { code: 400, message: 'PHONE_CODE_EMPTY' })
  const attested = sendFirebaseSms(world.rules, caller, { ...held, attestation: 'token' })
  await assert.rejects(attested, { message: 'PHONE_CODE_EMPTY' })
  assert.equal((await world.sendCode(caller, PHONE)).phoneCodeHash, sent.phoneCodeHash)
  assert.deepEqual(await world.inbox.list(), [])
})

test('a store receipt pays, and the code is sent once however often the receipt comes', async () => {
  const { world, caller, held, purchase, on } = await asked({ limits: 'strict' })
  assert.equal(await canPurchaseCode(on, caller, purchase), true)
  const answers = await Promise.all(Array.from({ length: 64 }, () => payForCode(on, caller, purchase)))
  for (const answer of answers) assert.equal(answer?.way.channel, 'sms')
  assert.equal((await world.inbox.list()).length, 1)
  assert.equal(await canPurchaseCode(on, caller, purchase), false)
  world.clock.advance(60_000)
  assert.equal((await resendLoginCode(world.rules, caller, held)).way.channel, 'call')
  const signedIn = await signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })
  assert.equal(signedIn.kind, 'signUpRequired')
})

test('a form pays without a store, and the client polls until the code is sent', async () => {
  const { caller, held, purchase, on } = await asked()
  const { formId, price } = await getCodePaymentForm(on, caller, purchase)
  assert.equal((await getCodePaymentForm(on, caller, purchase)).formId, formId)
  assert.equal(price.amount, 99)
  const polled = await checkPaidCode(on, caller, { ...held, formId })
  assert.equal(polled.way.channel, 'payment')
  const invalid = { code: 400, message: 'INVOICE_INVALID' }
  await assert.rejects(payForCodeByForm(on, caller, purchase, formId + 1n), invalid)
  await assert.rejects(checkPaidCode(on, caller, { ...held, formId: formId + 1n }), invalid)
  assert.equal((await payForCodeByForm(on, caller, purchase, formId))?.way.channel, 'sms')
  const after = await checkPaidCode(on, caller, { ...held, formId })
  assert.deepEqual([after.way.channel, after.next?.channel], ['sms', 'call'])
  await assert.rejects(getCodePaymentForm(on, caller, purchase), { code: 400, message: 'NO_PAYMENT_NEEDED' })
})

test("an operator's decision sends the code and notifies the key", async () => {
  const { world, caller, held, purchase, on } = await asked({ settings: { codePayments: 'operator' } })
  const told = world.hear('paidCode')
  const { formId } = await getCodePaymentForm(on, caller, purchase)
  assert.equal(await payForCodeByForm(on, caller, purchase, formId), undefined)
  assert.equal(await payForCode(on, caller, purchase), undefined)
  assert.equal((await listUnpaidCodes(on, '9996621234')).length, 1)
  assert.equal(await settleUnpaidCodes(on, '9996631234'), 0)
  const settled = await Promise.all(Array.from({ length: 64 }, () => settleUnpaidCodes(on, '9996621234')))
  assert.equal(settled.filter((count) => count === 1).length, 1)
  assert.equal((await world.inbox.list()).length, 1)
  const sent = await checkPaidCode(on, caller, { ...held, formId })
  assert.deepEqual(told, [{ kind: 'paidCode', authKeyId: String(caller.authKeyId), phone: '9996621234' }])
  assert.deepEqual(await findPaidCode(on, caller.authKeyId, '9996621234'), sent)
  assert.equal(await findPaidCode(on, caller.authKeyId + 1n, '9996621234'), undefined)
  assert.deepEqual(await listUnpaidCodes(on, '9996621234'), [])
})

test('a payment needs a waiting code of the caller and its exact price', async () => {
  const { world, caller, purchase, on } = await asked()
  const refused = { code: 400, message: 'INPUT_PURPOSE_INVALID' }
  const bad = [{ amount: 98n }, { currency: 'EUR' }, { phoneCodeHash: 'no' }, { phoneNumber: '+9996631234' }]
  for (const change of bad) {
    await assert.rejects(payForCode(on, caller, { ...purchase, ...change }), refused)
    await assert.rejects(canPurchaseCode(on, caller, { ...purchase, ...change }), refused)
    await assert.rejects(getCodePaymentForm(on, caller, { ...purchase, ...change }), {
      message: 'INVOICE_INVALID',
    })
  }
  await assert.rejects(payForCode(on, await world.caller(), purchase), refused)
  await world.rules.store.decide(() => removePhoneRule('999'))
  const free = await world.sendCode(await world.caller(), '+9996631234')
  const held = { phoneNumber: '+9996631234', phoneCodeHash: free.phoneCodeHash }
  await assert.rejects(payForCode(on, caller, { ...held, ...PRICE }), refused)
  world.clock.advance(300_000)
  await assert.rejects(payForCode(on, caller, purchase), refused)
  const dead = checkPaidCode(on, caller, { ...purchase, formId: 1n })
  await assert.rejects(dead, { code: 400, message: 'PHONE_CODE_EXPIRED' })
})

test('a paid code that cannot be sent says so', async () => {
  const courier = { send: async () => ({ kind: 'rejected', reason: 'no', retryable: false }) as const }
  const { caller, purchase, on } = await asked({ courier })
  await assert.rejects(payForCode(on, caller, purchase), { code: 400, message: 'SMS_CODE_CREATE_FAILED' })
})
