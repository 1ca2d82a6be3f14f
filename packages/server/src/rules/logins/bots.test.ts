import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { listAccounts } from '../accounts/accounts.ts'
import { listSessions } from '../accounts/decide-users.ts'
import { createWorld, type World } from '../test-world.ts'
import { createBot, listBots, replaceBotToken, signInBot } from './bots.ts'

function signIn({ rules, app: { apiId, apiHash } }: World, caller: Caller, token: string) {
  return signInBot(rules, caller, { apiId, apiHash, token })
}

test('a bot signs in with its token on as many keys as it likes', async () => {
  const world = await createWorld()
  const { bot, token } = await createBot(world.rules, { username: 'HelpBot' })
  assert.match(token, new RegExp(`^${bot.id}:[\\w-]{35}$`))
  assert.deepEqual([bot.isBot, bot.username, bot.phone], [true, 'HelpBot', ''])
  for (const caller of [await world.caller(), await world.caller()]) {
    assert.deepEqual(await signIn(world, caller, token), bot)
    const { state } = await world.again(caller)
    assert.ok(state.at === 'authorized' && state.isBot)
    await signIn(world, caller, token)
    assert.deepEqual((await world.again(caller)).state, state, 'a repeat changes nothing')
  }
  assert.equal((await world.rules.store.look(() => listSessions(bot.id))).length, 2)
  assert.deepEqual(await listAccounts(world.rules), [], 'it is nobody’s account')
  assert.deepEqual(await listBots(world.rules), [bot])
})

test('an unknown token is invalid, and a replaced one has expired', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { bot, token } = await createBot(world.rules, { username: 'helpbot' })
  const wrong = [`${bot.id}:${'a'.repeat(35)}`, `1${token}`, token.slice(0, -1), `${token}a`, '', 'a:b']
  for (const each of wrong) {
    await assert.rejects(signIn(world, caller, each), { message: 'ACCESS_TOKEN_INVALID' })
  }
  const second = (await replaceBotToken(world.rules, bot.id)) ?? assert.fail('no token')
  await assert.rejects(signIn(world, caller, token), { message: 'ACCESS_TOKEN_EXPIRED' })
  assert.equal((await signIn(world, caller, second)).id, bot.id)
  assert.equal(await replaceBotToken(world.rules, 1n), undefined)
  const stranger = { apiId: 1, apiHash: '', token: second }
  await assert.rejects(signInBot(world.rules, caller, stranger), { message: 'API_ID_INVALID' })
})

test('a new token ends the logins of the old one', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { bot, token } = await createBot(world.rules, { username: 'helpbot' })
  await signIn(world, caller, token)
  await replaceBotToken(world.rules, bot.id)
  assert.deepEqual((await world.again(caller)).state, { at: 'revoked', reason: 'SESSION_REVOKED' })
})

test("a bot's name is unique whatever its capitals, and ends in bot", async () => {
  const { rules } = await createWorld()
  await createBot(rules, { username: 'HelpBot' })
  await assert.rejects(createBot(rules, { username: 'helpbot' }), { message: 'USERNAME_OCCUPIED' })
  for (const username of ['bot', 'help', '1bot1bot', 'h lpbot', `${'a'.repeat(30)}bot`, '']) {
    await assert.rejects(createBot(rules, { username }), { message: 'USERNAME_INVALID' })
  }
})

test("a bot's home is where its owner is, or where it first signed in", async () => {
  const world = await createWorld({ settings: { dcs: 3 } })
  const owner = await world.caller({ dcId: 3 })
  await world.signIn(owner, '9996631234')
  const owned = await createBot(world.rules, { username: 'ownedbot', ownerPhone: '+9996631234' })
  const free = await createBot(world.rules, { username: 'freebot' })
  const [one, three] = [await world.caller({ dcId: 1 }), await world.caller({ dcId: 3 })]
  await assert.rejects(signIn(world, one, owned.token), { code: 303, message: 'USER_MIGRATE_3' })
  await signIn(world, three, owned.token)
  await signIn(world, one, free.token)
  await assert.rejects(signIn(world, three, free.token), { message: 'USER_MIGRATE_1' })
  await assert.rejects(createBot(world.rules, { username: 'otherbot', ownerPhone: '+9996631235' }), {
    message: 'PHONE_NUMBER_UNOCCUPIED',
  })
})

test('64 simultaneous logins of one key are one login', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { bot, token } = await createBot(world.rules, { username: 'helpbot' })
  await Promise.all(Array.from({ length: 64 }, () => signIn(world, caller, token)))
  assert.equal((await world.rules.store.look(() => listSessions(bot.id))).length, 1)
})
