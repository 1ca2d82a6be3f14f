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

it('lets those that go on read before others begin, and keeps no more than eight going', async () => {
  const turns = new ReadTurns()
  const resumed: number[] = []
  const wait = (one: number, goesOn: boolean) => turns.wait(() => void resumed.push(one), goesOn)
  for (let one = 0; one < 12; one++) wait(one, false)
  for (const _ of [1, 2]) {
    await nextTurn()
    for (const one of resumed.splice(0)) wait(one, true)
  }
  await nextTurn()
  assert.deepEqual(resumed.splice(0), [0, 1, 2, 3, 4, 5, 6, 7])
  for (let one = 0; one < 8; one++) wait(one, false)
  await nextTurn()
  assert.deepEqual(resumed, [8, 9, 10, 11, 0, 1, 2, 3])
})
