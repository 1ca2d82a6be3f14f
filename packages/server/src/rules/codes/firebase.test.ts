import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Courier } from '../../courier/port.ts'
import { removePhoneRule } from '../accounts/decide-phone-bans.ts'
import { setPhoneRule } from '../accounts/phone-bans.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { createWorld, type World } from '../test-world.ts'
import { sendFirebaseSms } from './firebase.ts'
import { noteMissingCode } from './missing-code.ts'
import { resendLoginCode } from './resend-code.ts'

const PHONE = '+9996621234'
const REFUSED = { kind: 'rejected', reason: 'no', retryable: false } as const

async function sentByFirebase(options: { courier?: Courier } = {}) {
  const world = await createWorld(options)
  await setPhoneRule(world.rules, {
    digits: '999',
    rule: 'channels',
    channels: ['firebase', 'sms', 'call'],
  })
  const caller = await world.caller()
  const sent = await world.sendCode(caller, PHONE)
  return {
    world,
    rules: world.rules,
    caller,
    sent,
    held: { phoneNumber: PHONE, phoneCodeHash: sent.phoneCodeHash },
  }
}

const codesOf = async ({ inbox }: Pick<World, 'inbox'>) =>
  (await inbox.list(PHONE)).map(({ channel, type }) => `${channel} ${type}`)

test('a Firebase SMS is sent once after attestation, however often the device asks', async () => {
  const { world, rules, caller, held, sent } = await sentByFirebase()
  assert.ok(sent.way.channel === 'firebase' && sent.way.nonce.length === 32 && sent.next?.channel === 'sms')
  assert.deepEqual(await codesOf(world), [])
  const early = signInWithCode(rules, caller, { ...held, phoneCode: '22222' })
  await assert.rejects(early, { message: 'PHONE_CODE_INVALID' }, 'nothing has been sent')
  assert.equal(await sendFirebaseSms(rules, caller, { ...held, attestation: '' }), false)
  const asked = { ...held, attestation: 'token' }
  const answers = await Promise.all(Array.from({ length: 64 }, () => sendFirebaseSms(rules, caller, asked)))
  assert.deepEqual(new Set(answers), new Set([true]))
  assert.deepEqual(await codesOf(world), ['firebase auth.sentCodeTypeFirebaseSms'])
  assert.equal((await signInWithCode(rules, caller, { ...held, phoneCode: '22222' })).kind, 'signUpRequired')
})

test('a device that cannot attest continues with resendCode', async () => {
  const { world, rules, caller, held } = await sentByFirebase()
  assert.equal((await resendLoginCode(rules, caller, held)).way.channel, 'sms')
  const late = sendFirebaseSms(rules, caller, { ...held, attestation: 'token' })
  await assert.rejects(late, { code: 400, message: 'PHONE_CODE_EMPTY' })
  assert.deepEqual(await codesOf(world), ['sms auth.sentCodeTypeSms'])
})

test('a refused Firebase SMS leaves the next channel open', async () => {
  const { rules, caller, held } = await sentByFirebase({
    courier: {
      send: async ({ channel }) => (channel === 'firebase' ? REFUSED : { kind: 'accepted', reference: '1' }),
    },
  })
  assert.equal(await sendFirebaseSms(rules, caller, { ...held, attestation: 'token' }), false)
  assert.equal((await resendLoginCode(rules, caller, held)).way.channel, 'sms')
})

test('requestFirebaseSms refuses an invalid number, a foreign hash and another kind of code', async () => {
  const { world, rules, caller, held } = await sentByFirebase()
  const request = (as: typeof caller, of: typeof held) =>
    sendFirebaseSms(rules, as, { ...of, attestation: 'token' })
  const invalid = { code: 400, message: 'PHONE_NUMBER_INVALID' }
  await assert.rejects(request(caller, { ...held, phoneNumber: '+1' }), invalid)
  const empty = { code: 400, message: 'PHONE_CODE_EMPTY' }
  await assert.rejects(request(await world.caller(), held), empty)
  await rules.store.decide(() => removePhoneRule('999'))
  const other = await world.sendCode(await world.caller(), '+9996631234')
  await assert.rejects(
    request(caller, { phoneNumber: '+9996631234', phoneCodeHash: other.phoneCodeHash }),
    empty,
  )
})

test('a missing code is recorded if it could have arrived', async () => {
  const noted: object[] = []
  const { rules, caller, sendCode } = await createWorld({ onCodeMissing: (missing) => noted.push(missing) })
  const asking = await caller()
  const { phoneCodeHash } = await sendCode(asking, PHONE)
  const held = { phoneNumber: PHONE, phoneCodeHash, mnc: '02' }
  assert.equal(await noteMissingCode(rules, asking, held), true)
  assert.equal(await noteMissingCode(rules, asking, { ...held, phoneCodeHash: 'no' }), false)
  assert.deepEqual(noted, [{ phone: '9996621234', channel: 'sms', mnc: '02' }])
  const invalid = noteMissingCode(rules, asking, { ...held, phoneNumber: '1' })
  await assert.rejects(invalid, { code: 400, message: 'PHONE_NUMBER_INVALID' })
})
