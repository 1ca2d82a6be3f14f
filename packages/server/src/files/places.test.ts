import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SharedPlaces } from './places.ts'

test('somebody who asks for much leaves places for others, and nobody is forgotten', async () => {
  const places = new SharedPlaces(3, 2)
  const running: string[] = []
  const ends: (() => void)[] = []
  const done: string[] = []
  const work = (ownerId: bigint, name: string): Promise<void> =>
    places
      .taking(ownerId, async () => {
        running.push(name)
        await new Promise<void>((resolve) => ends.push(resolve))
      })
      .then(() => void done.push(name))
  const all = [work(1n, 'a1'), work(1n, 'a2'), work(1n, 'a3'), work(1n, 'a4'), work(2n, 'b1'), work(3n, 'c1')]
  await turn()
  assert.deepEqual(running, ['a1', 'a2', 'b1'], 'two of the first, and one of the next')
  ends[2]?.()
  await turn()
  assert.deepEqual(running.slice(3), ['c1'], 'the first has two places still')
  for (let at = 0; at < 6; at++) {
    ends[at]?.()
    await turn()
  }
  await Promise.all(all)
  assert.deepEqual(done.toSorted(), ['a1', 'a2', 'a3', 'a4', 'b1', 'c1'])
})

test('work that fails gives its place back', async () => {
  const places = new SharedPlaces(1, 1)
  await assert.rejects(
    places.taking(1n, () => Promise.reject(new Error('no'))),
    /no/,
  )
  assert.equal(await places.taking(1n, async () => 'yes'), 'yes')
})

test('work that waits for too long goes without a place, and takes none from the next', async () => {
  const places = new SharedPlaces(1, 1)
  let end = (): void => assert.fail('it has not begun')
  const begun = new AbortController()
  const first = places.taking(1n, () => new Promise<void>((resolve) => (end = resolve)), begun.signal)
  await turn()
  const late = new AbortController()
  const second = places.taking(2n, () => assert.fail('it has no place'), late.signal)
  const third = places.taking(3n, async () => 'done')
  late.abort(new Error('too late'))
  await assert.rejects(second, /too late/)
  begun.abort(new Error('it has a place already'))
  end()
  await first
  assert.equal(await third, 'done')
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
