/**
 * Wrong guesses and sends by origin: a stranger can neither lock an owner out nor try everybody's number.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import type { Settings } from '../../ground/settings.ts'
import { listAccounts, removeSession } from '../accounts/accounts.ts'
import { listSessions } from '../accounts/decide-users.ts'
import { logOutKey } from '../logins/log-out.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { sendRecoveryCode } from '../passwords/password-emails.ts'
import { givePassword } from '../passwords/passwords.ts'
import { giveTo, pendingCaller } from '../test-passwords.ts'
import { createWorld, type World } from '../test-world.ts'

const PHONE = '+9996621234'
const DIGITS = '9996621234'
const DAY_MS = 86_400_000
const HOME = '198.51.100.1'
const STRANGER = '203.0.113.9'

/** Without send limits, so that only guesses count. */
const GUESSES: Partial<Settings> = { sendLimits: [], failuresKept: 3, networkFailures: undefined }

/** Guesses wrong until another refusal; resolves to the number of compared guesses and the refusal. */
async function guessOn(world: World, caller: Caller, phoneNumber = PHONE): Promise<[number, string]> {
  for (let compared = 0; ; ) {
    const sent = await world.sendCode(caller, phoneNumber).catch(messageOf)
    if (typeof sent === 'string') return [compared, sent]
    for (let guess = 0; guess < 5; guess++) {
      const typed = { phoneNumber, phoneCodeHash: sent.phoneCodeHash, phoneCode: '00000' }
      const told = await signInWithCode(world.rules, caller, typed).then(() => 'signed in', messageOf)
      if (told === 'PHONE_CODE_INVALID') compared += 1
      else if (told !== 'PHONE_CODE_EXPIRED') return [compared, told]
    }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** An account that was signed in to at home, from a key that has since signed out. */
async function createScene(settings: Partial<Settings> = {}) {
  const world = await createWorld({ limits: 'strict', settings: { ...GUESSES, ...settings } })
  const device = await world.caller({ ip: HOME })
  await world.signIn(device, PHONE)
  await logOutKey(world.rules, await world.again(device))
  return { world, device }
}

test('strangers can use seven of ten wrong guesses, and three are reserved for known clients', async () => {
  const { world, device } = await createScene()
  assert.deepEqual(await guessOn(world, await world.caller({ ip: STRANGER })), [7, 'PHONE_PASSWORD_FLOOD'])
  const other = await world.caller({ ip: '203.0.113.10' })
  await assert.rejects(world.sendCode(other, PHONE), { code: 406, message: 'PHONE_PASSWORD_FLOOD' })
  const roaming = { ...device, ip: '192.0.2.50' }
  const [byKey] = [await world.sendCode(roaming, PHONE)]
  assert.equal(byKey.way.channel, 'sms', 'the key is known')
  const atHome = await world.caller({ ip: HOME })
  await world.signIn(atHome, PHONE)
  assert.equal((await world.again(atHome)).state.at, 'authorized', 'the network is known')
  assert.deepEqual(await guessOn(world, await world.caller({ ip: STRANGER })), [7, 'PHONE_PASSWORD_FLOOD'])
})

test('all guesses together stay ten a day, those of known clients included', async () => {
  const { world, device } = await createScene()
  await guessOn(world, await world.caller({ ip: STRANGER }))
  assert.deepEqual(await guessOn(world, device), [3, 'PHONE_PASSWORD_FLOOD'])
  world.clock.advance(DAY_MS)
  assert.equal((await world.sendCode(await world.caller({ ip: STRANGER }), PHONE)).way.channel, 'sms')
})

test('a number without an account reserves nothing', async () => {
  const world = await createWorld({ limits: 'strict', settings: GUESSES })
  assert.deepEqual(await guessOn(world, await world.caller()), [10, 'PHONE_PASSWORD_FLOOD'])
})

test('a login that its owner ends is a stranger again, and so is its network', async () => {
  const { world, device } = await createScene()
  const thief = await world.caller({ ip: STRANGER })
  await world.signIn(thief, PHONE)
  const [user] = await listAccounts(world.rules, DIGITS)
  assert.ok(user)
  const [session] = await world.rules.store.look(() => listSessions(user.id))
  await removeSession(world.rules, user.id, session?.hash ?? 0n)
  assert.deepEqual(await guessOn(world, await world.again(thief)), [7, 'PHONE_PASSWORD_FLOOD'])
  assert.equal((await world.sendCode(device, PHONE)).way.channel, 'sms')
})

test('a client is forgotten long after its last login', async () => {
  const { world, device } = await createScene({ knownLoginS: 30 * 86_400 })
  world.clock.advance(31 * DAY_MS)
  assert.deepEqual(await guessOn(world, device), [7, 'PHONE_PASSWORD_FLOOD'])
})

const networks: readonly (readonly [name: string, first: string, same: string, other: string])[] = [
  ['IPv4', '203.0.113.9', '203.0.113.9', '203.0.113.10'],
  ['IPv6', '2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:db8:0:2::1'],
  ['IPv4 in IPv6', '203.0.113.9', '::ffff:203.0.113.9', '::ffff:203.0.113.10'],
]

for (const [name, first, same, other] of networks) {
  test(`a network has a budget of wrong guesses over all numbers: ${name}`, async () => {
    const world = await createWorld({
      limits: 'strict',
      settings: { sendLimits: [], networkFailures: { max: 25, windowS: 86_400 } },
    })
    const compared: number[] = []
    let told = ''
    for (let number = 0; number < 5 && !told.startsWith('FLOOD_WAIT'); number++) {
      const caller = await world.caller({ ip: number % 2 === 0 ? first : same })
      const [count, refusal] = await guessOn(world, caller, `+999662100${number}`)
      compared.push(count)
      told = refusal
    }
    assert.deepEqual([compared, told], [[10, 10, 5], 'FLOOD_WAIT_86400'])
    const guest = await world.caller({ ip: same })
    await assert.rejects(world.sendCode(guest, '+9996621009'), { code: 420, message: 'FLOOD_WAIT_86400' })
    assert.equal((await guessOn(world, await world.caller({ ip: other }), '+9996621009'))[0], 10)
    world.clock.advance(DAY_MS)
    assert.equal((await world.sendCode(guest, '+9996621009')).way.channel, 'sms')
  })
}

test('an IPv6 /48 has a budget of wrong guesses over all its networks', async () => {
  const world = await createWorld({
    limits: 'strict',
    settings: { sendLimits: [], siteFailures: { max: 25, windowS: 86_400 } },
  })
  const compared: number[] = []
  let told = ''
  for (let number = 0; number < 5 && !told.startsWith('FLOOD_WAIT'); number++) {
    const caller = await world.caller({ ip: `2001:db8:1:${number * 4096}::1` })
    const [count, refusal] = await guessOn(world, caller, `+999662100${number}`)
    compared.push(count)
    told = refusal
  }
  assert.deepEqual([compared, told], [[10, 10, 5], 'FLOOD_WAIT_86400'])
  const inSite = await world.caller({ ip: '2001:db8:1:ffff::1' })
  await assert.rejects(world.sendCode(inSite, '+9996621009'), { message: 'FLOOD_WAIT_86400' })
  let number = 10
  for (const ip of ['2001:db8:10:1::1', '2001:db8:2::1', '2001:db8::1', '203.0.113.9']) {
    const elsewhere = await world.caller({ ip })
    assert.equal((await guessOn(world, elsewhere, `+99966210${number}`))[0], 10, ip)
    number += 1
  }
  world.clock.advance(DAY_MS)
  assert.equal((await world.sendCode(inSite, '+9996621009')).way.channel, 'sms')
})

test("the owner's login clears the guesses at the number but not those of the network", async () => {
  const world = await createWorld({
    limits: 'strict',
    settings: { sendLimits: [], networkFailures: { max: 12, windowS: 86_400 } },
  })
  const spray = await world.caller({ ip: STRANGER })
  await guessOn(world, spray, '+9996621001')
  // The number of the attacker, who knows its code.
  await world.signIn(await world.caller({ ip: STRANGER }), '+9996621002')
  assert.deepEqual(await guessOn(world, spray, '+9996621003'), [2, 'FLOOD_WAIT_86400'])
})

test('right codes cost a network nothing, however many', async () => {
  const world = await createWorld({
    limits: 'strict',
    settings: { sendLimits: [], networkFailures: { max: 2, windowS: 86_400 } },
  })
  for (let number = 0; number < 5; number++) {
    await world.signIn(await world.caller({ ip: STRANGER }), `+999662100${number}`)
  }
})

test('wrong passwords count against the network as well', async () => {
  const world = await createWorld({
    settings: { networkFailures: { max: 1, windowS: 86_400 }, sendLimits: [] },
  })
  await createAccount(world.rules, { phone: PHONE, firstName: 'Ada', password: 'correct horse' })
  const pending = { ...(await pendingCaller(world, PHONE)), ip: STRANGER }
  const wrong = await giveTo(world, pending, 'wrong')
  await assert.rejects(givePassword(world.rules, pending, wrong), { message: 'PASSWORD_HASH_INVALID' })
  const right = await giveTo(world, pending, 'correct horse')
  await assert.rejects(givePassword(world.rules, pending, right), { message: 'FLOOD_WAIT_86400' })
  const elsewhere = { ...pending, ip: HOME }
  const again = await giveTo(world, elsewhere, 'correct horse')
  assert.equal((await givePassword(world.rules, elsewhere, again)).phone, DIGITS)
})

test('strangers can request seven of a number’s ten codes a day, and three are reserved', async () => {
  const settings = {
    sendLimits: [{ scope: 'phone', max: 10, windowS: 86_400, refusal: 'PHONE_NUMBER_FLOOD' }],
    sendsKept: 3,
  } as const
  const { world, device } = await createScene(settings)
  const ask = async (caller: Caller) => (await world.sendCode(caller, PHONE)).way.channel
  // The first login has used one.
  for (let count = 0; count < 6; count++) await ask(await world.caller({ ip: STRANGER }))
  await assert.rejects(ask(await world.caller({ ip: STRANGER })), { message: 'PHONE_NUMBER_FLOOD' })
  assert.equal(await ask(device), 'sms')
  assert.equal(await ask(await world.caller({ ip: HOME })), 'sms')
})

test('recovery mails stop at the daily limit and start again the next day', async () => {
  const world = await createWorld({ settings: { mailsPerDay: 12 } })
  await createAccount(world.rules, {
    phone: PHONE,
    firstName: 'Ada',
    password: 'correct horse',
    email: 'ada@example.org',
  })
  const pending = await pendingCaller(world, PHONE)
  let mails = 0
  for (let hour = 0; hour < 23; hour++) {
    for (let asked = 0; asked < 10; asked++) {
      world.clock.advance(61_000)
      const told = await sendRecoveryCode(world.rules, pending).catch(messageOf)
      if (told.includes('@')) mails += 1
    }
    world.clock.advance(3_600_000 - 610_000)
  }
  assert.equal(mails, 12)
  world.clock.advance(2 * 3_600_000)
  const fresh = await pendingCaller(world, PHONE)
  assert.match(await sendRecoveryCode(world.rules, fresh), /@/)
})
