import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBus } from './bus.ts'

test('listeners hear of nudges in order, and one that throws keeps none from hearing', () => {
  const errors: unknown[] = []
  const bus = createBus((error) => errors.push(error))
  const heard: string[] = []
  bus.subscribe(() => {
    throw new Error('a listener failed')
  })
  const stop = bus.subscribe(({ kind }) => heard.push(kind))
  bus.publish([
    { kind: 'inbox', seq: 1 },
    { kind: 'key', authKeyId: '7' },
  ])
  assert.deepEqual(heard, ['inbox', 'key'])
  assert.equal(errors.length, 2)
  stop()
  bus.publish([{ kind: 'inbox', seq: 2 }])
  assert.equal(heard.length, 2)
})
