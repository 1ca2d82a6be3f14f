import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pair, type PairSetup } from './properties/pair.ts'

const HOUR_MS = 3_600_000

/** Reasons for the server to refuse the next packet after a first call was answered. */
const REFUSALS: Readonly<Record<string, (pair: Pair) => void>> = {
  'a clock 100 s behind is set right: code 17': (pair) => {
    pair.skewMs += 100_000
  },
  'a clock is set ahead by a day: code 17': (pair) => {
    pair.skewMs += 24 * HOUR_MS
  },
  'a clock is set ahead by fourteen years: code 17': (pair) => {
    pair.skewMs += 14 * 365 * 24 * HOUR_MS
  },
  'the clock of the server is 400 s ahead: code 16': (pair) => {
    pair.nowMs += 400_000
    pair.skewMs -= 400_000
  },
  'the clock of the server is 31 s ahead': (pair) => {
    pair.nowMs += 31_000
    pair.skewMs -= 31_000
  },
  'salts have rotated twice: bad_server_salt': (pair) =>
    pair.toServer({ kind: 'rulesClock', aheadMs: 2 * HOUR_MS }),
  'the server was started anew: bad_server_salt': (pair) => pair.restartServer(),
  'a clock is set back by an hour: nothing to refuse': (pair) => {
    pair.skewMs -= HOUR_MS
  },
  'clock and salt are both wrong': (pair) => {
    pair.skewMs += 100_000
    pair.toServer({ kind: 'rulesClock', aheadMs: 2 * HOUR_MS })
  },
}

const WAYS: Readonly<Record<string, PairSetup>> = {
  TCP: {},
  HTTP: { framing: 'bare' },
  'HTTP with temporary keys': { framing: 'bare', pfs: { expiresInS: 86_400 } },
}

for (const [way, setup] of Object.entries(WAYS)) {
  for (const [refusal, refuse] of Object.entries(REFUSALS)) {
    test(`over ${way} the call is resent at once without waiting for a timer: ${refusal}`, () => {
      const pair = new Pair(setup)
      pair.after(10_000)
      pair.call()
      pair.after(10_000)
      refuse(pair)
      for (let i = 0; i < 3; i++) {
        const callId = pair.call()
        assert.ok(pair.answered.includes(callId), `call ${i + 1}`)
      }
    })
  }
}
