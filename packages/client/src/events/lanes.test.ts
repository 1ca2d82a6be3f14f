import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestClock } from '../login/test-clock.ts'
import { Lanes } from './lanes.ts'

/** A piece of work that ends when it is told to. */
class Job {
  readonly ended: Promise<void>
  end: () => void = () => {}
  hasBegun = false

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve
    })
  }

  readonly work = (): Promise<void> => {
    this.hasBegun = true
    return this.ended
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

function begun(jobs: readonly Job[]): boolean[] {
  return jobs.map(({ hasBegun }) => hasBegun)
}

test('work of one lane goes in order, and other lanes do not wait for it', async () => {
  const lanes = new Lanes({ clock: new TestClock(), onSlow: () => assert.fail('slow') })
  const [a1, a2, b1] = [new Job(), new Job(), new Job()]
  lanes.add('a', a1.work)
  lanes.add('a', a2.work)
  lanes.add('b', b1.work)
  assert.deepEqual(begun([a1, a2, b1]), [true, false, true])
  b1.end()
  await turn()
  assert.equal(a2.hasBegun, false)
  a1.end()
  await turn()
  assert.equal(a2.hasBegun, true)
})

test('no more lanes work at once than allowed, and a busy one does not keep others out', async () => {
  const lanes = new Lanes({ clock: new TestClock(), onSlow: () => {}, maxAtOnce: 1 })
  const [a1, a2, b1] = [new Job(), new Job(), new Job()]
  lanes.add('a', a1.work)
  lanes.add('a', a2.work)
  lanes.add('b', b1.work)
  assert.deepEqual(begun([a1, a2, b1]), [true, false, false])
  a1.end()
  await turn()
  assert.deepEqual(begun([a1, a2, b1]), [true, false, true])
  b1.end()
  await turn()
  assert.equal(a2.hasBegun, true)
})

test('work that takes a minute is told of once, and its lane alone waits', async () => {
  const clock = new TestClock()
  const slow: string[] = []
  const lanes = new Lanes({ clock, onSlow: (lane) => slow.push(lane) })
  const [hung, after, other] = [new Job(), new Job(), new Job()]
  lanes.add('a', hung.work)
  lanes.add('a', after.work)
  await clock.advance(59_999)
  assert.deepEqual(slow, [])
  await clock.advance(1)
  await clock.advance(600_000)
  assert.deepEqual(slow, ['a'])
  lanes.add('b', other.work)
  assert.deepEqual(begun([after, other]), [false, true])
})

test('close begins nothing more and leaves no timer', async () => {
  const clock = new TestClock()
  const lanes = new Lanes({ clock, onSlow: () => assert.fail('slow') })
  const [first, second] = [new Job(), new Job()]
  lanes.add('a', first.work)
  lanes.add('a', second.work)
  lanes.close()
  lanes.add('b', second.work)
  first.end()
  await turn()
  assert.equal(second.hasBegun, false)
  assert.equal(clock.waiting, 0)
})
