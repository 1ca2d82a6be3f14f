import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSharedFaults } from '../nodes/shared-faults.ts'
import { createWorld } from '../rules/test-world.ts'
import { Faults } from './faults.ts'

const TARGET = {
  method: 'auth.sendCode',
  connectionId: 1,
  phone: undefined,
  userId: undefined,
  dcId: 2,
  authKeyId: 1n,
  body: new Uint8Array(),
}
const FLOOD = { error: { code: 420, type: 'FLOOD_WAIT_30' } }

/** Two nodes over one store, which hear of each other's faults. */
async function createNodes() {
  const { store, bus } = await createWorld()
  const nodes = [1, 2].map((number) => new Faults(createSharedFaults(store, number)))
  const work: Promise<void>[] = []
  bus.subscribe(({ kind }) => {
    if (kind === 'faults') work.push(...nodes.map((node) => node.refresh()))
  })
  const [one, two] = nodes
  assert.ok(one && two)
  const settle = async () => {
    await Promise.all(nodes.map((node) => node.settled()))
    await Promise.all(work)
  }
  return { store, one, two, settle }
}

test('a fault of one node meets requests of all, as often as it says', async () => {
  const { one, two, settle } = await createNodes()
  assert.ok(one.isEmpty && two.isEmpty)
  const id = one.add({ method: 'auth.sendCode', ...FLOOD, times: 3 })
  await settle()
  assert.deepEqual(two.list(), one.list())
  const taken = await Promise.all([one, two, one, two, one, two].map((node) => node.take(TARGET)))
  assert.deepEqual(
    taken.flatMap((fault) => fault?.error ?? []),
    Array(3).fill(FLOOD.error),
  )
  await settle()
  assert.ok(one.isEmpty && two.isEmpty)
  assert.equal(two.remove(id), false)
})

test('expired references are those of all nodes, of one user or of all, and each time others', async () => {
  const { one, two, settle } = await createNodes()
  const rounds = () => [one, two].flatMap((node) => [node.referenceRound(7n), node.referenceRound(8n)])
  assert.deepEqual(rounds(), [0, 0, 0, 0])
  const first = one.add({ references: 'expired', userId: 7 })
  await settle()
  const [seven = 0, eight] = rounds()
  assert.ok(seven !== 0)
  assert.deepEqual([rounds(), eight], [[seven, 0, seven, 0], 0])
  two.add({ references: 'expired' })
  await settle()
  const [next, other, ...ofTwo] = rounds()
  assert.deepEqual(ofTwo, [next, other])
  assert.ok(next !== seven && next !== 0 && other !== 0)
  assert.ok(one.isEmpty, 'no request has to be looked at')
  one.remove(first)
  two.clear()
  await settle()
  assert.deepEqual(rounds(), [0, 0, 0, 0])
})

test('every n-th request is hit on each node, also after news of other faults', async () => {
  const { one, two, settle } = await createNodes()
  one.add({ ...FLOOD, every: 3 })
  await settle()
  const hits: boolean[] = []
  for (let call = 0; call < 6; call++) {
    hits.push((await one.take(TARGET)) !== undefined)
    two.add({ method: 'help.getConfig', ...FLOOD })
    await settle()
  }
  assert.deepEqual(hits, [false, false, true, false, false, true])
})

test('a fault is removed from all nodes, and ids differ between them', async () => {
  const { one, two, settle } = await createNodes()
  const ids = [one, two, one].map((node) => node.add(FLOOD))
  assert.equal(new Set(ids).size, 3)
  await settle()
  assert.equal(two.remove(ids[0] ?? 0), true)
  await settle()
  assert.deepEqual(
    one.list().map(({ id }) => id),
    [ids[2], ids[1]],
  )
  one.clear()
  await settle()
  assert.ok(two.isEmpty)
})

test('a node keeps what it adds while it reads the faults of all', async () => {
  const { store } = await createNodes()
  const shared = createSharedFaults(store, 3)
  let reads = 0
  const node: Faults = new Faults({
    ...shared,
    async list() {
      const listed = await shared.list()
      reads += 1
      if (reads === 1) node.add(FLOOD)
      return listed
    },
  })
  await node.refresh()
  assert.equal(reads, 2)
  assert.equal(node.list().length, 1)
})

test('a fault of one connection is for the node that has the connection', async () => {
  const { one, two, settle } = await createNodes()
  one.add({ ...FLOOD, connectionId: 1 })
  await settle()
  assert.equal(await two.take(TARGET), undefined)
  assert.deepEqual((await one.take(TARGET))?.error, FLOOD.error)
})

test('a node that starts again goes on with ids that are free', async () => {
  const { store, one, settle } = await createNodes()
  const id = one.add(FLOOD)
  await settle()
  const again = new Faults(createSharedFaults(store, 1))
  await again.refresh()
  assert.deepEqual(again.list(), one.list())
  assert.ok(again.add(FLOOD) > id)
  await again.settled()
})
