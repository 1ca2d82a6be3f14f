/** The window alone: which parts it starts, how it grows, and what it does when nothing moves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TransferWindow, type WindowInput, type WindowOutput } from './window.ts'

const LIMITS = { startBytes: 20, maxBytes: 80 }

function startedBy(outputs: readonly WindowOutput[]): number[] {
  return outputs.flatMap((output) => (output.kind === 'start' ? [output.part] : []))
}

/** A window whose parts are sent as soon as they are started. */
function open(count: number | undefined, done: number[] = []) {
  const doneBytes = done.length * 10
  const window = new TransferWindow({ partBytes: 10, count, done, doneBytes, limits: LIMITS })
  const step = (input: WindowInput, nowMs: number): WindowOutput[] => {
    const outputs = window.step(input, nowMs)
    for (const part of startedBy(outputs)) window.step({ kind: 'sent', part }, nowMs)
    return outputs
  }
  const finish = (part: number, nowMs: number) => [
    ...step({ kind: 'done', part, bytes: 10 }, nowMs),
    ...step({ kind: 'taken', part }, nowMs),
  ]
  return { window, step, finish }
}

test('the window begins with its start, and doubles while the round trip holds, up to its most', () => {
  const { window, step, finish } = open(undefined)
  assert.deepEqual(startedBy(step({ kind: 'begin' }, 0)), [0, 1])
  const sizes: number[] = []
  for (let part = 0; part < 40; part++) {
    finish(part, part * 10)
    sizes.push(window.windowBytes)
  }
  assert.deepEqual([...new Set(sizes)], [20, 40, 80])
})

test('the window stays as it is when more on the way only makes the round trip longer', () => {
  const { window, step, finish } = open(undefined)
  step({ kind: 'begin' }, 0)
  // One part after the other, 200 ms each: what is on the way twice as long takes twice as long.
  for (let part = 0; part < 40; part++) finish(part, (part + 1) * 200)
  assert.equal(window.windowBytes, 40)
})

test('after 15 s without progress everything goes again in half the window; the pauses double, and have an end', () => {
  const { window, step, finish } = open(9)
  step({ kind: 'begin' }, 0)
  finish(0, 10)
  finish(1, 20)
  assert.equal(window.windowBytes, 40)
  assert.equal(window.wakeAtMs, 15_020)
  assert.deepEqual(step({ kind: 'wake' }, 15_019), [])
  const outputs = step({ kind: 'wake' }, 15_020)
  assert.deepEqual(outputs, [
    ...[2, 3, 4, 5].map((part) => ({ kind: 'drop' as const, part })),
    ...[2, 3].map((part) => ({ kind: 'start' as const, part })),
  ])
  const pauses: number[] = []
  let nowMs = 15_020
  let last: WindowOutput[] = []
  while (window.wakeAtMs !== undefined) {
    pauses.push(window.wakeAtMs - nowMs)
    nowMs = window.wakeAtMs
    last = step({ kind: 'wake' }, nowMs)
  }
  assert.deepEqual(pauses.slice(0, 5), [30_000, 60_000, 120_000, 120_000, 120_000])
  assert.deepEqual(last.at(-1), { kind: 'failed', part: undefined, idleMs: 825_000 })
})

test('a part whose bytes are still being read is not late', () => {
  const window = new TransferWindow({ partBytes: 10, count: undefined, limits: LIMITS })
  assert.deepEqual(startedBy(window.step({ kind: 'begin' }, 0)), [0, 1])
  assert.equal(window.wakeAtMs, undefined)
  window.step({ kind: 'sent', part: 0 }, 60_000)
  assert.equal(window.wakeAtMs, 75_000)
  const outputs = window.step({ kind: 'wake' }, 75_000)
  assert.deepEqual(outputs, [{ kind: 'drop', part: 0 }])
})

test('parts that the server refuses together for a while wait once, and go again after it', () => {
  const { window, step } = open(3)
  step({ kind: 'begin' }, 0)
  assert.deepEqual(step({ kind: 'flood', part: 1, waitMs: 3000 }, 0), [{ kind: 'wait', waitMs: 3000 }])
  assert.deepEqual(step({ kind: 'flood', part: 0, waitMs: 3000 }, 0), [])
  assert.equal(window.wakeAtMs, 3000)
  assert.deepEqual(startedBy(step({ kind: 'wake' }, 3000)), [0, 1])
})

test('a part that fails goes again after pauses that double; at the sixth time the transfer fails', () => {
  const { window, step } = open(1)
  step({ kind: 'begin' }, 0)
  const pauses: number[] = []
  let nowMs = 0
  for (;;) {
    const [failed] = step({ kind: 'again', part: 0, isMended: false }, nowMs)
    if (failed?.kind === 'failed') break
    pauses.push((window.wakeAtMs ?? 0) - nowMs)
    nowMs = window.wakeAtMs ?? 0
    step({ kind: 'wake' }, nowMs)
  }
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000])
})

test('a part that failed five times may still be told where its file lies; that has an end of its own', () => {
  const { step } = open(1)
  step({ kind: 'begin' }, 0)
  let nowMs = 0
  const again = (isMended: boolean): WindowOutput[] => {
    const outputs = step({ kind: 'again', part: 0, isMended }, nowMs)
    nowMs += 10_000
    return [...outputs, ...step({ kind: 'wake' }, nowMs)]
  }
  const restarts = [false, false, false, false, false, true, true, true, true, true].map(again)
  assert.deepEqual(restarts.map(startedBy), Array(10).fill([0]))
  const [failed] = again(true)
  assert.equal(failed?.kind, 'failed')
})

test('parts that wait in memory take room: a reader that takes nothing is given no more than a window', () => {
  const { step } = open(undefined)
  step({ kind: 'begin' }, 0)
  assert.deepEqual(startedBy(step({ kind: 'done', part: 1, bytes: 10 }, 1)), [])
  assert.deepEqual(startedBy(step({ kind: 'done', part: 0, bytes: 10 }, 2)), [2, 3])
  assert.deepEqual(startedBy(step({ kind: 'taken', part: 0 }, 3)), [4])
})

test('parts of an earlier run are not started, and a server that has lost them gets them after all', () => {
  const { step, finish } = open(4, [0, 2])
  assert.deepEqual(startedBy(step({ kind: 'begin' }, 0)), [1, 3])
  const told = [...finish(1, 1), ...finish(3, 2)]
  assert.deepEqual(told, [
    { kind: 'progress', doneBytes: 30 },
    { kind: 'progress', doneBytes: 40 },
    { kind: 'finished' },
  ])
  assert.deepEqual(startedBy(step({ kind: 'missing', parts: [2, 7] }, 3)), [2])
  assert.deepEqual(finish(2, 4), [{ kind: 'finished' }])
})

/** Outcome of one attempt. */
const outcomes = fc.constantFrom('done', 'done', 'done', 'again', 'mended', 'flood', 'lost')

test('property: whatever happens to its parts, each is done once, within the window, and progress only grows', () => {
  const seeds = fc.record({
    count: fc.integer({ min: 1, max: 30 }),
    known: fc.boolean(),
    fates: fc.array(outcomes, { maxLength: 60 }),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
  })
  fc.assert(
    fc.property(seeds, ({ count, known, fates, picks }) => {
      const window = new TransferWindow({
        ...{ partBytes: 10, count: known ? count : undefined },
        limits: { ...LIMITS, maxStalls: 99, maxFailures: 99 },
      })
      const flying = new Set<number>()
      const done = new Set<number>()
      let [nowMs, progress, hasFinished, picked] = [0, 0, false, 0]
      const act = (input: WindowInput) => {
        for (const output of window.step(input, nowMs)) {
          if (output.kind === 'start') {
            assert.ok(!flying.has(output.part) && !done.has(output.part))
            flying.add(output.part)
            window.step({ kind: 'sent', part: output.part }, nowMs)
          } else if (output.kind === 'drop') {
            assert.ok(flying.delete(output.part))
          } else if (output.kind === 'progress') {
            assert.ok(output.doneBytes > progress)
            progress = output.doneBytes
          } else if (output.kind === 'finished') {
            hasFinished = true
          }
        }
        assert.ok(flying.size * 10 <= LIMITS.maxBytes)
      }
      act({ kind: 'begin' })
      const queue = [...fates]
      while (!hasFinished) {
        const parts = [...flying]
        picked += 1
        const part = parts[(picks[picked % picks.length] ?? 0) % Math.max(1, parts.length)]
        const fate = queue.shift() ?? 'done'
        nowMs += 50
        if (part === undefined || fate === 'lost') {
          nowMs = Math.max(nowMs, window.wakeAtMs ?? assert.fail('nothing flies, and nothing wakes it'))
          act({ kind: 'wake' })
          continue
        }
        if (part >= count) {
          act({ kind: 'count', count })
          continue
        }
        if (fate === 'done') {
          flying.delete(part)
          done.add(part)
          act({ kind: 'done', part, bytes: 10 })
          act({ kind: 'taken', part })
        } else {
          flying.delete(part)
          if (fate === 'flood') act({ kind: 'flood', part, waitMs: 2000 })
          else act({ kind: 'again', part, isMended: fate === 'mended' })
        }
      }
      assert.equal(done.size, count)
      assert.equal(progress, count * 10)
      assert.equal(window.wakeAtMs, undefined)
    }),
  )
})
