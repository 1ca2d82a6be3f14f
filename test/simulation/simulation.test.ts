// Own process: it is long.
// Long form: more than twice the seeds, or sixteen times.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  formatTranscript,
  type Outcome,
  parseTranscript,
  replay,
  type Scenario,
  scenarioOf,
  simulate,
  violations,
} from '@cablegram/mtproto/testing'
import { effort } from '../effort.ts'

/** Seeds of the suite; `npm run simulate` runs as many as there is time for. */
const SEEDS: number = effort(30, 120, 800)

function check(scenario: Scenario): Outcome {
  const outcome = simulate(scenario)
  assert.deepEqual(violations(outcome), [], `npm run simulate -- --seeds 1 --from ${scenario.seed}`)
  return outcome
}

function* seeds(from: number, count: number): Iterable<number> {
  for (let seed = from; seed < from + count; seed++) yield seed
}

test('every call is answered once, none runs twice and updates arrive, whatever goes wrong', () => {
  for (const seed of seeds(1, SEEDS)) check(scenarioOf(seed))
})

const PFS = { calls: 20, makesKey: true, pfs: { expiresInS: 60 }, forMs: 240_000 }
const trafficKeys = (outcome: Outcome) => new Set(outcome.ran.map(({ session }) => session.authKeyId))

test('temporary keys are made, bound, renewed and lost, and the permanent key carries no calls', () => {
  const scenario = { ...PFS, seed: 3000, lossRate: 0.02, cutRate: 0.01, serverRestarts: 1, unbinds: 1 }
  const outcome = check(scenario)
  assert.ok(trafficKeys(outcome).size >= 3, 'temporary keys are not renewed')
  const saved = outcome.clients[0]?.saved ?? []
  const [permanent] = saved
  assert.ok(permanent !== undefined && saved.every((id) => id === permanent), 'the permanent key was lost')
  assert.ok(!trafficKeys(outcome).has(permanent), 'it carried calls')
})

test('a renewed key changes nothing on a reliable wire: every call runs once', () => {
  const outcome = check({ ...PFS, seed: 4000 })
  const names = outcome.ran.filter(({ asked }) => asked !== 'refetch').map(({ callId }) => callId)
  assert.equal(new Set(names).size, names.length)
  assert.ok(trafficKeys(outcome).size >= 4)
})

test('a permanent key the server has lost is replaced, and a young one is retried', () => {
  const replaced = check({ ...PFS, seed: 5000, forMs: 60_000, makesKey: false, bindErrors: 1 })
  assert.equal(replaced.clients[0]?.saved[0], undefined)
  assert.ok(replaced.clients[0]?.saved[1] !== undefined)
  const kept = check({ ...PFS, seed: 5001, forMs: 60_000, bindErrors: 2 })
  assert.ok(kept.clients[0]?.saved.every((id) => id === kept.clients[0]?.saved[0]))
})

test('a binding that a busy server puts off is tried until it is taken', () => {
  const limits = { maxExchangeFailures: 2 }
  const { clients } = check({ ...PFS, seed: 5002, forMs: 60_000, makesKey: false, bindFloods: 6, limits })
  assert.ok((clients[0]?.calls.size ?? 0) > 0)
})

const HTTP = { calls: 20, framing: 'bare', lossRate: 0.1, cutRate: 0.02 } as const

test('every call over HTTP runs once although answers are lost, repeated and out of order', () => {
  for (const seed of seeds(6000, effort(5, 20, 40))) {
    const { ran } = check({ ...HTTP, seed, clients: 3, duplicateRate: 0.1 })
    assert.ok(ran.length >= 60)
  }
})

test('keys are made, destroyed and remade over HTTP with slow steps computed elsewhere', () => {
  for (const seed of seeds(7000, 4)) {
    const outcome = check({ ...HTTP, seed, makesKey: true, offloads: true, destroys: 1 })
    assert.ok(outcome.clients[0]?.saved.includes(undefined))
  }
})

test('a client that destroys its keys loses all of them, temporary ones too', () => {
  for (const seed of seeds(8000, 4)) {
    const { clients } = check({ ...PFS, seed, destroys: 2, lossRate: 0.1, cutRate: 0.01 })
    const permanent = new Set(clients[0]?.saved.filter((id) => id !== undefined))
    assert.ok(permanent.size >= 2)
  }
})

test('a server whose clock is set continues at once without waiting for the old time', () => {
  for (const seed of seeds(9000, effort(5, 20, 40))) {
    const { tookMs } = check({ seed, calls: 5, serverClockJumps: 1, forMs: 60_000 })
    assert.ok(tookMs < 200_000, `seed ${seed} takes ${tookMs} ms`)
  }
})

test('exchanges over HTTP from before the clock was set back do not wait for that time again', () => {
  for (const seed of [11399, 13240, 14138]) check(scenarioOf(seed))
})

const REPLAYS = { clients: 2, calls: 10, replays: 60, lossRate: 0.02 } as const

for (const [name, scenario] of Object.entries({
  'while their sessions live': {},
  'over HTTP': { framing: 'bare', duplicateRate: 0.05 },
  'after a restart of the server': { serverRestarts: 2 },
  'after sessions were destroyed': { clockJumps: 3 },
  'after sessions were evicted': { serverLimits: { maxKeySessions: 1 } },
  'after the clock of the server was set': { serverClockJumps: 2 },
  'from clients with wrong clocks': { maxSkewMs: 400_000 },
} as const satisfies Record<string, Partial<Scenario>>)) {
  test(`packets that an attacker replays ${name} run nothing, move no session and get no answer`, () => {
    for (const seed of seeds(12_000, effort(2, 6, 12))) check({ ...REPLAYS, ...scenario, seed })
  })
}

test('a seed gives the same log and transcripts byte for byte, and another seed gives others', () => {
  const all = (seed: number): string[] => {
    const { log, transcripts } = simulate(scenarioOf(seed), { records: true })
    return [log, ...transcripts.map(formatTranscript)]
  }
  for (const seed of seeds(1, effort(3, 10, 20))) assert.deepEqual(all(seed), all(seed))
  assert.notEqual(simulate(scenarioOf(1)).log, simulate(scenarioOf(2)).log)
})

test('a recorded transcript makes each machine do the same again', () => {
  const { transcripts } = simulate(
    { seed: 11, calls: 5, lossRate: 0.1, serverRestarts: 1 },
    { records: true },
  )
  assert.equal(transcripts.length, 3)
  for (const transcript of transcripts) {
    const read = parseTranscript(formatTranscript(transcript))
    assert.deepEqual(replay(read), replay(transcript))
    assert.ok(replay(read).some((outputs) => outputs.some(({ kind }) => kind === 'send')))
  }
})

// Scenarios that earlier simulations found.

test('a packet overtaken by a later one does not run again under another id', () => {
  for (const seed of [150, 258]) {
    check({
      seed,
      calls: 10,
      framing: 'padded',
      lossRate: 0.02,
      duplicateRate: 0.09,
      reorderRate: 0.12,
      forMs: 5_000,
    })
  }
})

test('a client that never heard of its first session refetches when the session is recreated', () => {
  check({
    seed: 369,
    clients: 2,
    calls: 7,
    framing: 'padded',
    lossRate: 0.42,
    serverRestarts: 3,
    forMs: 5_000,
  })
})

test('a client that first hears of its own new session refetches', () => {
  for (const seed of [2704, 3210, 200899]) check(scenarioOf(seed))
})

test('a call refused twice for its key is resent once', () => {
  check(scenarioOf(1004204))
})

test('an answer counts even if new_session_created in the same packet resends its call', () => {
  check(scenarioOf(5940))
})
