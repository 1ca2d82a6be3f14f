import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestPasskey } from '@cablegram/fixtures'
import { CHANNELS } from '../../courier/index.ts'
import { listAccounts } from '../accounts/accounts.ts'
import { changeApp } from '../accounts/decide-apps.ts'
import { removePhoneRule } from '../accounts/decide-phone-bans.ts'
import { setPhoneRule } from '../accounts/phone-bans.ts'
import { resendLoginCode } from '../codes/resend-code.ts'
import { letInByToken, showLoginToken } from '../logins/login-tokens.ts'
import { beginPasskeyLogin, signInWithPasskey } from '../logins/passkey-logins.ts'
import { addPasskey, beginPasskeyRegistration } from '../logins/passkeys.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { signUpWithCode } from '../logins/sign-up.ts'
import { createWebToken, signInWithWebToken } from '../logins/web-tokens.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { givePassword } from '../passwords/passwords.ts'
import { giveTo, pendingCaller } from '../test-passwords.ts'
import { createWorld } from '../test-world.ts'
import { listNetworkRules } from './decide-network-rules.ts'
import { listPhoneRules } from './decide-phone-rules.ts'
import { removeNetworkRule, setNetworkRule } from './network-rules.ts'
import type { AskedPhoneRule } from './phone-rules.ts'

const PHONE = '+9996621234'

test('the longest prefix wins, and a deleted rule no longer counts', async () => {
  const { rules, sendCode, caller } = await createWorld()

  await setPhoneRule(rules, { digits: '999', rule: 'protect' })
  await setPhoneRule(rules, { digits: '99966212', rule: 'ban' })
  await setPhoneRule(rules, { digits: '9996621235', rule: 'channels', channels: ['call'] })
  const sent = async (phone: string) => sendCode(await caller(), phone)
  await assert.rejects(sent('+9996631234'), { code: 400, message: 'PHONE_PASSWORD_PROTECTED' })
  await assert.rejects(sent(PHONE), { code: 400, message: 'PHONE_NUMBER_BANNED' })
  assert.equal((await sent('+9996621235')).way.channel, 'call')
  assert.ok(await rules.store.decide(() => removePhoneRule('99966212')))
  assert.equal(await rules.store.decide(() => removePhoneRule('99966212')), undefined)
  await assert.rejects(sent(PHONE), { message: 'PHONE_PASSWORD_PROTECTED' })
  await setPhoneRule(rules, { digits: '999', rule: 'channels', channels: ['sms'] })
  assert.equal((await sent(PHONE)).next, undefined)
})

test('banning a number signs it out unless a longer rule spares it', async () => {
  const world = await createWorld()
  const { rules } = world
  const [one, spared, other] = ['+9996620001', '+9996620002', '+9996630001']
  const signedIn = await Promise.all(
    [one, spared, other].map(async (phone) => {
      const caller = await world.caller()
      await world.signIn(caller, phone ?? '')
      return caller
    }),
  )
  await setPhoneRule(rules, { digits: '9996620002', rule: 'channels', channels: ['sms'] })
  const told = world.hear('key')
  await setPhoneRule(rules, { digits: '999662', rule: 'ban' })
  const states = await Promise.all(signedIn.map(async (caller) => (await world.again(caller)).state))
  assert.deepEqual(states[0], { at: 'revoked', reason: 'USER_DEACTIVATED_BAN' })
  assert.deepEqual(
    states.slice(1).map(({ at }) => at),
    ['authorized', 'authorized'],
  )
  assert.deepEqual(told, [{ kind: 'key', authKeyId: String(signedIn[0]?.authKeyId) }])
})

test('a banned account cannot sign in by any other method', async () => {
  const world = await createWorld()
  const { rules, app } = world
  const { apiId, apiHash } = app
  const anonymous = await world.caller()
  await world.signIn(anonymous, PHONE)
  const owner = await world.again(anonymous)
  const passkey = createTestPasskey()
  await addPasskey(rules, owner, passkey.create(await beginPasskeyRegistration(rules, owner)))
  const { token } = await createWebToken(rules, PHONE)
  const screen = await world.caller()
  const show = () => showLoginToken(rules, screen, { apiId, apiHash, exceptIds: [] })
  const shown = await show()
  await letInByToken(rules, owner, shown.kind === 'show' ? shown.token : assert.fail(shown.kind))
  await setPhoneRule(rules, { digits: '999662', rule: 'ban' })

  assert.equal((await show()).kind, 'show', 'the accepted code is gone')
  const banned = { code: 401, message: 'USER_DEACTIVATED_BAN' }
  await assert.rejects(signInWithWebToken(rules, screen, { apiId, apiHash, token }), banned)
  const signed = passkey.get(await beginPasskeyLogin(rules, screen, { apiId, apiHash }))
  await assert.rejects(signInWithPasskey(rules, screen, { ...signed, from: undefined }), banned)
  assert.equal((await world.again(screen)).state.at, 'anonymous')
})

test('a ban ends a login that waits for its password', async () => {
  const world = await createWorld()
  await createAccount(world.rules, { phone: PHONE, firstName: 'Ada', password: 'correct horse' })
  const pending = await pendingCaller(world, PHONE)
  const answer = await giveTo(world, pending, 'correct horse')
  await setPhoneRule(world.rules, { digits: '999662', rule: 'ban' })
  await assert.rejects(givePassword(world.rules, pending, answer), { message: 'AUTH_KEY_UNREGISTERED' })
  const { state } = await world.again(pending)
  assert.deepEqual(state, { at: 'revoked', reason: 'USER_DEACTIVATED_BAN' })
})

test('deleting the longer rule signs out the account it spared', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  await world.signIn(caller, PHONE)
  await setPhoneRule(world.rules, { digits: '9996621234', rule: 'channels', channels: ['sms'] })
  await setPhoneRule(world.rules, { digits: '999662', rule: 'ban' })
  assert.equal((await world.again(caller)).state.at, 'authorized')
  const told = world.hear('key')
  assert.ok(await world.rules.store.decide(() => removePhoneRule('9996621234')))
  assert.equal((await world.again(caller)).state.at, 'revoked')
  assert.deepEqual(told, [{ kind: 'key', authKeyId: String(caller.authKeyId) }])
})

test('a number with a migrate rule moves there and stays, whatever data centre its digit names', async () => {
  for (const dcs of [1, 3]) {
    const { rules, sendCode, caller } = await createWorld({ settings: { dcs } })
    await setPhoneRule(rules, { digits: '9996621234', rule: 'migrate', dc: 3 })
    const refused = { code: 303, message: 'PHONE_MIGRATE_3' }
    await assert.rejects(sendCode(await caller({ dcId: 2 }), PHONE), refused)
    await sendCode(await caller({ dcId: 3 }), PHONE)
  }
})

test('a network rule decides for numbers without a home, and the home for all others', async () => {
  const { rules, sendCode, caller } = await createWorld({ settings: { dcs: 3 } })
  const from = (ip: string, dcId: number) => caller({ ip, dcId })
  assert.deepEqual(await setNetworkRule(rules, { address: '2001:db8::1', dc: 2 }), {
    network: '2001:db8:0:0::/64',
    dc: 2,
  })
  await setNetworkRule(rules, { address: '192.0.2.1', dc: 3 })
  const unknown = '+14155552671'
  const refused = { code: 303, message: 'NETWORK_MIGRATE_2' }
  await assert.rejects(sendCode(await from('2001:db8::9', 1), unknown), refused)
  await assert.rejects(sendCode(await from('192.0.2.1', 1), unknown), { message: 'NETWORK_MIGRATE_3' })
  await sendCode(await from('2001:db8::9', 2), unknown)
  await sendCode(await from('192.0.2.2', 1), unknown)
  await sendCode(await from('192.0.2.1', 2), PHONE)
  assert.equal(await removeNetworkRule(rules, '2001:db8::5'), true)
  await sendCode(await from('2001:db8::9', 1), unknown)
  for (const address of ['', '192.0.2', 'x']) {
    assert.equal(await setNetworkRule(rules, { address, dc: 1 }), 'address')
  }
  for (const dc of [0, 4, 1.5]) assert.equal(await setNetworkRule(rules, { address: '::1', dc }), 'dc')
  assert.deepEqual(await rules.store.look(() => listNetworkRules()), [{ network: '192.0.2.1', dc: 3 }])
})

test('the app and its layer are checked before the rule, and the rule before sign-up, failures and limits', async () => {
  const { rules, app, sendCode, caller } = await createWorld({ settings: { sendLimits: [] } })
  await setPhoneRule(rules, { digits: '9', rule: 'ban' })
  await rules.store.decide(() => changeApp(app.apiId, { signupForbidden: true }))
  const banned = { message: 'PHONE_NUMBER_BANNED' }
  await assert.rejects(sendCode(await caller(), PHONE), banned)
  await rules.store.decide(() => changeApp(app.apiId, { minLayer: 200 }))
  const old = await caller({ layer: 199 })
  await assert.rejects(sendCode(old, PHONE), { message: 'UPDATE_APP_TO_LOGIN' })
  await setPhoneRule(rules, { digits: '9', rule: 'protect' })
  await assert.rejects(sendCode(await caller(), PHONE), { message: 'PHONE_PASSWORD_PROTECTED' })
})

test('a ban or protection makes a code already sent useless', async () => {
  for (const rule of ['ban', 'protect'] as const) {
    const { rules, sendCode, caller } = await createWorld()
    const asking = await caller()
    const { phoneCodeHash } = await sendCode(asking, PHONE)
    const held = { phoneNumber: PHONE, phoneCodeHash }
    await signInWithCode(rules, asking, { ...held, phoneCode: '22222' })
    await setPhoneRule(rules, { digits: '999', rule })
    const dead = { code: 400, message: 'PHONE_CODE_EXPIRED' }
    await assert.rejects(signInWithCode(rules, asking, { ...held, phoneCode: '22222' }), dead)
    await assert.rejects(signUpWithCode(rules, asking, { ...held, firstName: 'Ada', lastName: '' }), dead)
    await assert.rejects(resendLoginCode(rules, asking, held), dead)
    assert.deepEqual(await listAccounts(rules), [])
  }
})

test('an invalid rule is not stored', async () => {
  const { rules } = await createWorld({ settings: { dcs: 3 } })
  const put = (asked: AskedPhoneRule) => setPhoneRule(rules, asked)
  const list = () => rules.store.look(() => listPhoneRules())
  assert.equal(await put({ digits: '', rule: 'ban' }), 'digits')
  assert.equal(await put({ digits: '1'.repeat(16), rule: 'ban' }), 'digits')
  for (const dc of [undefined, 0, 4, 1.5]) assert.equal(await put({ digits: '1', rule: 'migrate', dc }), 'dc')
  const chains = [undefined, [], ['payment'], ['sms', 'sms'], ['sms', 'app'], ['sms', 'payment']] as const
  for (const channels of chains) {
    assert.equal(await put({ digits: '1', rule: 'channels', channels }), 'channels', String(channels))
  }
  assert.deepEqual(await list(), [])
})

test('every channel can be the first one, whatever the client allows', async () => {
  const { rules, sendCode, caller } = await createWorld()
  for (const channel of CHANNELS) {
    if (channel === 'payment' || channel === 'email') continue
    await setPhoneRule(rules, { digits: '9996621234', rule: 'channels', channels: [channel] })
    const sent = await sendCode(await caller(), PHONE)
    assert.deepEqual([sent.way.channel, sent.next], [channel, undefined])
  }
})

test('a client of an old layer gets a channel that it knows', async () => {
  const { rules, sendCode, caller } = await createWorld()
  await setPhoneRule(rules, {
    digits: '999',
    rule: 'channels',
    channels: ['smsWord', 'missedCall', 'call'],
  })
  const old = await caller({ channels: new Set(['app', 'sms', 'call'] as const) })
  const sent = await sendCode(old, PHONE)
  assert.deepEqual([sent.way.channel, sent.next], ['call', undefined])
  await setPhoneRule(rules, { digits: '999', rule: 'channels', channels: ['smsPhrase'] })
  const older = await caller({ channels: new Set(['sms'] as const) })
  assert.equal((await sendCode(older, PHONE)).way.channel, 'sms')
  await setPhoneRule(rules, { digits: '999', rule: 'channels', channels: ['payment', 'sms'] })
  await assert.rejects(sendCode(older, PHONE), { code: 406, message: 'UPDATE_APP_TO_LOGIN' })
})
