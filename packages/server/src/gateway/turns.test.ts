import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Turns } from './turns.ts'

test('so many begin at once, the others in the turns that follow, in their order', async () => {
  const turns = new Turns(2)
  const begun: number[] = []
  const begin = async (one: number) => {
    await turns.next()
    begun.push(one)
  }
  for (let one = 1; one <= 5; one++) begin(one)
  await Promise.resolve()
  assert.deepEqual(begun, [1, 2])
  await nextTurn()
  assert.deepEqual(begun, [1, 2, 3, 4])
  // What comes now comes after those that wait.
  begin(6)
  await nextTurn()
  assert.deepEqual(begun, [1, 2, 3, 4, 5, 6])
  await nextTurn()
  begin(7)
  await Promise.resolve()
  assert.deepEqual(begun, [1, 2, 3, 4, 5, 6, 7])
})
