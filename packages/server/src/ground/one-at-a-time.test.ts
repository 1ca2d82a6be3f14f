import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oneAtATime } from './one-at-a-time.ts'

test('calls during a run share one run after it, also if the first one fails', async () => {
  const runs: { readonly end: () => void; readonly fail: (error: Error) => void }[] = []
  const call = oneAtATime(() => new Promise((end, fail) => runs.push({ end, fail })))
  const [first, second, third] = [call(), call(), call()]
  const refused = assert.rejects(first, /away/)
  assert.equal(runs.length, 1)
  runs[0]?.fail(new Error('away'))
  await refused
  await new Promise(setImmediate)
  assert.equal(runs.length, 2)
  runs[1]?.end()
  await Promise.all([second, third])
  const fourth = call()
  assert.equal(runs.length, 3)
  runs[2]?.end()
  await fourth
})
