import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { createWorld } from '../rules/test-world.ts'
import { beatNode, type LiveNode } from './decide-nodes.ts'
import type { NodeOptions } from './differences.ts'
import { type JoinOptions, joinNodes } from './membership.ts'

const OPTIONS: NodeOptions = { same: { testClock: 'off', dcs: '1' }, settings: { codeLength: '5' } }

/** Nodes over one store, whose time passes and whose timers fire when the test says so. */
async function createScene() {
  const { store } = await createWorld()
  let nowMs = 1_800_000_000_000
  const wait = (ms: number) => {
    nowMs += ms
  }
  const join = async (name: string, options: NodeOptions = OPTIONS, more: Partial<JoinOptions> = {}) => {
    const timers: (() => void)[] = []
    let wrongMs = 0
    const events: string[] = []
    const describe = (nodes: readonly LiveNode[]) => nodes.map((node) => node.name).join()
    const member = await joinNodes({
      store,
      node: { name, version: '1.0.0', options },
      nowMs: () => nowMs + wrongMs,
      databaseNowMs: async () => nowMs,
      startTimer: (run) => {
        timers.splice(0, 1, run)
        return () => timers.splice(0)
      },
      onDead: (nodes) => events.push(`dead ${describe(nodes)}`),
      onOtherSettings: (number, settings) => events.push(`${number} ${JSON.stringify(settings)}`),
      ...more,
    })
    /** Resolves after the next beat is written. */
    const beat = async () => {
      timers[0]?.()
      await setImmediate()
      await store.decide(function* () {})
    }
    /** Sets the clock of this node. */
    const setWrong = (ms: number) => {
      wrongMs = ms
    }
    return { member, events, beat, setWrong }
  }
  return { store, join, wait, nowMs: () => nowMs }
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

test('a node that leaves is not entered again by beats that a slow database still has', async () => {
  const { join, store } = await createScene()
  const begun: (() => void)[] = []
  let isSlow = false
  const slow: typeof store.decide = async (run) => {
    if (isSlow) await new Promise<void>((resolve) => begun.push(resolve))
    return await store.decide(run)
  }
  const { member, beat } = await join('a', OPTIONS, { store: { ...store, decide: slow } })
  isSlow = true
  await beat()
  await beat()
  isSlow = false
  const left = member.leave()
  for (const goOn of begun.toReversed()) {
    goOn()
    for (let turns = 0; turns < 5; turns++) await setImmediate()
  }
  await left
  assert.equal((await join('b')).member.number, 1)
})

test('a node that stood still, went on and was killed is cleaned up after both times', async () => {
  const { join, wait } = await createScene()
  const [one, two] = [await join('a'), await join('b')]
  for (let times = 1; times <= 2; times++) {
    for (let beats = 0; beats < 4; beats++) {
      wait(5_000)
      await two.beat()
    }
    assert.deepEqual(two.events, Array(times).fill('dead a'))
    await one.beat()
    await two.beat()
    assert.equal(two.member.nodes.length, 2, 'it goes on')
  }
  for (const { member } of [one, two]) await member.leave()
})

test('a node that stops beating is gone after three beats, and one node cleans up', async () => {
  const { join, wait } = await createScene()
  const [, two, three] = [await join('a'), await join('b'), await join('c')]
  for (let beats = 0; beats < 4; beats++) {
    wait(5_000)
    await two.beat()
    await three.beat()
  }
  assert.deepEqual(two.events, ['dead a'])
  assert.deepEqual(three.events, [])
  for (const { member } of [two, three]) assert.equal(member.nodes.length, 2)
})

test('options that must be the same are compared with the nodes that run', async () => {
  const { join, store, nowMs } = await createScene()
  const killed = { name: 'killed', version: '1.0.0', options: { same: {}, settings: {} } }
  await store.decide(() => beatNode(killed, nowMs() - 20_000, 0))
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
  const { join, nowMs } = await createScene()
  const { member, beat, setWrong } = await join('a')
  await assert.rejects(
    join('b', OPTIONS, { nowMs: () => nowMs() + 10_000 }),
    (error: { code: string; message: string }) => {
      assert.match(
        error.message,
        /^The clock of this machine is 10\.0 s ahead of that of the database: set both by NTP/,
      )
      return error.code === 'CLOCK_SKEW'
    },
  )
  setWrong(10_000)
  assert.equal(member.isClockOff, false)
  await beat()
  assert.equal(member.isClockOff, true)
})

test('a node whose clock goes wrong takes no other for gone, and is not taken for gone', async () => {
  const { join } = await createScene()
  for (const wrongMs of [3_600_000, -3_600_000]) {
    const [wrong, right] = [await join('wrong'), await join('right')]
    wrong.setWrong(wrongMs)
    await wrong.beat()
    await right.beat()
    await wrong.beat()
    for (const { member, events } of [wrong, right]) {
      assert.deepEqual(events, [])
      assert.deepEqual(
        member.nodes.map(({ name, number }) => [name, number]),
        [
          ['wrong', 1],
          ['right', 2],
        ],
      )
    }
    await wrong.member.leave()
    await right.member.leave()
  }
})

test('a node that leaves during a beat stays off the list', async () => {
  const { join, store } = await createScene()
  const [one, two] = [await join('a'), await join('b')]
  const beating = one.beat()
  await one.member.leave()
  await beating
  await two.beat()
  assert.deepEqual(
    two.member.nodes.map(({ name }) => name),
    ['b'],
  )
  await store.decide(function* () {})
})
