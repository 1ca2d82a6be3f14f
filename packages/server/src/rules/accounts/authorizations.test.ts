import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { letInByToken, showLoginToken } from '../logins/login-tokens.ts'
import { givePassword } from '../passwords/passwords.ts'
import { giveTo, pendingCaller, withPassword } from '../test-passwords.ts'
import { createWorld, type World, type WorldOptions } from '../test-world.ts'
import {
  changeAuthorization,
  endAuthorization,
  endOtherAuthorizations,
  listAuthorizations,
  setTtlOfLogins,
} from './authorizations.ts'
import { findKeyRecord } from './decide-keys.ts'
import { endDuplicatedLogin } from './decide-own-logins.ts'
import { findKey, noteActivity } from './keys.ts'

const PHONE = '9996621234'
const DAY_MS = 24 * 60 * 60 * 1000

/** Devices of one account, signed in one after the other. */
async function signedIn(count: number, options: WorldOptions = {}): Promise<World & { devices: Caller[] }> {
  const world = await createWorld(options)
  const devices: Caller[] = []
  for (let index = 0; index < count; index++) {
    const caller = await world.caller({ ip: `10.0.0.${index + 1}` })
    await world.signIn(caller, PHONE)
    devices.push(await world.again(caller))
  }
  return { ...world, devices }
}

function hashOf({ state }: Caller | undefined = assert.fail('no device')): bigint {
  return state.at === 'authorized' ? state.hash : assert.fail(state.at)
}

function device(devices: readonly Caller[], index: number): Caller {
  return devices[index] ?? assert.fail(`no device ${index}`)
}

test('the list has every login and marks the one that asks', async () => {
  const { devices, rules } = await signedIn(3)
  const { logins, ownHash, ttlDays } = await listAuthorizations(rules, device(devices, 1))
  assert.equal(ownHash, hashOf(devices[1]))
  assert.deepEqual(logins.map(({ hash }) => hash).sort(), devices.map(hashOf).sort())
  assert.equal(ttlDays, 183)
  const stranger = { ...device(devices, 0), state: { at: 'anonymous' } } as const
  await assert.rejects(listAuthorizations(rules, stranger), { message: 'AUTH_KEY_UNREGISTERED' })
})

test("a login ended from elsewhere is told so, and the caller's own and other accounts' logins cannot be ended", async () => {
  const world = await signedIn(2)

  const [own, other] = [device(world.devices, 0), device(world.devices, 1)]
  const stranger = await world.caller()
  await world.signIn(stranger, '9996621235')
  const hashes = [0n, 1n, hashOf(own), hashOf(await world.again(stranger))]
  for (const hash of hashes) {
    await assert.rejects(endAuthorization(world.rules, own, hash), { code: 400, message: 'HASH_INVALID' })
  }
  const told = world.hear('key')
  await endAuthorization(world.rules, own, hashOf(other))
  assert.deepEqual(told, [{ kind: 'key', authKeyId: String(other.authKeyId) }])
  assert.deepEqual((await world.again(other)).state, { at: 'revoked', reason: 'SESSION_REVOKED' })
  assert.equal((await world.again(stranger)).state.at, 'authorized')
  await assert.rejects(endAuthorization(world.rules, own, hashOf(other)), { message: 'HASH_INVALID' })
})

test('ending all others works at once, with a pending QR login included', async () => {
  const world = await signedIn(3)
  const own = device(world.devices, 0)
  const { apiId, apiHash } = world.app
  const screen = await world.caller()
  const show = () => showLoginToken(world.rules, screen, { apiId, apiHash, exceptIds: [] })
  const shown = await show()
  assert.ok(shown.kind === 'show')
  await letInByToken(world.rules, own, shown.token)
  await endOtherAuthorizations(world.rules, own)
  assert.equal((await show()).kind, 'show')
  const states = await Promise.all(world.devices.map((each) => world.again(each)))
  assert.deepEqual(
    states.map(({ state }) => state.at),
    ['authorized', 'revoked', 'revoked'],
  )
})

test('a QR login can be revoked by its hash before it is collected', async () => {
  const world = await signedIn(1)
  const { apiId, apiHash } = world.app
  const screen = await world.caller()
  const show = () => showLoginToken(world.rules, screen, { apiId, apiHash, exceptIds: [] })
  const shown = await show()
  assert.ok(shown.kind === 'show')
  const { hash } = await letInByToken(world.rules, device(world.devices, 0), shown.token)
  await endAuthorization(world.rules, device(world.devices, 0), hash)
  assert.equal((await show()).kind, 'show')
})

test('a login ends no others on its first day under strict limits', async () => {
  const world = await signedIn(1, { limits: 'strict' })

  const [own] = world.devices
  assert.ok(own)
  const FRESH = { code: 406, message: 'FRESH_RESET_AUTHORISATION_FORBIDDEN' }
  world.clock.advance(DAY_MS - 1000)
  await assert.rejects(endOtherAuthorizations(world.rules, own), FRESH)
  await assert.rejects(endAuthorization(world.rules, own, 1n), FRESH)
  await assert.rejects(setTtlOfLogins(world.rules, own, 30), FRESH)
  world.clock.advance(1000)
  await endOtherAuthorizations(world.rules, own)
  await assert.rejects(endAuthorization(world.rules, own, 1n), { message: 'HASH_INVALID' })
  await setTtlOfLogins(world.rules, own, 30)
})

test('only the first login or a week confirms a second one, not itself or a third', async () => {
  const world = await createWorld()
  const heard = world.hear('login')
  const devices: Caller[] = []
  for (const index of [1, 2, 3]) {
    const caller = await world.caller({ ip: `10.0.0.${index}` })
    await world.signIn(caller, PHONE)
    devices.push(await world.again(caller))
  }
  const [first, second, third] = [device(devices, 0), device(devices, 1), device(devices, 2)]

  const unconfirmed = async () => {
    const { logins } = await listAuthorizations(world.rules, first)
    return new Set(logins.filter((login) => login.unconfirmed).map(({ hash }) => hash))
  }
  assert.deepEqual(await unconfirmed(), new Set([hashOf(second), hashOf(third)]))
  assert.deepEqual(
    heard.map(({ hash }) => BigInt(hash)),
    devices.map(hashOf),
  )
  const confirm = (caller: Caller, hash: bigint) =>
    changeAuthorization(world.rules, caller, {
      hash,
      confirmed: true,
      encryptedRequestsDisabled: undefined,
      callRequestsDisabled: undefined,
    })
  for (const [caller, hash] of [
    [second, hashOf(second)],
    [second, 0n],
    [third, hashOf(second)],
    [first, 5n],
  ] as const) {
    await assert.rejects(confirm(caller, hash), { message: 'HASH_INVALID' })
  }
  heard.length = 0
  await confirm(first, hashOf(second))
  await confirm(first, hashOf(second))
  assert.deepEqual(heard, [
    {
      kind: 'login',
      boxId: String(second.state.at === 'authorized' && second.state.userId),
      hash: String(hashOf(second)),
      byAuthKeyId: String(first.authKeyId),
    },
  ])
  assert.deepEqual(await unconfirmed(), new Set([hashOf(third)]))
  world.clock.advance(7 * DAY_MS)
  assert.deepEqual(await unconfirmed(), new Set())
})

test('a permission of a login stays as it was unless the request sets it', async () => {
  const { devices, rules } = await signedIn(2)
  const [own, other] = [device(devices, 0), device(devices, 1)]
  const change = (hash: bigint, encryptedRequestsDisabled?: boolean, callRequestsDisabled?: boolean) =>
    changeAuthorization(rules, own, {
      hash,
      confirmed: false,
      encryptedRequestsDisabled,
      callRequestsDisabled,
    })
  await change(hashOf(other), true)
  await change(hashOf(other), undefined, true)
  await change(0n, false, true)
  const { logins } = await listAuthorizations(rules, own)
  const flags = ({ state }: Caller) => {
    const login = logins.find(({ hash }) => state.at === 'authorized' && hash === state.hash)
    return [login?.encryptedRequestsDisabled, login?.callRequestsDisabled]
  }
  assert.deepEqual(
    [flags(own), flags(other)],
    [
      [false, true],
      [true, true],
    ],
  )
})

test('a login unused for the days its owner chose expires', async () => {
  const world = await signedIn(2)
  const [own, other] = [device(world.devices, 0), device(world.devices, 1)]
  for (const days of [0, -1, 367]) {
    await assert.rejects(setTtlOfLogins(world.rules, own, days), { message: 'TTL_DAYS_INVALID' })
  }
  await setTtlOfLogins(world.rules, own, 10)
  world.clock.advance(9 * DAY_MS)
  const record = (await findKey(world.rules, own.authKeyId)) ?? assert.fail('no key')
  await noteActivity(world.rules, record, own.ip)
  world.clock.advance(DAY_MS)
  assert.equal((await world.again(own)).state.at, 'authorized')
  assert.deepEqual((await world.again(other)).state, { at: 'revoked', reason: 'SESSION_EXPIRED' })
})

test('an expired login counts as ended even if its key never returns', async () => {
  const world = await signedIn(1)
  const own = device(world.devices, 0)
  const [early, late] = [await world.caller(), await world.caller()]
  const stateOf = async () =>
    (await world.store.look(() => findKeyRecord(world.store.secret, own.authKeyId)))?.state
  await setTtlOfLogins(world.rules, own, 10)
  world.clock.advance(10 * DAY_MS - 1000)
  assert.equal((await world.sendCode(early, PHONE)).way.channel, 'app')
  world.clock.advance(1000)
  assert.equal((await world.sendCode(late, PHONE)).way.channel, 'sms')
  assert.equal((await stateOf())?.at, 'authorized', 'nobody has looked yet')
  await world.caller()
  assert.deepEqual(await stateOf(), { at: 'revoked', reason: 'SESSION_EXPIRED' })
})

test('the list omits expired logins and those that waited too long for their password', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, 'correct horse')

  const second = await pendingCaller(world, PHONE)
  await givePassword(world.rules, second, await giveTo(world, second, 'correct horse'))
  await pendingCaller(world, PHONE)
  await setTtlOfLogins(world.rules, owner, 10)
  const count = async () => (await listAuthorizations(world.rules, owner)).logins.length
  assert.equal(await count(), 3)
  world.clock.advance(DAY_MS)
  assert.equal(await count(), 2)
  const record = (await findKey(world.rules, owner.authKeyId)) ?? assert.fail('no key')
  await noteActivity(world.rules, record, owner.ip)
  world.clock.advance(9 * DAY_MS)
  assert.equal(await count(), 1)
})

test('a key used by several clients loses its login', async () => {
  const world = await signedIn(1)
  const own = device(world.devices, 0)
  const told = world.hear('key')
  for (const _ of [1, 2]) await world.rules.store.decide(() => endDuplicatedLogin(own.authKeyId))
  assert.deepEqual(told, [{ kind: 'key', authKeyId: String(own.authKeyId) }])
  const again = await world.again(own)
  await assert.rejects(listAuthorizations(world.rules, again), { code: 406, message: 'AUTH_KEY_DUPLICATED' })
})

test('one of 64 simultaneous requests ends a login', async () => {
  const { devices, rules } = await signedIn(2)
  const results = await Promise.allSettled(
    Array.from({ length: 64 }, () => endAuthorization(rules, device(devices, 0), hashOf(devices[1]))),
  )
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
})
