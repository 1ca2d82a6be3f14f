import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWorld } from '../test-world.ts'
import { allowApp } from './apps.ts'
import { changeApp, listApps } from './decide-apps.ts'

const PHONE = '+9996621234'
const HASH = '0123456789abcdef0123456789abcdef'
const INVALID = { code: 400, message: 'API_ID_INVALID' }

test('a refused app is listed with what it sent and reported once', async () => {
  const told: number[] = []
  const { rules, caller, sendCode, app } = await createWorld({
    onNewAppRefused: ({ apiId }) => told.push(apiId),
  })
  const ask = async (apiId: number, apiHash: string) => sendCode(await caller(), PHONE, { apiId, apiHash })
  await assert.rejects(ask(4, HASH), INVALID)
  await assert.rejects(ask(app.apiId, HASH), INVALID)
  await assert.rejects(ask(4, 'not a hash'), INVALID)
  assert.deepEqual(
    rules.refusedApps.list().map(({ apiId, apiHash, reason, times }) => [apiId, apiHash, reason, times]),
    [
      [4, '', 'unknown', 2],
      [app.apiId, HASH, 'otherHash', 1],
    ],
  )
  assert.deepEqual(told, [4, app.apiId])
})

test('a refused app is admitted with the api_hash it sent and leaves the list', async () => {
  const { rules, caller, sendCode } = await createWorld()
  const claim = { apiId: 4, apiHash: HASH }
  assert.equal(await allowApp(rules, { apiId: 4 }), undefined, 'no hash is known')
  await assert.rejects(sendCode(await caller(), PHONE, claim), INVALID)
  assert.equal((await allowApp(rules, { apiId: 4 }))?.title, 'App 4')
  assert.deepEqual(rules.refusedApps.list(), [])
  assert.equal((await sendCode(await caller(), PHONE, claim)).way.channel, 'sms')
})

test('the last hundred refused apps are kept', async () => {
  const told: number[] = []
  const { rules } = await createWorld({ onNewAppRefused: ({ apiId }) => told.push(apiId) })
  for (let apiId = 1; apiId <= 150; apiId++) {
    rules.refusedApps.note({ apiId, apiHash: HASH, reason: 'unknown' })
  }
  const kept = rules.refusedApps.list().map(({ apiId }) => apiId)
  assert.deepEqual([kept.length, kept[0], kept.at(-1), told.length], [100, 150, 51, 100])
})

test('any app except a published one may sign in if the operator allows it', async () => {
  const { rules, caller, sendCode, app } = await createWorld({ settings: { apps: 'any' } })
  const ask = async (apiId: number, apiHash: string) => sendCode(await caller(), PHONE, { apiId, apiHash })
  assert.equal((await ask(4, HASH)).way.channel, 'sms')
  assert.equal((await ask(5, 'whatever')).way.channel, 'sms', 'an impossible hash is not stored')
  assert.equal((await ask(app.apiId, HASH)).way.channel, 'sms')
  await assert.rejects(ask(0, HASH), INVALID)
  await rules.store.decide(() => changeApp(app.apiId, { published: true }))
  await assert.rejects(ask(app.apiId, HASH), { message: 'API_ID_PUBLISHED_FLOOD' })
  const listed = (await rules.store.look(() => listApps())).map(({ apiId, apiHash }) => [apiId, apiHash])
  assert.deepEqual(listed, [
    [4, HASH],
    [app.apiId, app.apiHash],
  ])
})
