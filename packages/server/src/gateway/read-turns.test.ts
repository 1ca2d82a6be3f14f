import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ReadTurns } from './read-turns.ts'

it('lets eight connections read in each turn, in order, and returning ones after the others', async () => {
  const turns = new ReadTurns()
  const resumed: number[] = []
  const wait = (one: number) => turns.wait(() => void resumed.push(one))
  for (let one = 0; one < 20; one++) wait(one)
  await nextTurn()
  assert.deepEqual(resumed, [0, 1, 2, 3, 4, 5, 6, 7])
  wait(0)
  await nextTurn()
  await nextTurn()
  assert.deepEqual(resumed.slice(16), [16, 17, 18, 19, 0])
  await nextTurn()
  wait(1)
  await nextTurn()
  assert.equal(resumed.at(-1), 1)
})
