import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Vigil } from './vigil.ts'

/** A machine whose wall clock and network the test moves, and whose timers stand still while it sleeps. */
class Laptop {
  wallMs = 1_000_000
  network: string | undefined = 'home'
  suspicions = 0
  isNeeded = true
  readonly timers: { leftMs: number; act: () => void }[] = []
  readonly vigil = new Vigil({
    clock: {
      nowMs: () => this.wallMs,
      after: (delayMs, act) => {
        const timer = { leftMs: delayMs, act }
        this.timers.push(timer)
        return () => void (this.timers.includes(timer) && this.timers.splice(this.timers.indexOf(timer), 1))
      },
    },
    networkId: () => {
      if (this.network === undefined) throw new Error('permission denied')
      return this.network
    },
    isNeeded: () => this.isNeeded,
    onSuspect: () => {
      this.suspicions += 1
    },
  })

  awake(ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      this.wallMs += 100
      for (const timer of [...this.timers]) {
        timer.leftMs -= 100
        if (timer.leftMs > 0) continue
        this.timers.splice(this.timers.indexOf(timer), 1)
        timer.act()
      }
    }
  }

  asleep(ms: number): void {
    this.wallMs += ms
  }
}

test('an hour awake raises no suspicion, and costs one timer', () => {
  const laptop = new Laptop()
  laptop.vigil.look()
  for (let minute = 0; minute < 60; minute++) {
    laptop.awake(60_000)
    laptop.vigil.look()
    assert.equal(laptop.timers.length, 1)
  }
  assert.equal(laptop.suspicions, 0)
  laptop.vigil.stop()
  assert.equal(laptop.timers.length, 0)
})

for (const sleptMs of [9_000, 60_000, 8 * 3_600_000]) {
  test(`a sleep of ${sleptMs / 1000} s is noticed within 5 s, once`, () => {
    for (let beforeMs = 0; beforeMs < 5_000; beforeMs += 700) {
      const laptop = new Laptop()
      laptop.vigil.look()
      laptop.awake(beforeMs)
      laptop.asleep(sleptMs)
      laptop.awake(5_000)
      assert.equal(laptop.suspicions, 1)
      laptop.awake(60_000)
      assert.equal(laptop.suspicions, 1)
    }
  })
}

test('a call right after a sleep notices it before any timer', () => {
  const laptop = new Laptop()
  laptop.vigil.look()
  laptop.asleep(3_600_000)
  laptop.vigil.look()
  assert.equal(laptop.suspicions, 1)
  laptop.awake(60_000)
  assert.equal(laptop.suspicions, 1)
})

test('another network is noticed within 5 s; so is a clock that is set back', () => {
  const laptop = new Laptop()
  laptop.vigil.look()
  laptop.network = 'train'
  laptop.awake(5_000)
  assert.equal(laptop.suspicions, 1)
  laptop.asleep(-3_600_000)
  laptop.awake(5_000)
  assert.equal(laptop.suspicions, 2)
  laptop.awake(60_000)
  assert.equal(laptop.suspicions, 2)
})

test('with nothing to watch over the vigil ends, and a later call begins another', () => {
  const laptop = new Laptop()
  laptop.vigil.look()
  laptop.isNeeded = false
  laptop.awake(5_000)
  assert.equal(laptop.timers.length, 0)
  laptop.asleep(3_600_000)
  laptop.isNeeded = true
  laptop.vigil.look()
  assert.equal(laptop.suspicions, 0)
  assert.equal(laptop.timers.length, 1)
})

test('a machine that does not tell its network is only watched for sleep', () => {
  const laptop = new Laptop()
  laptop.network = undefined
  laptop.vigil.look()
  laptop.awake(60_000)
  assert.equal(laptop.suspicions, 0)
  laptop.asleep(60_000)
  laptop.awake(6_000)
  assert.equal(laptop.suspicions, 1)
})
