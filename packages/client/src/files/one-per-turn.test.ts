import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestClock } from '../login/test-clock.ts'
import { OnePerTurn } from './one-per-turn.ts'

test('of those who ask in one turn each has a turn of its own, in their order', async () => {
  const clock = new TestClock()
  const turns = new OnePerTurn(clock)
  const entered: number[] = []
  const running = [1, 2, 3].map((number) => turns.enter().then(() => entered.push(number)))
  const after = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return [...entered]
  }
  assert.deepEqual(await after(), [1])
  await clock.advance(0)
  assert.deepEqual(await after(), [1, 2])
  turns.stop()
  await Promise.all(running)
  assert.deepEqual(entered, [1, 2, 3])
  await turns.enter()
})
