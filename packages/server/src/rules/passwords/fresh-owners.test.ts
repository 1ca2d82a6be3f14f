import assert from 'node:assert/strict'
import { test } from 'node:test'
import { giveTo, pendingCaller, withPassword } from '../test-passwords.ts'
import { createWorld, signedIn } from '../test-world.ts'
import { checkMayGiveAway } from './fresh-owners.ts'
import { givePassword } from './passwords.ts'

const [ADA, BOB] = ['9996621234', '9996621235']
const DAY_S = 86_400

test('what is one’s own is given away with a password and a login of some age', async () => {
  const world = await createWorld({ settings: { freshLoginS: DAY_S } })
  const { rules, clock } = world
  const bob = await signedIn(world, BOB)
  await assert.rejects(checkMayGiveAway(rules, bob.caller), { code: 400, message: 'PASSWORD_MISSING' })
  const ada = await withPassword(world, ADA, 'secret')
  await assert.rejects(checkMayGiveAway(rules, ada), { code: 400, message: 'PASSWORD_TOO_FRESH_86400' })
  clock.advance(3600_000)
  await assert.rejects(checkMayGiveAway(rules, ada), { message: 'PASSWORD_TOO_FRESH_82800' })
  clock.advance(DAY_S * 1000)
  await checkMayGiveAway(rules, ada)
  const other = await pendingCaller(world, ADA)
  await givePassword(rules, other, await giveTo(world, other, 'secret'))
  clock.advance(60_000)
  const late = await world.again(other)
  await assert.rejects(checkMayGiveAway(rules, late), { code: 400, message: 'SESSION_TOO_FRESH_86340' })
  await checkMayGiveAway(rules, ada)
})

test('the box has no such age', async () => {
  const world = await createWorld()
  await checkMayGiveAway(world.rules, await withPassword(world, ADA, 'secret'))
})
