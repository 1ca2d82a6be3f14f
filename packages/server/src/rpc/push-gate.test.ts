import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSharedFaults } from '../nodes/shared-faults.ts'
import { createWorld } from '../rules/test-world.ts'
import { Faults } from './faults.ts'
import { PushGate } from './push-gate.ts'

const ADA = 1_000_001n
const BOB = 1_000_002n
const session = (sessionId: bigint) => ({ authKeyId: 1n, sessionId })

/** A gate with faults, and what has gone through it; `wait` ends the waits that are over by then. */
function createScene(faults = new Faults()) {
  const sent: string[] = []
  const waits: { readonly ms: number; readonly end: () => void }[] = []
  const delays = { wait: (ms: number) => new Promise<void>((end) => waits.push({ ms, end })) }
  const gate = new PushGate({ faults, delays })
  return {
    faults,
    sent,
    async push(name: string, userId = ADA, sessionId = 1n): Promise<void> {
      await gate.push(userId, session(sessionId), () => void sent.push(name))
    },
    async wait(ms: number): Promise<void> {
      for (const each of waits) if (each.ms <= ms) each.end()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

test('an update is lost or doubled, as often as the fault says, for its account only', async () => {
  const { faults, sent, push } = createScene()
  faults.add({ push: 'drop', userId: Number(ADA), times: 1 })
  await push('of Bob', BOB)
  await push('lost')
  await push('comes')
  assert.deepEqual(sent.splice(0), ['of Bob', 'comes'])
  faults.add({ push: 'double' })
  await push('two', BOB)
  assert.deepEqual(sent, ['two', 'two'])
})

test('an update that is delayed comes after those that pass it', async () => {
  const { faults, sent, push, wait } = createScene()
  faults.add({ push: 'delay', delayMs: 200, times: 1 })
  await push('late')
  await push('next')
  await wait(100)
  assert.deepEqual(sent, ['next'])
  await wait(200)
  assert.deepEqual(sent, ['next', 'late'])
})

test('an update changes places with the next one of its session, and waits a second for it', async () => {
  const { faults, sent, push, wait } = createScene()
  faults.add({ push: 'reorder', times: 1 })
  await push('one')
  await push('of another session', ADA, 2n)
  await push('two')
  await push('three')
  await wait(1000)
  assert.deepEqual(sent.splice(0), ['of another session', 'two', 'one', 'three'])
  faults.add({ push: 'reorder', times: 1 })
  await push('last')
  assert.deepEqual(sent, [])
  await wait(1000)
  assert.deepEqual(sent, ['last'])
})

test('a fault of one node meets the updates of all', async () => {
  const { store, bus } = await createWorld()
  const [one, two] = [1, 2].map((number) => new Faults(createSharedFaults(store, number)))
  assert.ok(one && two)
  const work: Promise<void>[] = []
  bus.subscribe(({ kind }) => void (kind === 'faults' && work.push(two.refresh())))
  one.add({ push: 'drop', times: 1 })
  await one.settled()
  await Promise.all(work)
  const { sent, push } = createScene(two)
  await push('lost')
  await push('comes')
  assert.deepEqual(sent, ['comes'])
  assert.deepEqual(await two.takeDifference(ADA), undefined)
  one.add({ difference: 'slice' })
  await one.settled()
  await Promise.all(work)
  assert.equal(await two.takeDifference(ADA), 'slice')
})

test('faults for updates say nothing of requests', () => {
  const faults = new Faults()
  const refuses = (fault: Parameters<Faults['add']>[0]) =>
    assert.throws(() => faults.add(fault), { code: 'FAULT_INVALID' })
  refuses({ push: 'drop', difference: 'slice' })
  refuses({ push: 'drop', method: 'auth.sendCode' })
  refuses({ push: 'drop', drop: true })
  refuses({ push: 'delay' })
  refuses({ push: 'double', delayMs: 5 })
  refuses({ difference: 'slice', delayMs: 5 })
  faults.add({ push: 'drop' })
  assert.ok(faults.isEmpty, 'no request has to be looked at')
})
