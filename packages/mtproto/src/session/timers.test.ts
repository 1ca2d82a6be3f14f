import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Timers } from './timers.ts'

test('due timers fire once, the earliest first, however they were set and cleared', () => {
  const keys = Array.from({ length: 8 }, (_, name) => ({ name }))
  const action = fc.record({
    key: fc.integer({ min: 0, max: 7 }),
    atMs: fc.option(fc.integer({ min: 0, max: 50 })),
    nowMs: fc.option(fc.integer({ min: 0, max: 60 })),
  })
  fc.assert(
    fc.property(fc.array(action, { maxLength: 400 }), (actions) => {
      const timers = new Timers<{ name: number }>()
      const model = new Map<{ name: number }, number>()
      for (const { key: index, atMs, nowMs } of actions) {
        const key = keys[index]
        assert.ok(key)
        if (atMs === null) {
          timers.clear(key)
          model.delete(key)
        } else {
          timers.set(key, atMs)
          model.set(key, atMs)
        }
        if (nowMs !== null) {
          const due = timers.takeDue(nowMs)
          const times = due.map((one) => model.get(one) ?? Number.NaN)
          assert.deepEqual(
            times,
            [...times].sort((a, b) => a - b),
          )
          assert.equal(due.length, [...model.values()].filter((time) => time <= nowMs).length)
          for (const one of due) model.delete(one)
        }
        assert.equal(timers.nextAtMs, model.size === 0 ? undefined : Math.min(...model.values()))
      }
    }),
    { numRuns: 60 },
  )
})
