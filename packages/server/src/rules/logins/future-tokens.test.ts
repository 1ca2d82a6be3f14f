import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { listAccounts } from '../accounts/accounts.ts'
import { endAuthorization, endOtherAuthorizations } from '../accounts/authorizations.ts'
import { signOut } from '../accounts/decide-keys.ts'
import { listSessions } from '../accounts/decide-users.ts'
import { givePassword } from '../passwords/passwords.ts'
import { removeAccount } from '../people/remove-account.ts'
import { giveTo, withPassword } from '../test-passwords.ts'
import { createWorld, type World } from '../test-world.ts'
import { createBot, signInBot } from './bots.ts'
import { issueTokenWithLogin } from './future-tokens.ts'
import { logOutKey } from './log-out.ts'
import { sendLoginCode } from './send-code.ts'
import { giveOutLogin, takeInLogin } from './transfers.ts'
import type { SendCode, SendCodeOutcome } from './words.ts'

const PHONE = '9996621234'
const DAY_MS = 24 * 60 * 60 * 1000

/** Signs in on a new key, logs out, and returns the token. */
async function loggedOut(world: World, phone = PHONE, details: Partial<Caller> = {}): Promise<Uint8Array> {
  const caller = await world.caller(details)
  await world.signIn(caller, phone)
  const token = await logOutKey(world.rules, await world.again(caller))
  assert.equal((await world.again(caller)).state.at, 'anonymous')
  return token ?? assert.fail('no token')
}

function sendCode(
  { rules, app: { apiId, apiHash } }: World,
  caller: Caller,
  logoutTokens: readonly Uint8Array[],
  changes: Partial<SendCode> = {},
): Promise<SendCodeOutcome> {
  const request = { phoneNumber: PHONE, apiId, apiHash, logoutTokens, allowed: {}, ...changes }
  return sendLoginCode(rules, caller, request)
}

async function outcomeOf(sending: Promise<SendCodeOutcome>): Promise<SendCodeOutcome['kind']> {
  return (await sending).kind
}

test('a token signs in once without a code, and a repeat gets the same answer', async () => {
  const world = await createWorld()
  const token = await loggedOut(world)
  const codes = (await world.inbox.list(PHONE)).length
  const caller = await world.caller()
  const outcome = await sendCode(world, caller, [token])
  assert.equal(outcome.kind === 'authorized' && outcome.user.phone, PHONE)
  const before = (await world.again(caller)).state
  assert.equal(before.at, 'authorized')
  assert.deepEqual(await sendCode(world, caller, [token]), outcome)
  assert.deepEqual((await world.again(caller)).state, before, 'the same login')
  assert.equal((await world.inbox.list(PHONE)).length, codes)
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [token])), 'sent', 'spent')
})

test('a repeat gets the same answer for five minutes, but not after a logout', async () => {
  const world = await createWorld()
  const [first, second] = [await loggedOut(world), await loggedOut(world)]
  const caller = await world.caller()
  assert.equal(await outcomeOf(sendCode(world, caller, [first, second])), 'authorized')
  const { state } = await world.again(caller)
  world.clock.advance(300_000 - 1)
  assert.equal(await outcomeOf(sendCode(world, caller, [first, second])), 'authorized')
  assert.deepEqual((await world.again(caller)).state, state, 'the second is not spent for a repeat')
  world.clock.advance(1)
  assert.equal(await outcomeOf(sendCode(world, caller, [first])), 'sent')
  const other = await world.caller()
  assert.equal(await outcomeOf(sendCode(world, other, [second])), 'authorized')
  await world.store.decide(() => signOut(other.authKeyId))
  assert.equal(await outcomeOf(sendCode(world, other, [second])), 'sent')
})

test('a token expires after 183 days, to the second', async () => {
  const world = await createWorld()
  const [token, late] = [await loggedOut(world), await loggedOut(world)]
  world.clock.advance(183 * DAY_MS - 1)
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [token])), 'authorized')
  world.clock.advance(1)
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [late])), 'sent')
})

test('a token works only for its own number and account', async () => {
  const world = await createWorld()
  const token = await loggedOut(world)
  await loggedOut(world, '9996620002')
  const caller = await world.caller()
  const other = sendCode(world, caller, [token], { phoneNumber: '9996620002' })
  assert.equal(await outcomeOf(other), 'sent')
  const [user] = await listAccounts(world.rules, PHONE)
  assert.ok(user)
  await removeAccount(world.rules, user.id)
  assert.equal(await outcomeOf(sendCode(world, caller, [token])), 'sent')
  await world.signIn(await world.caller(), PHONE)
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [token])), 'sent', 'a new account')
})

test('a token replaces only the code if the account has a password', async () => {
  const world = await createWorld()
  const owner = await withPassword(world, PHONE, 'secret')
  const token = await logOutKey(world.rules, owner)
  assert.ok(token)
  const caller = await world.caller()
  const NEEDED = { code: 401, message: 'SESSION_PASSWORD_NEEDED' }
  await assert.rejects(sendCode(world, caller, [token]), NEEDED)
  const pending = await world.again(caller)
  assert.equal(pending.state.at, 'passwordPending')
  await assert.rejects(sendCode(world, pending, [token]), NEEDED, 'a repeat')
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [token])), 'sent', 'spent')
  await givePassword(world.rules, pending, await giveTo(world, pending, 'secret'))
  assert.equal((await world.again(caller)).state.at, 'authorized')
})

test('an account keeps twenty live tokens, and the server reads the newest twenty of a request', async () => {
  const world = await createWorld()
  const tokens: Uint8Array[] = []
  for (let count = 0; count < 21; count += 1) tokens.push(await loggedOut(world))
  const [oldest, second, ...others] = tokens
  assert.ok(oldest && second)
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [oldest])), 'sent')
  const noise = Array.from({ length: 20 }, (_, index) => new Uint8Array(32).fill(index))
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [second, ...noise])), 'sent')
  assert.equal(
    await outcomeOf(sendCode(world, await world.caller(), [...noise.slice(1), second])),
    'authorized',
  )
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), others)), 'authorized')
})

test('bots, imported logins and layers without the answer get no token', async () => {
  const world = await createWorld({ settings: { dcs: 2 } })
  const { rules } = world
  const home = await world.caller()
  await world.signIn(home, PHONE)
  const away = await world.caller({ dcId: 1 })
  await takeInLogin(rules, away, await giveOutLogin(rules, await world.again(home), 1))
  assert.equal(await logOutKey(rules, await world.again(away)), undefined)
  assert.equal(await logOutKey(rules, { ...(await world.again(home)), layer: 151 }), undefined)

  const token = await loggedOut(world, PHONE, { layer: 152 })
  assert.equal(await outcomeOf(sendCode(world, await world.caller({ layer: 151 }), [token])), 'sent')
  assert.equal(await outcomeOf(sendCode(world, await world.caller({ layer: 152 }), [token])), 'authorized')

  const { token: botToken } = await createBot(rules, { username: 'ada_bot' })
  const bot = await world.caller()
  await signInBot(rules, bot, { apiId: world.app.apiId, apiHash: world.app.apiHash, token: botToken })
  assert.equal(await logOutKey(rules, await world.again(bot)), undefined)
})

test('ending all other logins ends the tokens of earlier ones', async () => {
  const world = await createWorld()
  const token = await loggedOut(world)
  const owner = await world.caller()
  await world.signIn(owner, PHONE)
  await endOtherAuthorizations(world.rules, await world.again(owner))
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [token])), 'sent')
})

test('a token given with a login lasts exactly as long as the login', async () => {
  const world = await createWorld()
  const [device, owner] = [await world.caller(), await world.caller()]
  for (const end of ['end', 'logOut', 'none'] as const) {
    await world.signIn(device, PHONE)
    if ((await world.again(owner)).state.at !== 'authorized') await world.signIn(owner, PHONE)
    const signedIn = await world.again(device)
    const token = await issueTokenWithLogin(world.rules, signedIn)
    assert.ok(token && signedIn.state.at === 'authorized')
    assert.deepEqual(await issueTokenWithLogin(world.rules, signedIn), token, 'a repeat is told the same')
    if (end === 'end') await endAuthorization(world.rules, await world.again(owner), signedIn.state.hash)
    if (end === 'logOut') await logOutKey(world.rules, signedIn)
    const isGood = end === 'none'
    const outcome = outcomeOf(sendCode(world, await world.caller(), [token]))
    assert.equal(await outcome, isGood ? 'authorized' : 'sent', end)
  }
})

test('limits come before tokens, and a token login counts towards no limit', async () => {
  const phoneLimit = { scope: 'phone', max: 3, windowS: 600 } as const
  const world = await createWorld({ settings: { sendLimits: [phoneLimit] } })
  const [first, second] = [await loggedOut(world), await loggedOut(world)]
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [first])), 'authorized')
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [])), 'sent')
  await assert.rejects(sendCode(world, await world.caller(), [second]), { message: 'FLOOD_WAIT_600' })
  world.clock.advance(600_000)
  assert.equal(await outcomeOf(sendCode(world, await world.caller(), [second])), 'authorized')
})

test('one of 64 keys with the same token signs in, and 64 repeats by one key are one login', async () => {
  const world = await createWorld()
  const token = await loggedOut(world)
  const callers = await Promise.all(Array.from({ length: 64 }, () => world.caller()))
  const kinds = await Promise.all(callers.map((caller) => outcomeOf(sendCode(world, caller, [token]))))
  assert.equal(kinds.filter((kind) => kind === 'authorized').length, 1)

  const again = await loggedOut(world)
  const caller = await world.caller()
  const [user] = await listAccounts(world.rules, PHONE)
  assert.ok(user)
  const before = (await world.rules.store.look(() => listSessions(user.id))).length
  const repeats = Array.from({ length: 64 }, () => outcomeOf(sendCode(world, caller, [again])))
  assert.deepEqual(new Set(await Promise.all(repeats)), new Set(['authorized']))
  assert.equal((await world.rules.store.look(() => listSessions(user.id))).length, before + 1)
})
