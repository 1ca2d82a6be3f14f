import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Decision, sql } from '../../database/decision.ts'
import type { Store } from '../../database/store.ts'
import { historyOf } from '../messages/messages.ts'
import { updateStatus } from '../people/statuses.ts'
import { createWorld, signedIn } from '../test-world.ts'
import { startDueWork } from './due-work.ts'
import { WHEN_ONLINE_S } from './scheduled/decide-queue.ts'
import { scheduleText } from './scheduled/schedule.ts'

const spoil = sql`UPDATE scheduled SET sealed_message = :sealed WHERE peer_id = :peerId`

/** Timers that run when the test says so. */
function createTimers() {
  let waiting: { run: () => void; ms: number } | undefined
  const startTimer = (run: () => void, ms: number) => {
    const own = { run, ms }
    waiting = own
    return () => {
      if (waiting === own) waiting = undefined
    }
  }
  return { startTimer, waitsMs: () => waiting?.ms, fire: () => waiting?.run() }
}

/** A store that notes the statements of looks. */
function noting(store: Store, texts: string[]): Store {
  function* noted<T>(decision: Decision<T>): Decision<T> {
    for (let step = decision.next(); ; ) {
      if (step.done === true) return step.value
      if ('statement' in step.value) texts.push(step.value.statement.text)
      step = decision.next(yield step.value)
    }
  }
  return { ...store, look: (start) => store.look(() => noted(start())) }
}

/** Queues of many boxes, which nobody can open, with messages to one person. */
const fillUsers = sql`
  WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < :count)
  INSERT INTO users (id, access_hash, phone, first_name, last_name, created_at_s) SELECT id, 1, 'x' || id, 'A', '', 1 FROM n`
const fillBoxes = sql`INSERT INTO boxes (box_id) SELECT id FROM users WHERE id <= :count`
const fillQueues = sql`
  INSERT INTO scheduled (box_id, peer_id, id, random_id, due_at_s, sealed_message)
  SELECT id, CAST(:peerId AS BIGINT), 1, 1, CAST(:dueAtS AS BIGINT), CAST(:sealed AS BLOB) FROM users WHERE id <= :count`

async function createScene() {
  const world = await createWorld()
  const { rules, clock } = world
  const timers = createTimers()
  const troubles: unknown[] = []
  const ada = await signedIn(world, '9996621234')
  const bob = await signedIn(world, '9996621235')
  const onTrouble = (error: unknown) => troubles.push(error)
  const texts: string[] = []
  const noted = noting(world.store, texts)
  /** Done between a look at the next work and its answer. */
  const whileLooking: (() => Promise<unknown>)[] = []
  const look = async <T>(start: () => Decision<T>): Promise<T> => {
    const found = await noted.look(start)
    const isNext = typeof found === 'object' && found !== null && 'nextAtS' in found
    if (isNext) await whileLooking.pop()?.()
    return found
  }
  const store = { ...noted, look }
  const work = startDueWork({ ...rules, store, startTimer: timers.startTimer, onTrouble })
  await work.run()
  let count = 0n
  const later = (text: string, inS: number) => {
    const writing = { peerId: bob.id, content: { text, entities: [] }, randomId: ++count }
    const dateS = inS === WHEN_ONLINE_S ? inS : Math.floor(clock.nowMs() / 1000) + inS
    return scheduleText(rules, ada.caller, writing, dateS)
  }
  const got = async () => {
    const query = { offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0 }
    const { messages } = await historyOf(rules, bob.caller, { ...query, peerId: ada.id })
    return messages.map(({ text }) => text)
  }
  return { ...world, texts, timers, troubles, whileLooking, work, later, got, ada, bob }
}

test('the timer waits for the next message, and for a nearer one as soon as it is there', async () => {
  const { clock, timers, work, later, got } = await createScene()
  assert.equal(timers.waitsMs(), 60_000)
  await later('second', 50)
  assert.equal(timers.waitsMs(), 50_000)
  await later('first', 20)
  assert.equal(timers.waitsMs(), 20_000)
  await later('third', 30)
  assert.equal(timers.waitsMs(), 20_000)
  clock.advance(20_000)
  timers.fire()
  await work.run()
  assert.deepEqual([await got(), timers.waitsMs()], [['first'], 10_000])
  await work.stop()
  assert.equal(timers.waitsMs(), undefined)
})

test('the timer waits for a message that is written while the next one is looked up', async () => {
  const { whileLooking, timers, work, later } = await createScene()
  whileLooking.push(() => later('first', 20))
  await work.run()
  assert.equal(timers.waitsMs(), 20_000)
  await work.stop()
})

test('somebody who comes online at once is sent what waited for that, and so is somebody who is online', async () => {
  const { rules, bob, work, later, got } = await createScene()
  await updateStatus(rules, bob.caller, true)
  await later('hello', WHEN_ONLINE_S)
  await updateStatus(rules, bob.caller, false)
  await later('again', WHEN_ONLINE_S)
  await work.stop()
  assert.deepEqual((await got()).toSorted(), ['again', 'hello'])
})

test('somebody who comes online while the next message is looked up is sent what waited for that', async () => {
  const { whileLooking, rules, bob, work, later, got } = await createScene()
  await updateStatus(rules, bob.caller, true)
  whileLooking.push(() => updateStatus(rules, bob.caller, false))
  await later('hello', WHEN_ONLINE_S)
  await work.run()
  await work.stop()
  assert.deepEqual(await got(), ['hello'])
})

test('somebody who comes online is sent what waited for that', async () => {
  const { rules, bob, work, later, got } = await createScene()
  await updateStatus(rules, bob.caller, true)
  await later('hello', WHEN_ONLINE_S)
  await work.run()
  assert.deepEqual(await got(), [])
  await updateStatus(rules, bob.caller, false)
  await work.run()
  assert.deepEqual(await got(), ['hello'])
  await work.stop()
})

test('whoever goes online has only what waits for them looked up', async () => {
  const { rules, ada, bob, work, later, texts } = await createScene()
  await updateStatus(rules, bob.caller, true)
  await later('hello', WHEN_ONLINE_S)
  await work.run()
  texts.splice(0)
  await updateStatus(rules, ada.caller, true)
  await updateStatus(rules, ada.caller, false)
  await work.stop()
  assert.ok(texts.length > 0)
  for (const text of texts) assert.match(text, /s\.peer_id = :userId/)
})

for (const dueAtS of [1, WHEN_ONLINE_S]) {
  test(`a thousand queues that fail keep no other from being sent, at ${dueAtS}`, async () => {
    const { rules, store, clock, bob, troubles, work, later, got } = await createScene()
    await updateStatus(rules, bob.caller, true)
    const queues = { count: 1001, peerId: bob.id, dueAtS, sealed: new Uint8Array(40) }
    await store.decide(function* () {
      yield* fillUsers.send(queues)
      yield* fillBoxes.send(queues)
      yield* fillQueues.send(queues)
    })
    await later('hello', dueAtS === WHEN_ONLINE_S ? dueAtS : 20)
    clock.advance(20_000)
    if (dueAtS === WHEN_ONLINE_S) await updateStatus(rules, bob.caller, false)
    await work.run()
    await work.stop()
    assert.ok(troubles.length > 0)
    assert.deepEqual(await got(), ['hello'])
  })
}

test('work that fails is told of, and tried again soon, also when other work is heard of', async () => {
  const { store, bus, clock, timers, troubles, work, later } = await createScene()
  await later('late', 20)
  clock.advance(20_000)
  await store.close()
  timers.fire()
  await work.run()
  assert.ok(troubles.length > 0)
  assert.equal(timers.waitsMs(), 1000)
  bus.publish([{ kind: 'due', atS: Math.floor(clock.nowMs() / 1000) + 50 }])
  assert.equal(timers.waitsMs(), 1000)
  await work.stop()
})

test('a message that nobody can open keeps no other from being sent', async () => {
  const { rules, store, clock, troubles, work, later, got, ada } = await createScene()
  const writing = { peerId: ada.id, content: { text: 'spoilt', entities: [] }, randomId: 99n }
  await scheduleText(rules, ada.caller, writing, Math.floor(clock.nowMs() / 1000) + 20)
  await store.decide(() => spoil.send({ peerId: ada.id, sealed: new Uint8Array(40) }))
  await later('whole', 25)
  clock.advance(30_000)
  await work.run()
  assert.deepEqual([await got(), troubles.length > 0], [['whole'], true])
  await work.stop()
})
