import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWorld } from './test-world.ts'

const DAY_MS = 86_400_000

test('keys that nobody signed in on are thrown away in the end, some with each new one', async () => {
  const world = await createWorld({ settings: { unusedKeyLifetimeS: 30 * 86_400 } })
  const gone: bigint[] = []
  world.domain.keys.onThrownAway((authKeyId) => gone.push(authKeyId))
  const unused = await Promise.all(Array.from({ length: 6 }, () => world.caller()))
  const [used, left] = [await world.caller(), await world.caller()]
  for (const caller of [used, left]) await world.signIn(caller, '+9996621234')
  await world.domain.login.logOut(left)
  // The test's keys are all made at its start, wherever the clock is.
  world.clock.advance(30 * DAY_MS)
  await world.caller()
  assert.deepEqual(gone, [], 'on the last day they are all there')
  world.clock.advance(1000)
  await world.caller()
  assert.equal(gone.length, 4)
  assert.ok(gone.every((id) => unused.some(({ authKeyId }) => authKeyId === id)))
  for (const { authKeyId } of [used, left]) assert.ok(await world.domain.keys.find(authKeyId))
  assert.equal(await world.domain.keys.find(gone[0] ?? 0n), undefined)
})
