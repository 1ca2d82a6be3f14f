/** Every channel of a code, from the rule for the number to a signed-in client. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { memorySession, type RpcError, type TelegramClient } from '@cablegram/client'
import type { CablegramServer } from '@cablegram/server'
import { AheadClock, closeOpened, comesTo, connect, isAt, serve, signedIn } from './login-steps.ts'

after(closeOpened)

type Rule = Parameters<CablegramServer['phoneRules']['put']>[1]
type Channel = NonNullable<Rule['channels']>[number]

const phone = '+9996621234'
const realPhone = '+447400123456'

/** The client's information about each channel whose code is typed. */
const TYPES: { readonly [C in Channel]?: object } = {
  app: { _: 'auth.sentCodeTypeApp', length: 5 },
  sms: { _: 'auth.sentCodeTypeSms', length: 5 },
  call: { _: 'auth.sentCodeTypeCall', length: 5 },
  flashCall: { _: 'auth.sentCodeTypeFlashCall', pattern: '99900*' },
  missedCall: { _: 'auth.sentCodeTypeMissedCall', prefix: '99900', length: 5 },
  fragment: {
    _: 'auth.sentCodeTypeFragmentSms',
    url: 'https://fragment.com/number/9996621234/code',
    length: 5,
  },
  smsWord: { _: 'auth.sentCodeTypeSmsWord', beginning: 't' },
  smsPhrase: { _: 'auth.sentCodeTypeSmsPhrase', beginning: 'two' },
}
const CODES: { readonly [C in Channel]?: string } = {
  flashCall: '9990022222',
  smsWord: 'two',
  smsPhrase: 'two two two',
}

async function ruled(channels: readonly Channel[], options: Parameters<typeof serve>[0] = {}) {
  const server = await serve(options)
  await server.phoneRules.put(phone, { rule: 'channels', channels })
  return server
}

for (const [channel, type] of Object.entries(TYPES) as [Channel, object][]) {
  test(`a code by ${channel} signs in`, async () => {
    const server = await ruled([channel])
    const login = await connect(server).login()
    const sent = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitCode')
    assert.deepEqual([sent.type, sent.nextType], [type, undefined])
    const entry = await server.codes.waitFor(phone)
    assert.deepEqual([entry.channel, entry.code], [channel, CODES[channel] ?? '22222'])
    const wrong = isAt(await login.act('signIn', { code: '99900' }), 'waitCode')
    assert.equal(wrong.problem?.type, 'PHONE_CODE_INVALID')
    isAt(await login.act('signIn', { code: ` ${entry.code.toUpperCase()}` }), 'waitSignUp')
    isAt(await login.act('signUp', { firstName: 'Ada' }), 'authorized')
  })
}

test('a second device gets its code in the app and can have it by SMS', async () => {
  const server = await serve()
  await signedIn(server, phone)
  const clock = new AheadClock()
  const login = await connect(server).login({ clock })
  const sent = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitCode')
  assert.deepEqual([sent.type._, sent.nextType?._], ['auth.sentCodeTypeApp', 'auth.codeTypeSms'])
  assert.ok(sent.resendAtMs)
  clock.moveTo(sent.resendAtMs)
  const resent = isAt(await login.act('resendCode'), 'waitCode')
  assert.equal(resent.type._, 'auth.sentCodeTypeSms')
  isAt(await login.act('signIn', { code: '22222' }), 'authorized')
})

test('a chain is used to its end, and every code it sent stays valid', async () => {
  const chain = ['smsWord', 'flashCall', 'missedCall', 'sms', 'call'] as const
  const server = await serve()
  await server.phoneRules.put('44', { rule: 'channels', channels: chain })
  for (const typed of chain) {
    const clock = new AheadClock()
    const client = connect(server)
    const login = await client.login({ clock })
    let sent = isAt(await login.act('sendCode', { phoneNumber: realPhone }), 'waitCode')
    const told = [sent.type._]
    const entries = [await server.codes.waitFor(realPhone)]
    while (sent.nextType) {
      clock.moveTo(sent.resendAtMs ?? 0)
      sent = isAt(await login.act('resendCode'), 'waitCode')
      told.push(sent.type._)
      entries.push(await server.codes.waitFor(realPhone, { afterId: entries.at(-1)?.id ?? '' }))
    }
    assert.deepEqual(
      entries.map(({ channel }) => channel),
      chain,
    )
    assert.deepEqual(
      entries.map(({ type }) => type),
      told,
    )
    const held = { phoneNumber: realPhone, phoneCodeHash: sent.phoneCodeHash }
    await assert.rejects(client.auth.resendCode(held), { code: 406, type: 'SEND_CODE_UNAVAILABLE' })
    const code = entries.find(({ channel }) => channel === typed)?.code ?? ''
    isAt(await login.act('signIn', { code }), 'waitSignUp')
    isAt(await login.act('cancel'), 'closed')
  }
})

test('a Firebase code goes by SMS if the device cannot attest', async () => {
  const server = await ruled(['firebase', 'sms'])
  const client = connect(server)
  const login = await client.login()
  const sent = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitCode')
  assert.deepEqual(sent.type, { _: 'auth.sentCodeTypeFirebaseSms', length: 5 })
  const held = { phoneNumber: phone, phoneCodeHash: sent.phoneCodeHash }
  assert.equal(await client.auth.requestFirebaseSms(held), false)
  const resent = isAt(await login.act('resendCode'), 'waitCode')
  assert.equal(resent.type._, 'auth.sentCodeTypeSms')
  isAt(await login.act('reportMissingCode', { mnc: '02' }), 'waitCode')
  isAt(await login.act('signIn', { code: '22222' }), 'waitSignUp')
})

/** Eight connections of one key. */
async function together(server: CablegramServer): Promise<readonly TelegramClient[]> {
  const first = connect(server)
  await first.connect()
  const session = await first.exportSession()
  const others = Array.from({ length: 7 }, () => connect(server, { session: memorySession(session) }))
  await Promise.all(others.map((client) => client.connect()))
  return [first, ...others]
}

async function askFor(client: TelegramClient): Promise<{ phoneNumber: string; phoneCodeHash: string }> {
  assert.ok(client.app)
  const settings = { _: 'codeSettings' } as const
  const sent = await client.auth.sendCode({ phoneNumber: phone, ...client.app, settings })
  assert.notEqual(sent._, 'auth.sentCodeSuccess')
  return { phoneNumber: phone, phoneCodeHash: 'phoneCodeHash' in sent ? sent.phoneCodeHash : '' }
}

async function channelsSent(server: CablegramServer): Promise<string[]> {
  const answer = await fetch(`${server.info.console}/api/codes?phone=${phone.slice(1)}`)
  const { codes } = (await answer.json()) as { codes: { channel: string }[] }
  return codes.map(({ channel }) => channel).toReversed()
}

test('64 resends over 8 connections use each channel of the chain once, in order', async () => {
  const chain = ['sms', 'call', 'missedCall', 'flashCall'] as const
  const server = await ruled(chain)
  const clients = await together(server)
  const [first] = clients
  assert.ok(first)
  const held = await askFor(first)
  const answers = await Promise.allSettled(
    Array.from({ length: 64 }, (_, index) => (clients[index % 8] ?? first).auth.resendCode(held)),
  )
  const sent = await channelsSent(server)
  assert.ok(sent.length > 1)
  assert.deepEqual(sent, chain.slice(0, sent.length))
  for (const answer of answers) {
    if (answer.status === 'rejected') assert.equal((answer.reason as RpcError).type, 'SEND_CODE_UNAVAILABLE')
  }
})

test('64 attestations over 8 connections send one SMS', async () => {
  const server = await ruled(['firebase', 'sms'])
  const clients = await together(server)
  const [first] = clients
  assert.ok(first)
  const asked = { ...(await askFor(first)), playIntegrityToken: 'token' }
  const answers = await Promise.all(
    Array.from({ length: 64 }, (_, index) => (clients[index % 8] ?? first).auth.requestFirebaseSms(asked)),
  )
  assert.deepEqual(new Set(answers), new Set([true]))
  assert.deepEqual(await channelsSent(server), ['firebase'])
})

const paid = { rule: 'channels', channels: ['payment', 'sms', 'call'] } as const

async function askToPay(options: Parameters<typeof serve>[0] = {}) {
  const server = await ruled(paid.channels, options)
  const client = connect(server)
  const login = await client.login()
  const state = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitPayment')
  const { phoneNumber, phoneCodeHash, premiumDays, currency, amount } = state
  const price = { premiumDays, currency, amount: BigInt(amount) }
  const purpose = { _: 'inputStorePaymentAuthCode' as const, phoneNumber, phoneCodeHash, ...price }
  return { server, client, login, held: { phoneNumber, phoneCodeHash }, purpose }
}

test('a code can be paid for in a store', async () => {
  const { client, login, purpose } = await askToPay()
  assert.equal(await client.payments.canPurchaseStore({ purpose }), true)
  const receipt = { _: 'dataJSON' as const, data: '{"orderId":"1"}' }
  const updates = await client.payments.assignPlayMarketTransaction({ receipt, purpose })
  assert.ok(updates._ === 'updateShort' && updates.update._ === 'updateSentPhoneCode')
  const { sentCode } = updates.update
  assert.ok(sentCode._ === 'auth.sentCode' && sentCode.type._ === 'auth.sentCodeTypeSms')
  const again = await client.payments.assignAppStoreTransaction({ receipt: new Uint8Array(1), purpose })
  assert.ok(again._ === 'updateShort' && again.update._ === 'updateSentPhoneCode')
  assert.equal(await client.payments.canPurchaseStore({ purpose }), false)
  const app = client.payments.assignAppStoreTransaction({ receipt: new Uint8Array(), purpose })
  await assert.rejects(app, { code: 400, type: 'RECEIPT_EMPTY' })
  const play = client.payments.assignPlayMarketTransaction({ receipt: { ...receipt, data: '{' }, purpose })
  await assert.rejects(play, { code: 400, type: 'DATA_JSON_INVALID' })
  const gift = { _: 'inputStorePaymentPremiumSubscription' } as const
  await assert.rejects(client.payments.canPurchaseStore({ purpose: gift }), { type: 'INPUT_PURPOSE_INVALID' })
  isAt(login.state, 'waitPayment')
})

test('a code can be paid for with a form and then polled', async () => {
  const { client, login, held, purpose } = await askToPay()
  const invoice = { _: 'inputInvoicePremiumAuthCode' as const, purpose }
  const form = await client.payments.getPaymentForm({ invoice })
  assert.ok(form._ === 'payments.paymentForm')
  assert.deepEqual(
    form.invoice.prices.map(({ amount }) => amount),
    [purpose.amount],
  )
  const { formId } = form
  isAt(await login.act('checkPaidAuth', { formId }), 'waitPayment')
  const nothing = { _: 'inputPaymentCredentialsSaved' as const, id: '1', tmpPassword: new Uint8Array() }
  const unpaid = client.payments.sendPaymentForm({ formId, invoice, credentials: nothing })
  await assert.rejects(unpaid, { code: 400, type: 'PAYMENT_CREDENTIALS_INVALID' })
  const credentials = {
    _: 'inputPaymentCredentials' as const,
    data: { _: 'dataJSON' as const, data: '{"token":"1"}' },
  }
  const result = await client.payments.sendPaymentForm({ formId, invoice, credentials })
  assert.ok(result._ === 'payments.paymentResult' && result.updates._ === 'updateShort')
  const sent = isAt(await login.act('checkPaidAuth', { formId }), 'waitCode')
  assert.deepEqual([sent.type._, sent.phoneCodeHash], ['auth.sentCodeTypeSms', held.phoneCodeHash])
  isAt(await login.act('signIn', { code: '22222' }), 'waitSignUp')
})

test('a code that the operator marks as paid arrives by itself', async () => {
  const { server, client, login, purpose } = await askToPay({ codePayments: 'operator' })
  const receipt = new Uint8Array(1)
  const updates = await client.payments.assignAppStoreTransaction({ receipt, purpose })
  assert.ok(updates._ === 'updates' && updates.updates.length === 0)
  assert.equal((await server.payments.list(phone)).length, 1)
  const moved = comesTo(login, 'waitCode')
  const url = `${server.info.console}/api/payments/${phone.slice(1)}`
  assert.equal((await fetch(url, { method: 'POST' })).status, 204)
  await moved
  isAt(await login.act('signIn', { code: '22222' }), 'waitSignUp')
  const late = await fetch(url, { method: 'POST' })
  assert.equal(late.status, 404)
})

test('phone rules are set over the console, and their refusals reach the client', async () => {
  const server = await serve()
  const login = await connect(server).login()
  const put = async (rule: object) => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'PUT', headers, body: JSON.stringify(rule) }
    const answer = await fetch(`${server.info.console}/api/phone-rules/${phone.slice(1, 8)}`, init)
    assert.equal(answer.status, 200)
  }
  const refusals = [
    [{ rule: 'ban' }, { code: 400, type: 'PHONE_NUMBER_BANNED' }],
    [{ rule: 'protect' }, { code: 400, type: 'PHONE_PASSWORD_PROTECTED' }],
  ] as const
  for (const [rule, refused] of refusals) {
    await put(rule)
    await assert.rejects(login.act('sendCode', { phoneNumber: phone }), refused)
  }
  await put({ rule: 'migrate', dc: 4 })
  const client = connect(server)
  isAt(await (await client.login()).act('sendCode', { phoneNumber: phone }), 'waitCode')
  assert.equal(client.dcId, 4)
  await put({ rule: 'channels', channels: ['call'] })
  const sent = isAt(await login.act('sendCode', { phoneNumber: phone }), 'waitCode')
  assert.equal(sent.type._, 'auth.sentCodeTypeCall')
})
