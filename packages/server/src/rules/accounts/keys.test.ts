import assert from 'node:assert/strict'
import { test } from 'node:test'
import { logOutKey } from '../logins/log-out.ts'
import { createWorld, START_MS } from '../test-world.ts'
import { findKey, noteActivity } from './keys.ts'

const DAY_MS = 86_400_000

test('keys that were never signed in are eventually deleted, some with each new key', async () => {
  const world = await createWorld({ settings: { unusedKeyLifetimeS: 30 * 86_400 } })
  const gone = world.thrownAway
  const unused = await Promise.all(Array.from({ length: 6 }, () => world.caller()))
  const [used, left] = [await world.caller(), await world.caller()]
  for (const caller of [used, left]) await world.signIn(caller, '+9996621234')
  await logOutKey(world.rules, left)
  // All keys of the test are made at its start, wherever the clock is.
  world.clock.advance(30 * DAY_MS)
  await world.caller()
  assert.deepEqual(gone, [], 'on the last day they are all there')
  world.clock.advance(1000)
  await world.caller()
  assert.equal(gone.length, 4)
  assert.ok(gone.every((id) => unused.some(({ authKeyId }) => authKeyId === id)))
  for (const { authKeyId } of [used, left]) assert.ok(await findKey(world.rules, authKeyId))
  assert.equal(await findKey(world.rules, gone[0] ?? 0n), undefined)
})

test('keys are deleted long after their login ended and their last use', async () => {
  const world = await createWorld({
    settings: { signedOutKeyLifetimeS: 90 * 86_400, unusedKeyLifetimeS: 999 * 86_400 },
  })
  const gone = world.thrownAway
  const use = async ({ authKeyId }: { authKeyId: bigint }): Promise<void> => {
    const record = await findKey(world.rules, authKeyId)
    if (record !== undefined) await noteActivity(world.rules, record, '::1')
  }
  const signedOut = await Promise.all(Array.from({ length: 6 }, () => world.caller()))
  const [signedIn, active, back] = [await world.caller(), await world.caller(), await world.caller()]
  for (const caller of [...signedOut, signedIn, active, back]) await world.signIn(caller, '+9996621234')
  for (const caller of [...signedOut, active, back]) await logOutKey(world.rules, caller)
  await world.signIn(back, '+9996621234')
  world.clock.advance(60 * DAY_MS)
  await use(active)
  world.clock.advance(30 * DAY_MS)
  await world.caller()
  assert.deepEqual(gone, [], 'on the last day they are all there')
  world.clock.advance(1000)
  const [first] = signedOut
  if (first) await use(first)
  await world.caller()
  assert.equal(gone.length, 4)
  await world.caller()
  assert.deepEqual(
    gone.toSorted(),
    signedOut.slice(1).map(({ authKeyId }) => authKeyId),
  )
  for (const { authKeyId } of [signedIn, active, back]) assert.ok(await findKey(world.rules, authKeyId))
})

test('use of a key without a login is recorded once a day', async () => {
  const world = await createWorld()
  const { authKeyId } = await world.caller()
  const usedAtS = async (): Promise<number> => {
    const record = await findKey(world.rules, authKeyId)
    assert.ok(record)
    await noteActivity(world.rules, record, '::1')
    return ((await findKey(world.rules, authKeyId))?.usedAtS ?? 0) - START_MS / 1000
  }
  world.clock.advance(DAY_MS - 1000)
  assert.equal(await usedAtS(), 0)
  world.clock.advance(1000)
  assert.equal(await usedAtS(), 86_400)
})
