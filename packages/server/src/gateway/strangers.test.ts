import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Strangers } from './strangers.ts'

/** Strangers with a limit of two, and the names of the closed ones. */
function world(limits: Partial<ConstructorParameters<typeof Strangers>[0]> = {}) {
  const clock = { nowMs: 0 }
  const usual = { maxPerAddress: 2, limitsLoopback: false, nowMs: () => clock.nowMs }
  const strangers = new Strangers({ ...usual, ...limits })
  const closed: string[] = []
  const enter = (ip: string, name: string) => strangers.enter(ip, () => void closed.push(name))
  return { strangers, closed, enter, clock }
}

describe('Strangers', () => {
  it('closes the oldest connection of an address that holds too many, and no other', () => {
    const { closed, enter } = world()
    enter('192.0.2.1', 'other')
    for (const name of ['a', 'b', 'c', 'd']) enter('203.0.113.7', name)
    assert.deepEqual(closed, ['a', 'b'])
  })

  it('does not count a client that has shown a key or left', () => {
    const { strangers, closed, enter } = world()
    for (let count = 0; count < 10; count++) enter('203.0.113.7', String(count)).leave()
    assert.deepEqual(closed, [])
    assert.equal(strangers.size, 0)
  })

  const pairs: readonly (readonly [string, string, boolean])[] = [
    ['2001:db8::1', '2001:db8::ffff:2', true],
    ['2001:db8::1', '2001:0db8:0:0:9::', true],
    ['2001:db8::1', '2001:db8:0:1::1', false],
    ['203.0.113.7', '::ffff:203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['203.0.113.7', '', false],
    ['', '', true],
  ]
  for (const [first, second, areOne] of pairs) {
    it(`counts ${first || 'no address'} and ${second || 'no address'} ${areOne ? 'together' : 'apart'}`, () => {
      const { closed, enter } = world()
      for (const [i, ip] of [first, second, first].entries()) enter(ip, String(i))
      assert.deepEqual(closed, areOne ? ['0'] : [])
    })
  }

  it('limits clients of this machine only if told to', () => {
    for (const ip of ['127.0.0.1', '127.0.0.2', '::1']) {
      const free = world()
      const limited = world({ limitsLoopback: true })
      for (const name of ['a', 'b', 'c']) {
        free.enter(ip, name)
        limited.enter(ip, name)
      }
      assert.deepEqual(free.closed, [])
      assert.deepEqual(limited.closed, ['a'])
    }
  })

  it('without a limit closes the oldest connection when a port is full, but not a new one', () => {
    const { strangers, closed, enter, clock } = world({ maxPerAddress: undefined })
    enter('203.0.113.7', 'a')
    assert.equal(strangers.makeRoom(), false)
    clock.nowMs += 1_999
    enter('192.0.2.1', 'b')
    assert.equal(strangers.makeRoom(), false)
    clock.nowMs += 1
    assert.equal(strangers.makeRoom(), true)
    assert.equal(strangers.makeRoom(), false)
    assert.deepEqual(closed, ['a'])
  })
})
