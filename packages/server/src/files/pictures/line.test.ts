import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Line } from './line.ts'

/** A line whose timers a test runs, and what has been drawn. */
function lineOf() {
  const timers = new Set<() => void>()
  const line = new Line((run) => {
    timers.add(run)
    return () => timers.delete(run)
  })
  const drawn: bigint[] = []
  const skipped: bigint[] = []
  const ends: (() => void)[] = []
  const draw = async (ownerId: bigint): Promise<void> => {
    const work = async (): Promise<true> => {
      drawn.push(ownerId)
      await new Promise<void>((resolve) => ends.push(resolve))
      return true
    }
    if ((await line.inTurn(ownerId, work)) === undefined) skipped.push(ownerId)
  }
  /** Ends the picture that is drawn. */
  const end = async (): Promise<void> => {
    ends.shift()?.()
    await nextTurn()
  }
  const runTimers = async (): Promise<void> => {
    for (const run of timers) run()
    await nextTurn()
  }
  return { draw, drawn, skipped, end, runTimers }
}

test('an account that always has ten in line has one picture drawn for each of the others', async () => {
  const { draw, drawn, skipped, end } = lineOf()
  for (let n = 0; n < 11; n++) void draw(1n)
  for (let other = 100n; other < 120n; other++) {
    void draw(other)
    await end()
    void draw(1n)
    await end()
    assert.equal(drawn.at(-1), other)
  }
  assert.equal(skipped.length, 0)
})

test('pictures of one account are drawn in their order, and those of others in turn', async () => {
  const { draw, drawn, end } = lineOf()
  for (const owner of [1n, 1n, 1n, 1n, 2n, 2n, 3n]) void draw(owner)
  for (let n = 0; n < 7; n++) await end()
  assert.deepEqual(drawn, [1n, 1n, 2n, 3n, 1n, 2n, 1n])
})

test('in a full line the account that has most makes room', async () => {
  const { draw, skipped, drawn, end } = lineOf()
  void draw(0n)
  for (let owner = 1n; owner <= 7n; owner++) for (let n = 0; n < 10; n++) void draw(owner)
  await nextTurn()
  assert.deepEqual(skipped, [7n, 1n, 2n, 3n, 4n, 5n])
  void draw(8n)
  await nextTurn()
  assert.deepEqual(skipped, [7n, 1n, 2n, 3n, 4n, 5n, 6n])
  for (let n = 0; n < 9; n++) await end()
  assert.ok(drawn.includes(8n))
})

test('a picture whose turn does not come in time no longer waits', async () => {
  const { draw, skipped, drawn, end, runTimers } = lineOf()
  for (const owner of [1n, 1n, 2n]) void draw(owner)
  await runTimers()
  assert.deepEqual(skipped, [1n, 2n])
  await end()
  void draw(3n)
  await nextTurn()
  assert.deepEqual(drawn, [1n, 3n])
})
