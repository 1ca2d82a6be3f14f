import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Nudge } from '../bus/nudge.ts'
import { StoreError } from '../database/errors.ts'
import { ToldAgain } from './told-again.ts'

const AWAY = new StoreError('STORE_UNREACHABLE', 'the store is away')

/** News that are told as `outcomes` say, the rest well; and the timer that runs. */
function setUp(outcomes: readonly (Error | undefined)[]) {
  const left = [...outcomes]
  const told: Nudge[] = []
  const troubles: unknown[] = []
  let timer: (() => void) | undefined
  const again = new ToldAgain({
    tell: async (nudge) => {
      const error = left.shift()
      if (error !== undefined) throw error
      told.push(nudge)
    },
    onTrouble: (error) => troubles.push(error),
    startTimer(run) {
      assert.equal(timer, undefined, 'one timer at a time')
      timer = run
      return () => {
        timer = undefined
      }
    },
  })
  const wait = async (): Promise<void> => {
    const run = timer
    timer = undefined
    run?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { again, told, troubles, wait, isWaiting: () => timer !== undefined }
}

const box = (pts: number): Nudge => ({ kind: 'box', boxId: '1000001', pts })

test('news that the store was away for are told a second later, until they are told', async () => {
  const { again, told, troubles, wait, isWaiting } = setUp([AWAY, AWAY, AWAY])
  await again.tell(box(2))
  await again.tell(box(3))
  assert.deepEqual([told, troubles.length], [[], 2])
  await wait()
  assert.deepEqual(told, [box(3)], 'the first failed again')
  await wait()
  assert.deepEqual(told, [box(3), box(2)])
  assert.equal(isWaiting(), false)
})

test('news that fail for another reason are not told again', async () => {
  const { again, told, troubles, isWaiting } = setUp([new TypeError('a fault of ours')])
  await again.tell(box(2))
  assert.deepEqual([told, troubles.length, isWaiting()], [[], 1, false])
})

test('many news that wait become one look at everything, and none after the end', async () => {
  const { again, told, wait, isWaiting } = setUp(Array.from({ length: 1002 }, () => AWAY))
  for (let pts = 2; pts <= 1002; pts += 1) await again.tell(box(pts))
  again.close()
  assert.equal(isWaiting(), false)
  await again.tell(box(9999))
  assert.equal(isWaiting(), false, 'closed')
  const open = setUp(Array.from({ length: 1001 }, () => AWAY))
  for (let pts = 2; pts <= 1002; pts += 1) await open.again.tell(box(pts))
  await open.wait()
  assert.deepEqual(open.told, [{ kind: 'anything' }])
  await wait()
  assert.deepEqual(told, [])
})
