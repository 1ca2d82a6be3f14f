import assert from 'node:assert/strict'
import { test } from 'node:test'
import { removePhoneRule } from '../accounts/decide-phone-bans.ts'
import { setPhoneRule } from '../accounts/phone-bans.ts'
import { createWorld, type WorldOptions } from '../test-world.ts'

const PHONE = '+9996621234'
const PRICE = { currency: 'USD', amount: 99n }

async function asked(options: WorldOptions = {}) {
  const world = await createWorld(options)
  await setPhoneRule(world.domain, { digits: '999', rule: 'channels', channels: ['payment', 'sms', 'call'] })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  const held = { phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash }
  return { world, caller, sent, held, purchase: { ...held, ...PRICE }, paidCodes: world.domain.paidCodes }
}

test('an unpaid code is not sent, and nothing gets around that', async () => {
  const { world, caller, sent, held } = await asked()
  assert.ok(sent.way.channel === 'payment' && sent.way.price.amount === 99 && sent.next === undefined)
  assert.deepEqual(await world.inbox.list(), [])
  const { login } = world.domain
  const guess = login.signIn(caller, { ...held, phoneCode: '22222' })
  await assert.rejects(guess, { message: 'PHONE_CODE_INVALID' })
  const resend = login.resendCode(caller, held)
  await assert.rejects(resend, { code: 400, message: 'PHONE_CODE_EMPTY' })
  const attested = login.requestFirebaseSms(caller, { ...held, attestation: 'token' })
  await assert.rejects(attested, { message: 'PHONE_CODE_EMPTY' })
  assert.equal((await world.sendCode(caller, PHONE)).phoneCodeHash, sent.phoneCodeHash)
  assert.deepEqual(await world.inbox.list(), [])
})

test('a store receipt pays, and the code is sent once however often the receipt comes', async () => {
  const { world, caller, held, purchase, paidCodes } = await asked({ limits: 'strict' })
  assert.equal(await paidCodes.canPurchase(caller, purchase), true)
  const answers = await Promise.all(Array.from({ length: 64 }, () => paidCodes.pay(caller, purchase)))
  for (const answer of answers) assert.equal(answer?.way.channel, 'sms')
  assert.equal((await world.inbox.list()).length, 1)
  assert.equal(await paidCodes.canPurchase(caller, purchase), false)
  world.clock.advance(60_000)
  assert.equal((await world.domain.login.resendCode(caller, held)).way.channel, 'call')
  const signedIn = await world.domain.login.signIn(caller, { ...held, phoneCode: '22222' })
  assert.equal(signedIn.kind, 'signUpRequired')
})

test('a form pays without a store, and the client polls until the code is sent', async () => {
  const { caller, held, purchase, paidCodes } = await asked()
  const { formId, price } = await paidCodes.form(caller, purchase)
  assert.equal((await paidCodes.form(caller, purchase)).formId, formId)
  assert.equal(price.amount, 99)
  const polled = await paidCodes.check(caller, { ...held, formId })
  assert.equal(polled.way.channel, 'payment')
  const invalid = { code: 400, message: 'INVOICE_INVALID' }
  await assert.rejects(paidCodes.payForm(caller, purchase, formId + 1n), invalid)
  await assert.rejects(paidCodes.check(caller, { ...held, formId: formId + 1n }), invalid)
  assert.equal((await paidCodes.payForm(caller, purchase, formId))?.way.channel, 'sms')
  const after = await paidCodes.check(caller, { ...held, formId })
  assert.deepEqual([after.way.channel, after.next?.channel], ['sms', 'call'])
  await assert.rejects(paidCodes.form(caller, purchase), { code: 400, message: 'NO_PAYMENT_NEEDED' })
})

test("an operator's decision sends the code and notifies the key", async () => {
  const { world, caller, held, purchase, paidCodes } = await asked({ settings: { codePayments: 'operator' } })
  const told = world.hear('paidCode')
  const { formId } = await paidCodes.form(caller, purchase)
  assert.equal(await paidCodes.payForm(caller, purchase, formId), undefined)
  assert.equal(await paidCodes.pay(caller, purchase), undefined)
  assert.equal((await paidCodes.unpaid('9996621234')).length, 1)
  assert.equal(await paidCodes.settle('9996631234'), 0)
  const settled = await Promise.all(Array.from({ length: 64 }, () => paidCodes.settle('9996621234')))
  assert.equal(settled.filter((count) => count === 1).length, 1)
  assert.equal((await world.inbox.list()).length, 1)
  const sent = await paidCodes.check(caller, { ...held, formId })
  assert.deepEqual(told, [{ kind: 'paidCode', authKeyId: String(caller.authKeyId), phone: '9996621234' }])
  assert.deepEqual(await paidCodes.sentTo(caller.authKeyId, '9996621234'), sent)
  assert.equal(await paidCodes.sentTo(caller.authKeyId + 1n, '9996621234'), undefined)
  assert.deepEqual(await paidCodes.unpaid('9996621234'), [])
})

test('a payment needs a waiting code of the caller and its exact price', async () => {
  const { world, caller, purchase, paidCodes } = await asked()
  const refused = { code: 400, message: 'INPUT_PURPOSE_INVALID' }
  const bad = [{ amount: 98n }, { currency: 'EUR' }, { phoneCodeHash: 'no' }, { phoneNumber: '+9996631234' }]
  for (const change of bad) {
    await assert.rejects(paidCodes.pay(caller, { ...purchase, ...change }), refused)
    await assert.rejects(paidCodes.canPurchase(caller, { ...purchase, ...change }), refused)
    await assert.rejects(paidCodes.form(caller, { ...purchase, ...change }), { message: 'INVOICE_INVALID' })
  }
  await assert.rejects(paidCodes.pay(await world.caller(), purchase), refused)
  await world.domain.store.decide(() => removePhoneRule('999'))
  const free = await world.sendCode(await world.caller(), '+9996631234')
  const held = { phoneNumber: '+9996631234', phoneCodeHash: free.phoneCodeHash }
  await assert.rejects(paidCodes.pay(caller, { ...held, ...PRICE }), refused)
  world.clock.advance(300_000)
  await assert.rejects(paidCodes.pay(caller, purchase), refused)
  const dead = paidCodes.check(caller, { ...purchase, formId: 1n })
  await assert.rejects(dead, { code: 400, message: 'PHONE_CODE_EXPIRED' })
})

test('a paid code that cannot be sent says so', async () => {
  const courier = { send: async () => ({ kind: 'rejected', reason: 'no', retryable: false }) as const }
  const { caller, purchase, paidCodes } = await asked({ courier })
  await assert.rejects(paidCodes.pay(caller, purchase), { code: 400, message: 'SMS_CODE_CREATE_FAILED' })
})
