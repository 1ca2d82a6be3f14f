import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWorld } from '../rules/test-world.ts'
import { beatNode, type LiveNode } from './decide-nodes.ts'
import type { NodeOptions } from './differences.ts'
import { type JoinOptions, joinNodes } from './membership.ts'

const OPTIONS: NodeOptions = { same: { testClock: 'off', dcs: '1' }, settings: { codeLength: '5' } }

/** Nodes over one store, whose timers fire when the test says so. */
async function createScene() {
  const { store } = await createWorld()
  let aheadMs = 0
  const wait = (ms: number) => {
    aheadMs += ms
  }
  const join = async (name: string, options: NodeOptions = OPTIONS, more: Partial<JoinOptions> = {}) => {
    const timers: (() => void)[] = []
    const events: string[] = []
    const describe = (nodes: readonly LiveNode[]) => nodes.map((node) => node.name).join()
    const member = await joinNodes({
      store,
      node: { name, version: '1.0.0', options },
      nowMs: () => Date.now() + aheadMs,
      startTimer: (run) => {
        timers.splice(0, 1, run)
        return () => timers.splice(0)
      },
      onDead: (nodes) => events.push(`dead ${describe(nodes)}`),
      onOtherSettings: (number, settings) => events.push(`${number} ${JSON.stringify(settings)}`),
      onGone: (names) => events.push(`gone ${names.join()}`),
      ...more,
    })
    /** Resolves after the next beat is written. */
    const beat = async () => {
      timers[0]?.()
      await store.look(function* () {})
      await store.decide(function* () {})
    }
    return { member, events, beat }
  }
  return { store, join, wait }
}

test('nodes have different numbers, and a number is free again after a node has left', async () => {
  const { join } = await createScene()
  const [one, two] = [await join('a'), await join('b')]
  assert.deepEqual([one.member.number, two.member.number], [1, 2])
  await one.beat()
  assert.deepEqual(
    one.member.nodes.map(({ name }) => name),
    ['a', 'b'],
  )
  await one.member.leave()
  assert.equal((await join('c')).member.number, 1)
  await two.member.leave()
})

test('a node that stops beating is gone after three beats, and one node cleans up', async () => {
  const { join, wait } = await createScene()
  const [, two, three] = [await join('a'), await join('b'), await join('c')]
  for (let beats = 0; beats < 4; beats++) {
    wait(5_000)
    await two.beat()
    await three.beat()
  }
  assert.deepEqual(two.events, ['gone a', 'dead a'])
  assert.deepEqual(three.events, ['gone a'])
  assert.equal(two.member.nodes.length, 2)
})

test('options that must be the same are compared with the nodes that run', async () => {
  const { join, store } = await createScene()
  const killed = { name: 'killed', version: '1.0.0', options: { same: {}, settings: {} } }
  await store.decide(() => beatNode(killed, Date.now() - 20_000, 0))
  const { member } = await join('a')
  assert.equal(member.number, 2, 'a node that was killed does not count')
  const other = { ...OPTIONS, same: { testClock: 'on', dcs: '2', newerOption: 'x' } }
  await assert.rejects(join('b', other), {
    code: 'NODE_OPTIONS_DIFFER',
    message:
      'Node 2 of this database runs with --test-clock off, --dcs 1, and this one with --test-clock on, --dcs 2: ' +
      'give all nodes the same, or stop the others first.',
  })
  const { same } = OPTIONS
  const newer = await join('newer', { ...OPTIONS, same: { ...same, newerOption: 'x' } })
  assert.equal(newer.member.number, 3, 'a node of another version does not know the option')
  await newer.member.leave()
  await member.leave()
  assert.equal((await join('b', other)).member.number, 2)
})

test('a node is told of nodes with other settings, and starts', async () => {
  const { join } = await createScene()
  await join('a')
  const two = await join('b', { ...OPTIONS, settings: { codeLength: '6', terms: 'new' } })
  const expected = [
    { name: 'codeLength', ours: '6', theirs: '5' },
    { name: 'terms', ours: 'new', theirs: 'none' },
  ]
  assert.deepEqual(two.events, [`1 ${JSON.stringify(expected)}`])
  assert.equal(two.member.number, 2)
})

test('a clock that is off is refused at the start, and reported later', async () => {
  const { join, wait } = await createScene()
  const { member, beat } = await join('a')
  wait(10_000)
  await assert.rejects(join('b'), (error: { code: string; message: string }) => {
    assert.match(
      error.message,
      /^The clock of this machine is \d+\.\d s ahead of that of the database: set both by NTP/,
    )
    return error.code === 'CLOCK_SKEW'
  })
  assert.equal(member.isClockOff, false)
  await beat()
  assert.equal(member.isClockOff, true)
})
