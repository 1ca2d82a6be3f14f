import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeliveryOutcome } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import { changeApp } from '../accounts/decide-apps.ts'
import { giveUpCode } from '../codes/give-up-code.ts'
import { resendLoginCode } from '../codes/resend-code.ts'
import type { CodeHash } from '../codes/words.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { createWorld, START_MS } from '../test-world.ts'
import { signInWithCode } from './sign-in.ts'

const PHONE = '+9996621234'
const REAL_PHONE = '+14155552671'

test('the code of a test number is its data centre digit and is in the inbox once sendCode answers', async () => {
  const world = await createWorld()
  const sent = await world.sendCode(await world.caller(), '+999 66 2 1234')
  assert.deepEqual(
    [sent.way, sent.next],
    [
      { channel: 'sms', length: 5 },
      { channel: 'call', timeoutS: 60 },
    ],
  )
  assert.match(sent.phoneCodeHash, /^[0-9a-f]{32}$/)
  const [entry] = await world.inbox.list(PHONE)
  assert.equal(entry?.phone, PHONE)
  assert.equal(entry?.code, '22222')
  assert.equal(entry?.phoneCodeHash, sent.phoneCodeHash)
  assert.equal(entry?.expiresAtS, START_MS / 1000 + 300)
  assert.equal(entry?.state, 'active')
  assert.match(entry?.text ?? '', /Login code: 22222\./)
})

test('codes of other numbers differ from each other and from their hash', async () => {
  const world = await createWorld()
  const codes = new Set<string>()
  for (let i = 0; i < 20; i++) await world.sendCode(await world.caller(), REAL_PHONE)
  for (const { code } of await world.inbox.list()) {
    assert.match(code, /^\d{5}$/)
    codes.add(code)
  }
  assert.ok(codes.size > 15)
})

test('sendCode refuses an unknown api_id, a wrong api_hash and a published app', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { apiId, apiHash } = world.app
  const invalid = { code: 400, message: 'API_ID_INVALID' }
  await assert.rejects(world.sendCode(caller, PHONE, { apiId: apiId + 1, apiHash }), invalid)
  await assert.rejects(world.sendCode(caller, PHONE, { apiId, apiHash: `${apiHash}0` }), invalid)
  await assert.rejects(world.sendCode(caller, PHONE, { apiId, apiHash: '' }), invalid)
  await world.rules.store.decide(() => changeApp(apiId, { published: true }))
  await assert.rejects(world.sendCode(caller, PHONE), { code: 400, message: 'API_ID_PUBLISHED_FLOOD' })
})

test('the app is checked before the number', async () => {
  const world = await createWorld()
  const wrong = { apiId: world.app.apiId, apiHash: 'no' }
  await assert.rejects(world.sendCode(await world.caller(), '+1', wrong), { message: 'API_ID_INVALID' })
})

test('a client below the minimum layer is told to update', async () => {
  const world = await createWorld()
  await world.rules.store.decide(() => changeApp(world.app.apiId, { minLayer: 200 }))
  const refused = { code: 406, message: 'UPDATE_APP_TO_LOGIN' }
  await assert.rejects(world.sendCode(await world.caller({ layer: 199 }), PHONE), refused)
  await world.sendCode(await world.caller({ layer: 200 }), PHONE)
})

test('an invalid number is refused with 406, or with 400 if so set', async () => {
  const world = await createWorld()
  const refused = { code: 406, message: 'PHONE_NUMBER_INVALID' }
  for (const phone of ['', 'phone', '+1234', '+99966212345', '+9996601234', `+${'1'.repeat(4096)}`]) {
    await assert.rejects(world.sendCode(await world.caller(), phone), refused, phone)
  }
  const other = await createWorld({ settings: { phoneInvalidCode: 400 } })
  await assert.rejects(other.sendCode(await other.caller(), '+1234'), { ...refused, code: 400 })
})

test('a test number is sent to its own data centre', async () => {
  const world = await createWorld({ settings: { dcs: 3 } })
  const refused = { code: 303, message: 'PHONE_MIGRATE_2' }
  await assert.rejects(world.sendCode(await world.caller({ dcId: 1 }), PHONE), refused)
  await world.sendCode(await world.caller({ dcId: 2 }), PHONE)
  await world.sendCode(await world.caller({ dcId: 1 }), '+9996651234')
})

test('an account lives in the data centre it first signed in to, and an unknown number in the one that asks', async () => {
  const world = await createWorld({ settings: { dcs: 3 } })
  const phone = '+14155552671'
  const [one, two, three] = await Promise.all([1, 2, 3].map((dcId) => world.caller({ dcId })))
  assert.ok(one && two && three)
  await createAccount(world.rules, { phone, firstName: 'Ada' })
  const early = await world.sendCode(one, phone)
  await world.signIn(three, phone)
  const refused = { code: 303, message: 'PHONE_MIGRATE_3' }
  await assert.rejects(world.sendCode(two, phone), refused)
  await world.sendCode(three, phone)
  const guess = { phoneNumber: phone, phoneCodeHash: early.phoneCodeHash, phoneCode: '1' }
  await assert.rejects(signInWithCode(world.rules, one, guess), refused, 'with a code sent before')
})

test('a hash works only in the data centre that issued it', async () => {
  const world = await createWorld({ settings: { dcs: 3 } })
  const caller = await world.caller({ dcId: 2 })
  const { phoneCodeHash } = await world.sendCode(caller, '+14155552671')
  const held = { phoneNumber: '+14155552671', phoneCodeHash }
  const elsewhere = { ...caller, dcId: 1 }
  await assert.rejects(giveUpCode(world.rules, elsewhere, held), { message: 'PHONE_CODE_EXPIRED' })
  await giveUpCode(world.rules, caller, held)
})

test('an app that may not create accounts still signs in to existing ones', async () => {
  const world = await createWorld()
  await world.rules.store.decide(() => changeApp(world.app.apiId, { signupForbidden: true }))
  const refused = { code: 400, message: 'PHONE_NUMBER_APP_SIGNUP_FORBIDDEN' }
  await assert.rejects(world.sendCode(await world.caller(), PHONE), refused)
  await createAccount(world.rules, { phone: PHONE, firstName: 'Ada' })
  await world.sendCode(await world.caller(), PHONE)
})

test('a repeated sendCode of the same key gives the same hash and sends nothing until the resend time', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const first = await world.sendCode(caller, PHONE)
  world.clock.advance(20_000)
  const repeated = await world.sendCode(caller, PHONE)
  assert.equal(repeated.phoneCodeHash, first.phoneCodeHash)
  assert.equal(repeated.next?.timeoutS, 40)
  assert.equal((await world.inbox.list()).length, 1)
  assert.notEqual(
    (await world.sendCode(await world.caller(), PHONE)).phoneCodeHash,
    first.phoneCodeHash,
    'of another key',
  )
  world.clock.advance(40_000)
  assert.notEqual((await world.sendCode(caller, PHONE)).phoneCodeHash, first.phoneCodeHash)
  assert.deepEqual(
    (await world.inbox.list()).map(({ state }) => state),
    ['active', 'active', 'replaced'],
  )
})

test('64 parallel sendCodes of one key give one hash and one delivery', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const sent = await Promise.all(Array.from({ length: 64 }, () => world.sendCode(caller, PHONE)))
  assert.equal(new Set(sent.map(({ phoneCodeHash }) => phoneCodeHash)).size, 1)
  assert.equal((await world.inbox.list()).length, 1)
})

test('resendCode walks the chain with the same hash and digits and reports its end', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { phoneCodeHash } = await world.sendCode(caller, REAL_PHONE)
  const held = { phoneNumber: REAL_PHONE, phoneCodeHash }
  const called = await resendLoginCode(world.rules, caller, held)
  assert.deepEqual(called, {
    kind: 'sent',
    phoneCodeHash,
    way: { channel: 'call', length: 5 },
    next: undefined,
  })
  const [call, sms] = await world.inbox.list()
  assert.deepEqual([call?.channel, call?.type, call?.code], ['call', 'auth.sentCodeTypeCall', sms?.code])
  assert.deepEqual([call?.state, sms?.state], ['active', 'superseded'])
  await assert.rejects(resendLoginCode(world.rules, caller, held), {
    code: 406,
    message: 'SEND_CODE_UNAVAILABLE',
  })
})

const EARLY = [
  { limits: 'box', afterS: 2, answer: 'call' },
  { limits: 'strict', afterS: 2, answer: 'FLOOD_WAIT_58' },
  { limits: 'strict', afterS: 59, answer: 'FLOOD_WAIT_1' },
  { limits: 'strict', afterS: 60, answer: 'call' },
] as const

for (const { limits, afterS, answer } of EARLY) {
  test(`resendCode ${afterS} s after sendCode, with ${limits} limits: ${answer}`, async () => {
    // Without the budgets of the strict preset, which wait as long.
    const world = await createWorld({ limits, settings: { sendLimits: [] } })
    const caller = await world.caller()
    const { phoneCodeHash } = await world.sendCode(caller, PHONE)
    world.clock.advance(afterS * 1000)
    const resent = resendLoginCode(world.rules, caller, { phoneNumber: PHONE, phoneCodeHash })
    const got = await resent.then(
      ({ way }) => way.channel,
      (error: Error) => error.message,
    )
    assert.equal(got, answer)
  })
}

test('a resendCode sent twice at once is answered twice and sends once', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { phoneCodeHash } = await world.sendCode(caller, PHONE)
  const held = { phoneNumber: PHONE, phoneCodeHash }
  const [one, two] = await Promise.all([
    resendLoginCode(world.rules, caller, held),
    resendLoginCode(world.rules, caller, held),
  ])
  assert.deepEqual(one, two)
  assert.equal((await world.inbox.list()).length, 2)
})

test('resendCode and cancelCode refuse an empty, unknown, foreign or expired hash', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { phoneCodeHash } = await world.sendCode(caller, PHONE)
  const held = { phoneNumber: PHONE, phoneCodeHash }
  const expired = { code: 400, message: 'PHONE_CODE_EXPIRED' }
  await assert.rejects(resendLoginCode(world.rules, caller, { ...held, phoneCodeHash: '' }), {
    message: 'PHONE_CODE_HASH_EMPTY',
  })
  for (const rule of [resendLoginCode, giveUpCode]) {
    const call = (...args: [Caller, CodeHash]): Promise<unknown> => rule(world.rules, ...args)
    await assert.rejects(call(caller, { ...held, phoneNumber: '+1' }), { message: 'PHONE_NUMBER_INVALID' })
    await assert.rejects(call(caller, { ...held, phoneCodeHash: 'f'.repeat(32) }), expired)
    await assert.rejects(call(await world.caller(), held), expired)
    await assert.rejects(call({ ...caller, dcId: 1 }, held), expired)
    await assert.rejects(call(caller, { ...held, phoneNumber: REAL_PHONE }), expired)
  }
  world.clock.advance(300_000)
  await assert.rejects(resendLoginCode(world.rules, caller, held), expired)
  await assert.rejects(giveUpCode(world.rules, caller, held), expired)
})

test('a cancelled code signs nobody in', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { phoneCodeHash } = await world.sendCode(caller, PHONE)
  const held = { phoneNumber: PHONE, phoneCodeHash }
  await giveUpCode(world.rules, caller, held)
  const expired = { code: 400, message: 'PHONE_CODE_EXPIRED' }
  await assert.rejects(signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' }), expired)
  await assert.rejects(giveUpCode(world.rules, caller, held), expired)
  assert.equal((await world.inbox.list())[0]?.state, 'cancelled')
})

test('the box allows 100 codes in ten minutes and tells exactly how long to wait for the next', async () => {
  const world = await createWorld()
  const send = async () => world.sendCode(await world.caller(), PHONE)
  await send()
  world.clock.advance(10_000)
  for (let i = 1; i < 100; i++) await send()
  world.clock.advance(1_500)
  await assert.rejects(send(), { code: 420, message: 'FLOOD_WAIT_589', argument: 589 })
  world.clock.advance(588_500)
  await send()
  await assert.rejects(send(), { message: 'FLOOD_WAIT_10' })
})

test('exactly as many of 64 parallel sendCodes go out as the budget allows', async () => {
  const sendLimits = [{ scope: 'phone', max: 5, windowS: 600 } as const]
  const world = await createWorld({ settings: { sendLimits } })
  const callers = await Promise.all(Array.from({ length: 64 }, () => world.caller()))
  const sent = await Promise.allSettled(callers.map((caller) => world.sendCode(caller, PHONE)))
  assert.equal(sent.filter(({ status }) => status === 'fulfilled').length, 5)
  assert.equal((await world.inbox.list()).length, 5)
})

test('strict limits restrict a phone by the minute, ten minutes and day, and a refusal costs nothing', async () => {
  const world = await createWorld({ limits: 'strict' })
  let ip = 0
  const send = async () => world.sendCode(await world.caller({ ip: `10.0.0.${ip++}` }), REAL_PHONE)
  await send()
  for (let i = 0; i < 30; i++) await assert.rejects(send(), { message: 'FLOOD_WAIT_60' })
  for (let i = 0; i < 4; i++) {
    world.clock.advance(60_000)
    await send()
  }
  world.clock.advance(60_000)
  await assert.rejects(send(), { message: 'FLOOD_WAIT_300' })
  for (let i = 0; i < 5; i++) {
    world.clock.advance(600_000)
    await send()
  }
  world.clock.advance(600_000)
  await assert.rejects(send(), { code: 400, message: 'PHONE_NUMBER_FLOOD' })
  world.clock.advance(86_400_000)
  await send()
})

test('strict limits restrict an address by sends and by different numbers, IPv6 by /64', async () => {
  const world = await createWorld({ limits: 'strict' })
  const send = async (host: number, phone: string) =>
    world.sendCode(await world.caller({ ip: `2001:db8::${host}` }), phone)
  for (let i = 0; i < 5; i++) await send(i, `+999662000${i}`)
  await assert.rejects(send(9, '+9996620005'), { message: 'FLOOD_WAIT_600' })
  world.clock.advance(60_000)
  await send(9, '+9996620000')
  await assert.rejects(send(9, '+9996620005'), { message: 'FLOOD_WAIT_540' })
  await world.sendCode(await world.caller({ ip: '2001:db8:0:1::1' }), '+9996620005')
})

test('a permanent refusal of the courier kills the code, and an uncertain one does not', async () => {
  let outcome: DeliveryOutcome = { kind: 'rejected', reason: 'no such number', retryable: false }
  const ids: string[] = []
  const courier = {
    send: async ({ phoneCodeHash }: { phoneCodeHash: string }) => {
      ids.push(phoneCodeHash)
      return outcome
    },
  }
  const world = await createWorld({ courier })
  const caller = await world.caller()
  await assert.rejects(world.sendCode(caller, PHONE), { code: 400, message: 'SMS_CODE_CREATE_FAILED' })
  const dead = { phoneNumber: PHONE, phoneCodeHash: ids[0] ?? '', phoneCode: '22222' }
  await assert.rejects(signInWithCode(world.rules, caller, dead), { message: 'PHONE_CODE_EXPIRED' })
  outcome = { kind: 'unknown' }
  const { phoneCodeHash } = await world.sendCode(caller, PHONE)
  const answer = await signInWithCode(world.rules, caller, { ...dead, phoneCodeHash })
  assert.equal(answer.kind, 'signUpRequired')
})

test('a temporary refusal is retried', async () => {
  let tries = 0
  const courier = {
    async send(): Promise<DeliveryOutcome> {
      if (++tries === 1) return { kind: 'rejected', reason: 'busy', retryable: true }
      return { kind: 'accepted', reference: '1' }
    },
  }
  const world = await createWorld({ courier })
  await world.sendCode(await world.caller(), PHONE)
  assert.equal(tries, 2)
})

test('a refused code goes by the next channel, and dies if every channel refuses', async () => {
  const refused = new Set(['sms'])
  const tried: string[] = []
  const courier = {
    async send({ channel }: { channel: string }): Promise<DeliveryOutcome> {
      tried.push(channel)
      if (!refused.has(channel)) return { kind: 'accepted', reference: '1' }
      return { kind: 'rejected', reason: 'no', retryable: false }
    },
  }
  const world = await createWorld({ courier, settings: { channels: ['sms', 'call', 'missedCall'] } })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  assert.deepEqual([sent.way.channel, sent.next?.channel, tried], ['call', 'missedCall', ['sms', 'call']])
  refused.add('missedCall')
  const held = { phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash }
  const unavailable = { code: 406, message: 'SEND_CODE_UNAVAILABLE' }
  await assert.rejects(resendLoginCode(world.rules, caller, held), unavailable)
  await assert.rejects(resendLoginCode(world.rules, caller, held), unavailable)
  assert.deepEqual(tried, ['sms', 'call', 'missedCall'])
  const answer = await signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })
  assert.equal(answer.kind, 'signUpRequired', 'the call has brought it')
})

test('64 simultaneous resends send by each channel once', async () => {
  const channels = ['sms', 'call', 'missedCall', 'flashCall'] as const
  const world = await createWorld({ settings: { channels } })
  const caller = await world.caller()
  const { phoneCodeHash } = await world.sendCode(caller, PHONE)
  const held = { phoneNumber: PHONE, phoneCodeHash }
  const answers = await Promise.allSettled(
    Array.from({ length: 64 }, () => resendLoginCode(world.rules, caller, held)),
  )
  const sent = (await world.inbox.list()).map(({ channel }) => channel).toReversed()
  assert.deepEqual(sent, channels.slice(0, sent.length))
  assert.ok(answers.some(({ status }) => status === 'fulfilled'))
  for (const answer of answers) {
    if (answer.status === 'rejected') assert.equal(answer.reason.message, 'SEND_CODE_UNAVAILABLE')
  }
})

test('a provider that starts and times out gives -503, and the code stays valid', async () => {
  let isSent = 0
  const courier = {
    send(_delivery: unknown, onTaken?: () => void): Promise<DeliveryOutcome> {
      isSent++
      onTaken?.()
      return new Promise(() => {})
    },
  }
  const world = await createWorld({ courier, settings: { courierTimeoutMs: 10 } })
  const caller = await world.caller()
  await assert.rejects(world.sendCode(caller, PHONE), { code: -503, message: 'Timeout' })
  const { phoneCodeHash } = await world.sendCode(caller, PHONE)
  const answer = await signInWithCode(world.rules, caller, {
    ...{ phoneNumber: PHONE, phoneCodeHash },
    phoneCode: '22222',
  })
  assert.deepEqual([answer.kind, isSent], ['signUpRequired', 1])
})

test('a courier that times out gives -500, and a code it may have sent stays valid', async () => {
  const sent: string[] = []
  const courier = {
    send({ phoneCodeHash }: { phoneCodeHash: string }): Promise<DeliveryOutcome> {
      sent.push(phoneCodeHash)
      return new Promise(() => {})
    },
  }
  const world = await createWorld({ courier, settings: { courierTimeoutMs: 10 } })
  const caller = await world.caller()
  await assert.rejects(world.sendCode(caller, PHONE), { code: -500, message: 'No workers running' })
  assert.equal((await world.sendCode(caller, PHONE)).phoneCodeHash, sent[0])
  assert.equal(sent.length, 1)
})
