/** Tests every limit on codes and guesses, to the second; the figures themselves are in `settings.ts`. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import type { Caller } from '../../ground/caller.ts'
import { createSettings, type SendLimit } from '../../ground/settings.ts'
import { listAccounts } from '../accounts/accounts.ts'
import type { App } from '../accounts/words.ts'
import { signInWithCode } from '../logins/sign-in.ts'
import { removeAccount } from '../people/remove-account.ts'
import { createWorld, type World } from '../test-world.ts'

const LIMIT = { max: 2, windowS: 100 } as const
const DAY_MS = 86_400_000

/**
 * The caller of the `index`-th code: the same in what the scope counts, and different in everything else.
 */
interface Asking {
  readonly caller: (world: World, index: number) => Promise<Caller>
  readonly phone: (index: number) => string
  readonly app?: (world: World) => Promise<App>
}

const anybody = (world: World, index: number) => world.caller({ ip: `10.0.${index}.1` })
const anyPhone = (index: number) => `+44${7400 + index}123456`

const SCOPES: { readonly [S in Exclude<SendLimit['scope'], 'emailAddress'>]: Asking } = {
  phone: { caller: anybody, phone: () => '+447400123456' },
  address: { caller: (world) => world.caller({ ip: '10.0.0.1' }), phone: anyPhone },
  authKey: {
    caller: async (world, index) => ({ ...(await keyOf(world)), ip: `10.0.${index}.1` }),
    phone: anyPhone,
  },
  app: { caller: anybody, phone: anyPhone },
  prefix: { caller: anybody, phone: (index) => `+4474001234${10 + index}` },
  global: { caller: anybody, phone: anyPhone },
}

const keys = new WeakMap<World, Promise<Caller>>()

function keyOf(world: World): Promise<Caller> {
  const known = keys.get(world) ?? world.caller()
  keys.set(world, known)
  return known
}

for (const [scope, { caller, phone }] of Object.entries(SCOPES)) {
  test(`a limit for ${scope}: X is the number of seconds left, and a refusal costs nothing`, async () => {
    const sendLimits = [{ scope, ...LIMIT } as SendLimit]
    const world = await createWorld({ settings: { sendLimits } })
    let index = 0
    const send = async () => world.sendCode(await caller(world, index), phone(index++))
    await send()
    world.clock.advance(30_000)
    await send()
    for (let count = 0; count < 5; count++)
      await assert.rejects(send(), { code: 420, message: 'FLOOD_WAIT_70' })
    world.clock.advance(69_000)
    await assert.rejects(send(), { message: 'FLOOD_WAIT_1' })
    world.clock.advance(1_000)
    await send()
    await assert.rejects(send(), { message: 'FLOOD_WAIT_30' })
  })
}

test('the limits have the documented values', () => {
  const [box, strict] = [createSettings('box'), createSettings('strict')]
  for (const { codeLength, codeLifetimeS, maxAttempts, failures, password } of [box, strict]) {
    assert.deepEqual(
      { codeLength, codeLifetimeS, maxAttempts },
      { codeLength: 5, codeLifetimeS: 300, maxAttempts: 5 },
    )
    assert.deepEqual(failures, { max: 10, windowS: 86_400 })
    assert.deepEqual([password.limit.max, password.limit.windowS], [5, 3600])
  }
  assert.deepEqual(box.sendLimits, [{ scope: 'phone', max: 100, windowS: 600 }])
  assert.equal(box.exchangeLimit, undefined)
  assert.deepEqual(
    strict.sendLimits.map(({ scope, max, windowS, distinctPhones = false }) => [
      scope,
      max,
      windowS,
      distinctPhones,
    ]),
    [
      ['phone', 10, 86_400, false],
      ['phone', 1, 60, false],
      ['phone', 5, 600, false],
      ['address', 20, 600, false],
      ['address', 5, 600, true],
      ['authKey', 10, 600, false],
    ],
  )
  assert.ok(strict.exchangeLimit)
})

test('a client that keeps renewing codes has ten guesses a day', async () => {
  const world = await createWorld()
  const phoneNumber = '+447400123456'
  const caller = await world.caller()
  /** The guesses that were compared, and when. */
  const guesses: number[] = []
  async function guess(): Promise<boolean> {
    try {
      const { phoneCodeHash } = await world.sendCode(caller, phoneNumber)
      await signInWithCode(world.rules, caller, { phoneNumber, phoneCodeHash, phoneCode: 'never' })
      return assert.fail('nobody guesses that')
    } catch (error) {
      assert.ok(error instanceof RpcError)
      if (error.type === 'PHONE_CODE_INVALID') guesses.push(world.clock.nowMs())
      return error.type === 'PHONE_CODE_INVALID'
    }
  }
  // Half a year of attempts every seven minutes would take too long; three days show the limit.
  for (let minutes = 0; minutes < 3 * 24 * 60; minutes += 7) {
    for (let more = true; more; ) more = await guess()
    world.clock.advance(7 * 60_000)
  }
  assert.equal(guesses.length, 30)
  for (const [index, atMs] of guesses.entries()) {
    const eleventh = guesses[index + 10]
    if (eleventh !== undefined) assert.ok(eleventh - atMs >= DAY_MS)
  }
})

test('sign-ups of a number are counted by the day', async () => {
  const world = await createWorld({ settings: { signUpLimit: { max: 1, windowS: 86_400 } } })
  const phone = '+447400123456'
  const signUp = async () => world.signIn(await world.caller(), phone)
  const remove = async () => {
    const [user] = await listAccounts(world.rules, phone.slice(1))
    assert.ok(user && (await removeAccount(world.rules, user.id)))
  }
  await signUp()
  await remove()
  await assert.rejects(signUp(), { code: 400, message: 'PHONE_NUMBER_FLOOD' })
  world.clock.advance(DAY_MS - 1000)
  await assert.rejects(signUp(), { message: 'PHONE_NUMBER_FLOOD' })
  world.clock.advance(1000)
  await signUp()
})
