import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSettings } from '../../ground/settings.ts'
import { createWorld, START_MS } from '../test-world.ts'
import { type BindTempAuthKey, TempKeys } from './temp-keys.ts'

const NOW_S = START_MS / 1000

function binding(tempAuthKeyId: bigint, permAuthKeyId: bigint, changes = {}): BindTempAuthKey {
  const said = {
    msgId: 4n,
    nonce: 5n,
    tempAuthKeyId,
    permAuthKeyId,
    expiresAtS: NOW_S + 3600,
    nowS: NOW_S,
    ...changes,
  }
  return { ...said, sessionId: 6n, inner: { ...said, seqNo: 0, tempSessionId: 6n } }
}

async function setUp(settings = {}) {
  const world = await createWorld()
  const perm = (await world.caller()).authKeyId
  const other = (await world.caller()).authKeyId
  const tempKeys = new TempKeys({ ...world.rules, settings: createSettings('box', settings) })
  return { world, perm, other, tempKeys }
}

function keep(tempKeys: TempKeys, id: bigint, expiresAtS = NOW_S + 86_400): boolean {
  const authKey = { id, key: new Uint8Array(256) }
  return tempKeys.keep({ authKey, expiresAtS, firstSalt: 0n, createdAtS: NOW_S }, { dcId: 2, isTest: false })
}

test('a temporary key is bound once, repeats included, and never to another permanent key', async () => {
  const { perm, other, tempKeys } = await setUp()
  assert.equal(keep(tempKeys, 100n), true)
  assert.equal(keep(tempKeys, 100n), false)
  assert.equal(tempKeys.find(100n)?.permAuthKeyId, undefined)
  assert.equal(await tempKeys.bind(binding(100n, perm)), true)
  assert.equal(await tempKeys.bind(binding(100n, perm)), true)
  assert.equal(tempKeys.find(100n)?.permAuthKeyId, perm)
  assert.deepEqual(tempKeys.boundTo(perm), [100n])
  await assert.rejects(tempKeys.bind(binding(100n, other)), {
    code: 400,
    message: 'TEMP_AUTH_KEY_ALREADY_BOUND',
  })
})

test('one of 64 simultaneous bindings to different permanent keys wins', async () => {
  const { world, tempKeys } = await setUp()
  keep(tempKeys, 100n)
  const permanent = await Promise.all(Array.from({ length: 64 }, () => world.caller()))
  const results = await Promise.allSettled(
    permanent.map(({ authKeyId }) => tempKeys.bind(binding(100n, authKeyId))),
  )
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  const bound = permanent.filter(({ authKeyId }) => tempKeys.boundTo(authKeyId).length > 0)
  assert.deepEqual(
    bound.map(({ authKeyId }) => authKeyId),
    [tempKeys.find(100n)?.permAuthKeyId],
  )
})

test('the outer and inner part of a binding must agree', async () => {
  const { perm, tempKeys } = await setUp()
  keep(tempKeys, 100n)
  const good = binding(100n, perm)
  const bad: Partial<NonNullable<BindTempAuthKey['inner']>>[] = [
    { msgId: 1n },
    { seqNo: 1 },
    { nonce: 1n },
    { tempAuthKeyId: 1n },
    { permAuthKeyId: 2n },
    { tempSessionId: 1n },
    { expiresAtS: 1 },
  ]
  const refused = { code: 400, message: 'ENCRYPTED_MESSAGE_INVALID' }
  assert.ok(good.inner)
  for (const change of bad) {
    await assert.rejects(tempKeys.bind({ ...good, inner: { ...good.inner, ...change } }), refused)
  }
  await assert.rejects(tempKeys.bind({ ...good, inner: undefined }), refused)
  await assert.rejects(tempKeys.bind(binding(100n, 999n)), refused, 'an unknown permanent key')
})

test('an unknown temporary key or a past expiry is refused, and a late expiry is shortened', async () => {
  const { world, perm, tempKeys } = await setUp()
  await assert.rejects(tempKeys.bind(binding(100n, perm)), { code: 400, message: 'TEMP_AUTH_KEY_EMPTY' })
  keep(tempKeys, 100n, NOW_S + 100)
  await assert.rejects(tempKeys.bind(binding(100n, perm, { expiresAtS: NOW_S })), {
    code: 400,
    message: 'EXPIRES_AT_INVALID',
  })
  await tempKeys.bind(binding(100n, perm, { expiresAtS: NOW_S + 105 }))
  world.clock.advance(99_999)
  assert.equal(tempKeys.find(100n)?.expiresAtS, NOW_S + 100)
  world.clock.advance(1)
  assert.equal(tempKeys.find(100n), undefined)
  assert.deepEqual(tempKeys.boundTo(perm), [])
})

test('many keys stay bound at once, and the oldest beyond the limit is dropped and reported', async () => {
  const { perm, tempKeys } = await setUp({ maxTempKeysPerKey: 3 })
  const evicted: bigint[] = []
  tempKeys.onEvicted((id) => evicted.push(id))
  for (const id of [100n, 101n, 102n, 103n]) {
    keep(tempKeys, id)
    await tempKeys.bind(binding(id, perm))
  }
  assert.deepEqual(tempKeys.boundTo(perm), [101n, 102n, 103n])
  assert.deepEqual(evicted, [100n])
})

test('temporary keys use bounded memory', async () => {
  const { tempKeys } = await setUp({ maxTempKeys: 2 })
  for (const id of [100n, 101n, 102n]) keep(tempKeys, id)
  assert.equal(tempKeys.find(100n), undefined)
  assert.ok(tempKeys.find(101n) && tempKeys.find(102n))
})

test('a login drops its other temporary keys except those it keeps, and none of other logins', async () => {
  const { perm, other, tempKeys } = await setUp()
  const evicted: bigint[] = []
  tempKeys.onEvicted((id) => evicted.push(id))
  const bindings: [bigint, bigint][] = [
    [100n, perm],
    [101n, perm],
    [102n, perm],
    [103n, other],
  ]
  for (const [id, permAuthKeyId] of bindings) {
    keep(tempKeys, id)
    await tempKeys.bind(binding(id, permAuthKeyId))
  }
  tempKeys.dropBound(perm, new Set([101n, 103n, 5n]))
  assert.deepEqual(evicted, [100n, 102n])
  assert.deepEqual([tempKeys.boundTo(perm), tempKeys.boundTo(other)], [[101n], [103n]])
})

test('a temporary key binds only to a permanent key of its own data centre', async () => {
  const { world } = await setUp()
  const settings = createSettings('box', { dcs: 3 })
  const tempKeys = new TempKeys({ ...world.rules, settings })
  const { authKeyId: elsewhere } = await world.caller({ dcId: 1 })
  const { authKeyId: here } = await world.caller({ dcId: 2 })
  keep(tempKeys, 100n)
  await assert.rejects(tempKeys.bind(binding(100n, elsewhere)), { message: 'ENCRYPTED_MESSAGE_INVALID' })
  assert.equal(await tempKeys.bind(binding(100n, here)), true)
})
