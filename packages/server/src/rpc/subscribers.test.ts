import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode, LAYER } from '@cablegram/tl/api'
import { createWorld } from '../rules/test-world.ts'
import { LayerCodecs } from './layer-codecs.ts'
import { Subscribers } from './subscribers.ts'

const NOW_S = 1_800_000_000

/** Two logins of one account, and the pushes by session id. */
async function createScene() {
  const { domain, caller, signIn } = await createWorld()
  const [first, second] = [await caller(), await caller()]
  for (const one of [first, second]) await signIn(one, '+9996621234')
  const [user] = await domain.accounts.list('9996621234')
  const subscribers = new Subscribers(domain, new LayerCodecs())
  const pushed: bigint[] = []
  return {
    domain,
    first,
    subscribers,
    note: (authKeyId: bigint, sessionId: bigint, layer = 228) =>
      subscribers.note({ authKeyId, session: { authKeyId, sessionId }, layer, userId: user?.id }),
    async tell(ids: readonly number[] = [1], exceptAuthKeyId?: bigint): Promise<bigint[]> {
      const update = { kind: 'deleteMessages', ids, pts: 2, ptsCount: 1 } as const
      const event = {
        userId: user?.id ?? 0n,
        update,
        ...(exceptAuthKeyId !== undefined && { exceptAuthKeyId }),
      }
      await subscribers.tell(event, { nowS: NOW_S, push: ({ sessionId }) => pushed.push(sessionId) })
      return pushed.splice(0)
    },
    second,
  }
}

test('every session of every login is told except those of the excluded key', async () => {
  const { first, second, note, tell } = await createScene()
  assert.deepEqual(await tell(), [], 'nobody has called anything')
  note(first.authKeyId, 1n)
  note(second.authKeyId, 2n)
  note(first.authKeyId, 3n)
  note(first.authKeyId, 1n)
  note(77n, 4n)
  assert.deepEqual(await tell(), [3n, 1n, 2n])
  assert.deepEqual(await tell([1], first.authKeyId), [2n])
})

test('only the eight most recently active sessions of a key are told', async () => {
  const { first, note, tell } = await createScene()
  for (let id = 1n; id <= 20n; id++) note(first.authKeyId, id)
  assert.deepEqual(await tell(), [13n, 14n, 15n, 16n, 17n, 18n, 19n, 20n])
})

test('a logged-out key is told nothing', async () => {
  const { domain, first, second, note, tell } = await createScene()
  note(first.authKeyId, 1n)
  note(second.authKeyId, 2n)
  await domain.login.logOut(first)
  assert.deepEqual(await tell(), [2n])
})

test('an update that one layer cannot carry reaches the other layers, in order', async () => {
  const { domain, first, second, subscribers, note } = await createScene()
  note(first.authKeyId, 1n, 131)
  note(second.authKeyId, 2n)
  const [user] = await domain.accounts.list('9996621234')
  const told: [bigint, number][] = []
  const push = ({ sessionId }: { sessionId: bigint }, body: Uint8Array) => told.push([sessionId, body.length])
  const tell = (peerId: bigint, unreadCount: number) =>
    subscribers.tell(
      {
        userId: user?.id ?? 0n,
        update: { kind: 'readInbox', peerId, maxId: 1, unreadCount, pts: 2, ptsCount: 1 },
      },
      { nowS: NOW_S, push },
    )
  await assert.rejects(tell(2n ** 40n, 0), { code: 'TL_VALUE' })
  assert.deepEqual(
    told.splice(0).map(([sessionId]) => sessionId),
    [2n],
  )
  await Promise.all([tell(777000n, 1), tell(777000n, 2)])
  assert.deepEqual(
    told.map(([sessionId]) => sessionId),
    [1n, 2n, 1n, 2n],
  )
})

/** Long numbers as digits, for JSON, which also leaves absent fields out. */
function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function newAuthorization(about: object) {
  return { _: 'updateShort', update: { _: 'updateNewAuthorization', ...about }, date: NOW_S }
}

test('a new login is told to the others with its device and place, and to itself never', async () => {
  const world = await createWorld()
  const [first, second] = [await world.caller(), await world.caller({ ip: '10.0.0.2' })]
  const subscribers = new Subscribers(world.domain, new LayerCodecs())
  const told: [bigint, object][] = []
  const push = ({ authKeyId }: { authKeyId: bigint }, body: Uint8Array) =>
    told.push([authKeyId, JSON.parse(JSON.stringify(decode('Updates', body), text))])
  const work: Promise<void>[] = []
  world.bus.subscribe((nudge) => work.push(subscribers.hear(nudge, { nowS: NOW_S, push })))
  for (const { authKeyId } of [first, second]) {
    subscribers.note({ authKeyId, session: { authKeyId, sessionId: 1n }, layer: LAYER, userId: undefined })
  }
  await world.signIn(first, '+9996621234')
  await world.signIn(second, '+9996621234')
  await Promise.all(work.splice(0))
  const { state } = await world.again(second)
  const hash = String(state.at === 'authorized' && state.hash)
  const about = { unconfirmed: true, device: '', location: '10.0.0.2', date: NOW_S }
  assert.deepEqual(told.splice(0), [[first.authKeyId, newAuthorization({ hash, ...about })]])
  await world.domain.authorizations.change(await world.again(first), {
    hash: BigInt(hash),
    confirmed: true,
    encryptedRequestsDisabled: undefined,
    callRequestsDisabled: undefined,
  })
  await Promise.all(work)
  assert.deepEqual(told, [[second.authKeyId, newAuthorization({ hash })]])
})
