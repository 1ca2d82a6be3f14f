import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { listAccounts } from '../accounts/accounts.ts'
import { endOtherAuthorizations, listAuthorizations } from '../accounts/authorizations.ts'
import { listSessions } from '../accounts/decide-users.ts'
import { createWorld, type World, type WorldOptions } from '../test-world.ts'
import { logOutKey } from './log-out.ts'
import type { LoginTokenAnswer } from './login-tokens.ts'
import { collectMovedLogin, letInByToken, showLoginToken } from './login-tokens.ts'

const PHONE = '9996621234'

interface Scene extends World {
  /** A signed-in device. */
  readonly phone: Caller
  /** A device without a login. */
  readonly screen: Caller
  show(caller: Caller, exceptIds?: readonly bigint[]): Promise<LoginTokenAnswer>
  token(caller: Caller): Promise<Uint8Array>
}

async function createScene(options: WorldOptions = {}, screenDc = 2): Promise<Scene> {
  const world = await createWorld(options)
  const phone = await world.caller()
  await world.signIn(phone, PHONE)
  const { apiId, apiHash } = world.app
  const show = (caller: Caller, exceptIds: readonly bigint[] = []) =>
    showLoginToken(world.rules, caller, { apiId, apiHash, exceptIds })
  return {
    ...world,
    phone: await world.again(phone),
    screen: await world.caller({ dcId: screenDc, ip: '10.0.0.2' }),
    show,
    async token(caller) {
      const answer = await show(caller)
      return answer.kind === 'show' ? answer.token : assert.fail(answer.kind)
    },
  }
}

const times = <T>(make: () => Promise<T>) => Promise.allSettled(Array.from({ length: 64 }, make))

function refusals(results: readonly PromiseSettledResult<unknown>[]): string[] {
  return results.flatMap((each) => (each.status === 'rejected' ? [String(each.reason.message)] : []))
}

test('accepting a token signs in the key that shows it, and the key is told', async () => {
  const scene = await createScene()
  const told = scene.hear('loginToken')
  const heard = scene.hear('login')
  const token = await scene.token(scene.screen)
  const login = await letInByToken(scene.rules, scene.phone, token)
  assert.deepEqual(told, [{ kind: 'loginToken', authKeyId: String(scene.screen.authKeyId) }])
  assert.deepEqual([login.ip, login.passwordPending, login.unconfirmed], ['10.0.0.2', false, false])
  assert.equal((await scene.again(scene.screen)).state.at, 'anonymous', 'it has not collected yet')
  const answer = await scene.show(scene.screen)
  assert.equal(answer.kind === 'authorized' && answer.user.phone, PHONE)
  const { state } = await scene.again(scene.screen)
  assert.equal(state.at === 'authorized' && state.hash, login.hash)
  const [user] = await listAccounts(scene.rules, PHONE)
  const sessions = await scene.rules.store.look(() => listSessions(user?.id ?? 0n))
  assert.deepEqual(
    sessions.map(({ hash, unconfirmed }) => [hash === login.hash, unconfirmed]),
    [
      [false, false],
      [true, false],
    ],
  )
  assert.deepEqual(
    heard.map(({ hash }) => hash),
    [String(login.hash)],
  )
})

test('a repeated collection gets the login again, and a new token after a logout', async () => {
  const scene = await createScene()
  await letInByToken(scene.rules, scene.phone, await scene.token(scene.screen))
  for (const _ of [1, 2]) assert.equal((await scene.show(scene.screen)).kind, 'authorized')
  await logOutKey(scene.rules, scene.screen)
  assert.equal((await scene.show(scene.screen)).kind, 'show')
})

test('a token expires after thirty seconds or with the next one', async () => {
  const scene = await createScene()
  const first = await scene.token(scene.screen)
  const second = await scene.token(scene.screen)
  await assert.rejects(letInByToken(scene.rules, scene.phone, first), { message: 'AUTH_TOKEN_EXPIRED' })
  scene.clock.advance(29_999)
  const third = await scene.token(scene.screen)
  scene.clock.advance(29_999)
  await letInByToken(scene.rules, scene.phone, third)
  await assert.rejects(letInByToken(scene.rules, scene.phone, second), { message: 'AUTH_TOKEN_EXPIRED' })
  const other = await scene.caller()
  const late = await scene.token(other)
  scene.clock.advance(30_000)
  await assert.rejects(letInByToken(scene.rules, scene.phone, late), { message: 'AUTH_TOKEN_EXPIRED' })
})

test('an accepted login can be collected for five minutes', async () => {
  const scene = await createScene()
  await letInByToken(scene.rules, scene.phone, await scene.token(scene.screen))
  scene.clock.advance(300_000)
  assert.equal((await scene.show(scene.screen)).kind, 'show')
})

test('an invalid token, a token of the same key and one that excludes this user cannot be accepted', async () => {
  const scene = await createScene()
  for (const bytes of [new Uint8Array(32), new Uint8Array(0), new Uint8Array(33)]) {
    await assert.rejects(letInByToken(scene.rules, scene.phone, bytes), { message: 'AUTH_TOKEN_INVALIDX' })
    await assert.rejects(collectMovedLogin(scene.rules, scene.screen, bytes), {
      message: 'AUTH_TOKEN_INVALIDX',
    })
  }
  const own = await scene.token(scene.phone)
  await assert.rejects(letInByToken(scene.rules, scene.phone, own), { message: 'AUTH_TOKEN_EXCEPTION' })
  const [user] = await listAccounts(scene.rules, PHONE)
  const answer = await scene.show(scene.screen, [5n, user?.id ?? 0n])
  assert.ok(answer.kind === 'show')
  await assert.rejects(letInByToken(scene.rules, scene.phone, answer.token), {
    message: 'AUTH_TOKEN_EXCEPTION',
  })
  await assert.rejects(letInByToken(scene.rules, scene.screen, answer.token), {
    message: 'AUTH_KEY_UNREGISTERED',
  })
  await assert.rejects(scene.show(scene.screen, Array(101).fill(1n)), { message: 'LIMIT_INVALID' })
  const stranger = { apiId: 1, apiHash: '', exceptIds: [] }
  await assert.rejects(showLoginToken(scene.rules, scene.screen, stranger), { message: 'API_ID_INVALID' })
})

test('one of 64 acceptances of a token succeeds, and 64 collections are one login', async () => {
  const scene = await createScene()
  const token = await scene.token(scene.screen)
  const accepted = await times(() => letInByToken(scene.rules, scene.phone, token))
  assert.deepEqual(refusals(accepted), Array(63).fill('AUTH_TOKEN_ALREADY_ACCEPTED'))
  const told = scene.hear('login')
  const collected = await times(() => scene.show(scene.screen))
  const kinds = collected.map((each) => each.status === 'fulfilled' && each.value.kind)
  assert.deepEqual(kinds, Array(64).fill('authorized'))
  assert.equal(told.length, 1)
})

test('a login for a user of another data centre is imported there once', async () => {
  const scene = await createScene({ settings: { dcs: 3 } }, 1)
  const shown = await scene.token(scene.screen)
  const home = await scene.caller({ dcId: 2 })
  await assert.rejects(collectMovedLogin(scene.rules, home, shown), { message: 'AUTH_TOKEN_INVALID' })
  await letInByToken(scene.rules, scene.phone, shown)
  const first = await scene.show(scene.screen)
  const answer = await scene.show(scene.screen)
  assert.ok(first.kind === 'moveTo' && answer.kind === 'moveTo')
  assert.equal(answer.dcId, 2)
  await assert.rejects(collectMovedLogin(scene.rules, home, first.token), { message: 'AUTH_TOKEN_INVALIDX' })
  await assert.rejects(collectMovedLogin(scene.rules, scene.screen, answer.token), {
    message: 'AUTH_TOKEN_INVALID',
  })
  const rivals = await Promise.all(Array.from({ length: 8 }, () => scene.caller({ dcId: 2 })))
  const results = await Promise.allSettled(
    Array.from({ length: 64 }, (_, index) =>
      collectMovedLogin(scene.rules, rivals[index % 8] ?? assert.fail(), answer.token),
    ),
  )
  assert.deepEqual(refusals(results), Array(56).fill('AUTH_TOKEN_ALREADY_ACCEPTED'))
  const states = await Promise.all(rivals.map((rival) => scene.again(rival)))
  assert.equal(states.filter(({ state }) => state.at === 'authorized').length, 1)
  assert.equal((await scene.again(scene.screen)).state.at, 'anonymous')
})

test('a token to import expires, too', async () => {
  const scene = await createScene({ settings: { dcs: 3 } }, 1)
  await letInByToken(scene.rules, scene.phone, await scene.token(scene.screen))
  const answer = await scene.show(scene.screen)
  assert.ok(answer.kind === 'moveTo')
  scene.clock.advance(300_000)
  const home = await scene.caller({ dcId: 2 })
  await assert.rejects(collectMovedLogin(scene.rules, home, answer.token), { message: 'AUTH_TOKEN_EXPIRED' })
})

test('a call that started before its login ended accepts no token', async () => {
  const scene = await createScene()
  const other = await scene.caller()
  await scene.signIn(other, PHONE)
  const token = await scene.token(scene.screen)
  // The call holds the state of its key from before.
  const ended = endOtherAuthorizations(scene.rules, await scene.again(other))
  const accepted = letInByToken(scene.rules, scene.phone, token)
  await assert.rejects(accepted, { code: 401, message: 'AUTH_KEY_UNREGISTERED' })
  await ended
  assert.equal((await scene.show(scene.screen)).kind, 'show')
})

test('a login approved by an unconfirmed login must itself be confirmed by a third', async () => {
  const scene = await createScene()
  const stranger = await scene.caller()
  await scene.signIn(stranger, PHONE)
  const accept = async (caller: Caller) => {
    const screen = await scene.caller()
    const login = await letInByToken(scene.rules, await scene.again(caller), await scene.token(screen))
    await scene.show(screen)
    const { logins } = await listAuthorizations(scene.rules, scene.phone)
    return [login.unconfirmed, logins.find(({ hash }) => hash === login.hash)?.unconfirmed]
  }
  assert.deepEqual(await accept(stranger), [true, true])
  assert.deepEqual(await accept(scene.phone), [false, false])
  scene.clock.advance(7 * 86_400_000)
  assert.deepEqual(await accept(stranger), [false, false])
})
