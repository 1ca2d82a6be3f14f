import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { listAccounts, removeSession } from '../accounts/accounts.ts'
import { forgetKey } from '../accounts/decide-keys.ts'
import { listSessions } from '../accounts/decide-users.ts'
import { findKey } from '../accounts/keys.ts'
import { removeAccount } from '../people/remove-account.ts'
import { createWorld, type World, type WorldOptions } from '../test-world.ts'
import { logOutKey } from './log-out.ts'
import { giveOutLogin, takeInLogin } from './transfers.ts'

const PHONE = '+9996621234'
const dead = { code: 400, message: 'AUTH_BYTES_INVALID' }

/** Three data centres, and a login in the second. */
async function setUp(settings: WorldOptions['settings'] = {}) {
  const world = await createWorld({ settings: { dcs: 3, ...settings } })
  const home = await world.caller({ dcId: 2 })
  await world.signIn(home, PHONE)
  const [user] = await listAccounts(world.rules)
  assert.ok(user)
  const exportTo = (dcId: number, from = home) => giveOutLogin(world.rules, from, dcId)
  const bringTo = async (away: Caller, from = home) =>
    takeInLogin(world.rules, away, await exportTo(away.dcId, from))
  return { world, home, user, exportTo, bringTo }
}

async function stateOf(world: World, { authKeyId }: Caller): Promise<string | undefined> {
  const state = (await findKey(world.rules, authKeyId))?.state
  return state?.at === 'revoked' ? state.reason : state?.at
}

test('a login is imported once, and only in the data centre it was exported to', async () => {
  const { world, user, exportTo } = await setUp()
  const [one, three] = [await world.caller({ dcId: 1 }), await world.caller({ dcId: 3 })]
  const exported = await exportTo(3)
  assert.equal(exported.userId, user.id)
  assert.ok(exported.bytes.length * 8 >= 128)
  await assert.rejects(takeInLogin(world.rules, one, exported), dead)
  assert.deepEqual(await takeInLogin(world.rules, three, exported), user)
  assert.equal(await stateOf(world, three), 'authorized')
  await assert.rejects(takeInLogin(world.rules, three, exported), dead)
  await assert.rejects(takeInLogin(world.rules, await world.caller({ dcId: 3 }), exported), dead)
  assert.equal(await stateOf(world, one), 'anonymous')
})

test('one of 64 simultaneous imports of a login succeeds', async () => {
  const { world, exportTo } = await setUp()
  const keys = await Promise.all(Array.from({ length: 64 }, () => world.caller({ dcId: 1 })))
  const exported = await exportTo(1)
  const outcomes = await Promise.allSettled(keys.map((key) => takeInLogin(world.rules, key, exported)))
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected') assert.equal(outcome.reason.message, 'AUTH_BYTES_INVALID')
  }
  const states = await Promise.all(keys.map((key) => stateOf(world, key)))
  assert.equal(states.filter((state) => state === 'authorized').length, 1)
})

test('a foreign, expired or invented export is refused, and a wrong user does not spend it', async () => {
  const { world, exportTo, user } = await setUp()
  const away = await world.caller({ dcId: 1 })
  const exported = await exportTo(1)
  const wrongUser = { code: 400, message: 'USER_ID_INVALID' }
  await assert.rejects(takeInLogin(world.rules, away, { ...exported, userId: user.id + 1n }), wrongUser)
  await assert.rejects(takeInLogin(world.rules, away, { ...exported, bytes: new Uint8Array(32) }), dead)
  await assert.rejects(takeInLogin(world.rules, away, { ...exported, bytes: new Uint8Array(0) }), dead)
  await takeInLogin(world.rules, away, exported)
  const old = await exportTo(1)
  world.clock.advance(300_000)
  await assert.rejects(takeInLogin(world.rules, away, old), dead)
})

test("only existing data centres can be exported to, and never one's own", async () => {
  const { exportTo } = await setUp()
  for (const dcId of [0, 2, 4, -1, 2 ** 31 - 1]) {
    await assert.rejects(exportTo(dcId), { code: 400, message: 'DC_ID_INVALID' }, String(dcId))
  }
})

test('a single server acts as all five data centres and imports between them', async () => {
  const { world, exportTo } = await setUp({ dcs: 1 })
  await assert.rejects(exportTo(6), { message: 'DC_ID_INVALID' })
  const away = await world.caller({ dcId: 2 })
  await takeInLogin(world.rules, away, await exportTo(5))
  assert.equal(await stateOf(world, away), 'authorized')
})

test('a caller without a login cannot export', async () => {
  const { world, exportTo } = await setUp()
  const nobody = await world.caller({ dcId: 2 })
  await assert.rejects(exportTo(1, nobody), { code: 401, message: 'AUTH_KEY_UNREGISTERED' })
})

test('an imported login ends with its origin, even over several imports', async () => {
  const ends: [string, (world: World, home: Caller, userId: bigint) => Promise<unknown>, string][] = [
    ['log-out', (world, home) => logOutKey(world.rules, home), 'anonymous'],
    ['another login on the key', (world, home) => world.signIn(home, PHONE), 'anonymous'],
    ['the key', (world, home) => world.rules.store.decide(() => forgetKey(home.authKeyId)), 'anonymous'],
    ['the account', (world, _home, userId) => removeAccount(world.rules, userId), 'USER_DEACTIVATED'],
    [
      'revocation',
      async (world, _home, userId) => {
        const [session] = await world.rules.store.look(() => listSessions(userId))
        assert.equal(await removeSession(world.rules, userId, session?.hash ?? 0n), true)
      },
      'SESSION_REVOKED',
    ],
  ]
  for (const [name, end, expected] of ends) {
    const { world, home, user, exportTo, bringTo } = await setUp()
    const [one, three] = [await world.caller({ dcId: 1 }), await world.caller({ dcId: 3 })]
    await bringTo(one)
    await bringTo(three, one)
    assert.equal(await stateOf(world, three), 'authorized', name)
    assert.equal((await world.rules.store.look(() => listSessions(user.id))).length, 1, 'it is one session')
    const waiting = await exportTo(1)
    await end(world, home, user.id)
    assert.deepEqual([await stateOf(world, one), await stateOf(world, three)], [expected, expected], name)
    await assert.rejects(takeInLogin(world.rules, one, waiting), dead, name)
  }
})

test('logging out in another data centre leaves home signed in', async () => {
  const { world, home, bringTo } = await setUp()
  const away = await world.caller({ dcId: 1 })
  await bringTo(away)
  await logOutKey(world.rules, away)
  assert.deepEqual([await stateOf(world, home), await stateOf(world, away)], ['authorized', 'anonymous'])
})

test('importing a login back where it came from changes nothing', async () => {
  const { world, home, bringTo, user } = await setUp()
  const away = await world.caller({ dcId: 1 })
  await bringTo(away)
  const before = await world.rules.store.look(() => listSessions(user.id))
  await bringTo(home, away)
  assert.deepEqual(await world.rules.store.look(() => listSessions(user.id)), before)
  assert.equal(await stateOf(world, away), 'authorized')
})

test('pending exports and imported keys are limited, and the oldest is dropped first', async () => {
  const { world, exportTo, bringTo } = await setUp({ maxExports: 2, maxImports: 2 })
  const keys = await Promise.all(Array.from({ length: 4 }, () => world.caller({ dcId: 1 })))
  const [first, second, third, fourth] = keys
  assert.ok(first && second && third && fourth)
  const oldest = await exportTo(1)
  for (const key of [first, second, third]) {
    world.clock.advance(1000)
    await bringTo(key)
  }
  const states = await Promise.all(keys.map((key) => stateOf(world, key)))
  assert.deepEqual(states, ['anonymous', 'authorized', 'authorized', 'anonymous'])
  await takeInLogin(world.rules, fourth, oldest)
  const spent = await exportTo(1)
  for (let i = 0; i < 2; i++) {
    world.clock.advance(1000)
    await exportTo(1)
  }
  await assert.rejects(takeInLogin(world.rules, fourth, spent), dead)
})
