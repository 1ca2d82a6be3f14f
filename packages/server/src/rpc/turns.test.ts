import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Turns } from './turns.ts'

/** Turns on a clock that the test moves, and what has begun so far. */
function world(limit: number) {
  const clock = { nowMs: 0 }
  const turns = new Turns({ limit, turnMs: 8, nowMs: () => clock.nowMs })
  const begun: string[] = []
  const begin = async (name: string, connection = 1, network = 'a') => {
    await turns.next({ network: () => network, connection })
    begun.push(name)
  }
  return { clock, begun, begin }
}

describe('Turns', () => {
  it('begins a limited number at once and the others in the following turns, in order', async () => {
    const { begun, begin } = world(2)
    for (const name of '12345') void begin(name)
    await Promise.resolve()
    assert.equal(begun.join(''), '12')
    await nextTurn()
    assert.equal(begun.join(''), '1234')
    // This request comes after the waiting ones.
    void begin('6')
    await nextTurn()
    assert.equal(begun.join(''), '123456')
    await nextTurn()
    void begin('7')
    await Promise.resolve()
    assert.equal(begun.join(''), '1234567')
  })

  it('lets connections take turns, however many requests one has waiting', async () => {
    const { begun, begin } = world(2)
    for (let count = 0; count < 1000; count++) void begin('x', 1)
    void begin('y', 2)
    await nextTurn()
    assert.deepEqual(begun.slice(2), ['x', 'y'])
  })

  it('lets networks take turns, however many connections one has', async () => {
    const { begun, begin } = world(2)
    for (let connection = 0; connection < 1000; connection++) void begin('x', connection)
    void begin('y', 5000, 'b')
    await nextTurn()
    assert.deepEqual(begun.slice(2), ['x', 'y'])
  })

  it('begins fewer after a slow turn, down to one, and more again after fast ones', async () => {
    const { clock, begun, begin } = world(8)
    for (let count = 0; count < 100; count++) void begin('x')
    const inTurn = async (tookMs: number): Promise<number> => {
      const before = begun.length
      clock.nowMs += tookMs
      await nextTurn()
      return begun.length - before
    }
    await Promise.resolve()
    assert.equal(begun.length, 8)
    const tookMs = [9, 9, 9, 9, 5, 3, 3, 3, 3]
    const counts: number[] = []
    for (const ms of tookMs) counts.push(await inTurn(ms))
    assert.deepEqual(counts, [4, 2, 1, 1, 1, 2, 4, 8, 8])
  })

  it('begins every request once and then rests', async () => {
    const { begun, begin } = world(3)
    const all = Array.from({ length: 100 }, (_, i) => begin(String(i), i % 7, String(i % 3)))
    await Promise.all(all)
    assert.equal(new Set(begun).size, 100)
    assert.equal(begun.length, 100)
  })
})
