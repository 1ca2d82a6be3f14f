// Long form: both framings at each time, and more seeds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Outcome, type Scenario, simulate, violations } from '@cablegram/mtproto/testing'
import { effort, isLong } from '../effort.ts'

const MINUTE_MS = 60_000

/** True times, kept by the server's clock: among them the ends of 31 and 32 bits of seconds. */
const TIMES = {
  'a day after 1970': Date.UTC(1970, 0, 2),
  '2000': Date.UTC(2000, 0, 1),
  '2026': Date.UTC(2026, 10, 28),
  '2037': Date.UTC(2037, 11, 31),
  'half a minute before 2^31 s': 2 ** 31 * 1000 - 30_000,
  '2039': Date.UTC(2039, 0, 1),
  '2040': Date.UTC(2040, 5, 1),
  '2105': Date.UTC(2105, 0, 1),
  'half a minute before 2^32 s': 2 ** 32 * 1000 - 30_000,
  '2107': Date.UTC(2107, 0, 1),
} as const

/** Times that a client believes in. */
const BELIEFS = {
  'the true time': undefined,
  '1970': 0,
  '2000': Date.UTC(2000, 0, 1),
  '2037': Date.UTC(2037, 0, 1),
  '2038-01-19': 2 ** 31 * 1000 - 5_000,
  '2040': Date.UTC(2040, 0, 1),
  '2106': 2 ** 32 * 1000,
  '2200': Date.UTC(2200, 0, 1),
} as const

function check(scenario: Scenario): Outcome {
  const outcome = simulate(scenario)
  assert.deepEqual(violations(outcome), [], JSON.stringify(scenario))
  return outcome
}

for (const [at, [when, startMs]] of Object.entries(TIMES).entries()) {
  const framings = ['intermediate', 'bare'] as const
  for (const framing of isLong ? framings : framings.slice(at % 2, 1 + (at % 2))) {
    test(`clients with any clock are served over ${framing} framing with the server's clock at ${when}`, () => {
      for (const belief of Object.values(BELIEFS)) {
        const skewsMs = belief === undefined ? [0] : [belief - startMs]
        const { tookMs } = check({ seed: 1, calls: 6, framing, startMs, skewsMs, forMs: MINUTE_MS })
        assert.ok(tookMs < 2 * MINUTE_MS, `${belief}: ${tookMs} ms`)
      }
    })
  }
}

test('keys are made, bound and renewed before and after 2038 and 2106, with clocks decades apart', () => {
  for (const startMs of [
    Date.UTC(2026, 0, 1),
    2 ** 31 * 1000 - 60_000,
    Date.UTC(2040, 0, 1),
    2 ** 32 * 1000 - 60_000,
  ]) {
    for (const belief of [startMs, 0, Date.UTC(2050, 0, 1)]) {
      const skewsMs = [belief - startMs]
      check({ seed: 2, calls: 6, makesKey: true, pfs: { expiresInS: 60 }, startMs, skewsMs, forMs: 120_000 })
    }
  }
})

test('setting a clock by decades while connected costs a new session and no call', () => {
  const maxJumpMs = 60 * 365 * 86_400_000
  for (const startMs of [Date.UTC(2026, 0, 1), Date.UTC(2040, 0, 1)]) {
    for (const framing of ['intermediate', 'bare'] as const) {
      for (let seed = 20; seed < 20 + effort(3, 6); seed++) {
        check({ seed, calls: 8, framing, startMs, clockJumps: 2, maxJumpMs, forMs: MINUTE_MS })
        check({ seed, calls: 8, framing, startMs, serverClockJumps: 1, maxJumpMs, forMs: MINUTE_MS })
      }
    }
  }
})

for (const timeOffsetMs of [
  360_000_000_000,
  -360_000_000_000,
  1e13,
  -1e13,
  1e18,
  Number.NaN,
  Number.POSITIVE_INFINITY,
]) {
  test(`an offset of ${timeOffsetMs} ms in a session file is corrected or dropped`, () => {
    for (const framing of ['intermediate', 'bare'] as const) {
      const scenario = { seed: 3, calls: 4, framing, forMs: 5_000 }
      const { tookMs: usualMs } = check(scenario)
      const { tookMs } = check({ ...scenario, timeOffsetMs })
      assert.ok(tookMs < usualMs + 5_000, `${tookMs} ms`)
    }
  })
}
