import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryState } from '../storage/memory-state.ts'
import type { PeerRecord } from './record.ts'
import { PeerStore } from './store.ts'

const DAY_S = 24 * 60 * 60

function peer(id: bigint, fields: Partial<PeerRecord> = {}): PeerRecord {
  return {
    id,
    accessHash: id * 7n,
    title: `Peer ${id}`,
    lastName: undefined,
    usernames: [`name_${id}`],
    phone: `999${id}`,
    isGroup: false,
    isBot: false,
    seenIn: undefined,
    ...fields,
  }
}

/** A memory state that can be looked at. */
function openState() {
  const keys = new Set<string>()
  const inner = memoryState()
  const write = async (changes: ReadonlyMap<string, string | undefined>) => {
    for (const [key, value] of changes) {
      if (value === undefined) keys.delete(key)
      else keys.add(key)
    }
    await inner.write(changes)
  }
  return { state: { ...inner, write }, keys }
}

test('a peer is found again by its id, each of its names and its phone number, with all of its fields', async () => {
  const { state } = openState()
  const ada = peer(5n, {
    accessHash: -(2n ** 63n),
    lastName: 'Lovelace',
    usernames: ['ada', 'countess'],
    isBot: true,
    seenIn: { chatId: -1_000_000_000_007n, messageId: 12 },
  })
  await new PeerStore(state, () => 100).put([
    ada,
    peer(-3n, { usernames: [], phone: undefined, isGroup: true }),
  ])
  const again = new PeerStore(state, () => 100)
  assert.deepEqual(await again.byId(5n), ada)
  assert.deepEqual(await again.byName('countess'), ada)
  assert.deepEqual(await again.byPhone('9995'), ada)
  assert.equal((await again.byId(-3n))?.isGroup, true)
  assert.equal(await again.byName('nobody'), undefined)
})

test('the newest peers are kept, and nothing of older ones', async () => {
  const { state, keys } = openState()
  const store = new PeerStore(state, () => 100, 10)
  for (let id = 1n; id <= 35n; id += 1n) await store.put([peer(id)])
  const kept = []
  for (let id = 1n; id <= 35n; id += 1n) if (await store.byId(id)) kept.push(id)
  assert.deepEqual(kept, [26n, 27n, 28n, 29n, 30n, 31n, 32n, 33n, 34n, 35n])
  assert.equal(await store.byName('name_25'), undefined)
  // A peer, its name, its phone number and its slot, and the next slot.
  assert.equal(keys.size, 10 * 4 + 1)
})

test('a peer that is seen again and again stays', async () => {
  const { state, keys } = openState()
  const store = new PeerStore(state, () => 100, 10)
  for (let id = 1n; id <= 200n; id += 1n) await store.put([peer(1_000n), peer(id)])
  assert.deepEqual(await store.byId(1_000n), peer(1_000n))
  assert.ok(keys.size <= 10 * 4 + 1, String(keys.size))
})

test('a name goes to the peer that was seen with it last, and its former owner keeps the other one', async () => {
  const { state } = openState()
  const store = new PeerStore(state, () => 100)
  await store.put([peer(1n, { usernames: ['shared', 'own'] })])
  await store.put([peer(2n, { usernames: ['shared'] })])
  assert.equal((await store.byName('shared'))?.id, 2n)
  await store.put([peer(1n, { usernames: ['own'] })])
  assert.equal((await store.byName('shared'))?.id, 2n)
  assert.equal((await store.byName('own'))?.id, 1n)
  await store.put([peer(2n, { usernames: [] })])
  assert.equal(await store.byName('shared'), undefined)
})

test('a name that was not seen for a day is asked for anew', async () => {
  const { state } = openState()
  let nowS = 1_000_000
  const store = new PeerStore(state, () => nowS)
  await store.put([peer(1n)])
  nowS += DAY_S
  assert.equal((await store.byName('name_1'))?.id, 1n)
  nowS += 1
  assert.equal(await store.byName('name_1'), undefined)
  assert.equal((await store.byId(1n))?.id, 1n)
  await store.put([peer(1n)])
  assert.equal((await store.byName('name_1'))?.id, 1n)
})

test('a reduced form keeps the access hash and the number that were known before', async () => {
  const { state } = openState()
  const store = new PeerStore(state, () => 100)
  await store.put([peer(1n)])
  const seenIn = { chatId: -5n, messageId: 3 }
  await store.put([peer(1n, { accessHash: undefined, phone: undefined, title: 'New', seenIn })])
  assert.deepEqual(await store.byId(1n), peer(1n, { title: 'New', seenIn }))
})

test('a damaged record counts as not there', async () => {
  const { state } = openState()
  for (const text of ['', '{}', '[1]', 'null', '[1,2,3,4,5,6]']) {
    await state.write(new Map([['peer/1', text]]))
    assert.equal(await new PeerStore(state, () => 100).byId(1n), undefined, text)
  }
})
