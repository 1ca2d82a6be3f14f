import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ClientOutput } from '@cablegram/mtproto'
import { encodeEcho, errorOf } from './server-node.ts'
import { type Outcome, type Scenario, simulate } from './simulate.ts'

/** Every call has its own answer, once. */
function checkAnswered(scenario: Scenario, outcome: Outcome): void {
  const seed = `seed ${scenario.seed}`
  assert.equal(outcome.failed, undefined, seed)
  for (let callId = 0; callId < scenario.calls; callId++) {
    const answers = outcome.answers.get(callId) ?? []
    assert.equal(answers.length, 1, `${seed}: call ${callId} has ${answers.length} answers`)
    checkAnswer(callId, answers[0], seed)
  }
}

function checkAnswer(callId: number, answer: ClientOutput | undefined, seed: string): void {
  if (answer?.kind === 'refused') {
    const expected = errorOf(callId)
    assert.deepEqual([answer.error.code, answer.error.message], [expected.code, expected.message], seed)
    return
  }
  assert.ok(answer?.kind === 'result', seed)
  assert.deepEqual(Buffer.from(answer.body), Buffer.from(encodeEcho(callId, answer.body.length)), seed)
}

/** How often each call was run. */
function runs(outcome: Outcome): Map<number, number> {
  const counts = new Map<number, number>()
  for (const { callId } of outcome.ran) counts.set(callId, (counts.get(callId) ?? 0) + 1)
  return counts
}

/** No process runs one message twice. */
function checkNoneTwice(outcome: Outcome, seed: number): void {
  const ids = outcome.ran.map(
    ({ life, session, msgId }) => `${life} ${session.authKeyId} ${session.sessionId} ${msgId}`,
  )
  assert.equal(new Set(ids).size, ids.length, `seed ${seed}: a message ran twice`)
}

function* seeds(from: number, count: number): Iterable<number> {
  for (let seed = from; seed < from + count; seed++) yield seed
}

test('on a wire that loses, repeats, delays and breaks, every call runs once and is answered once', () => {
  for (const seed of seeds(1, 150)) {
    const scenario = { seed, calls: 20, lossRate: 0.08, duplicateRate: 0.08, cutRate: 0.04 }
    const outcome = simulate(scenario)
    checkAnswered(scenario, outcome)
    for (const [callId, count] of runs(outcome))
      assert.equal(count, 1, `seed ${seed}: call ${callId} ran again`)
    assert.ok(outcome.updates <= outcome.pushed, `seed ${seed}: an update came twice`)
  }
})

test('a server that restarts and forgets its sessions still answers every call', () => {
  for (const seed of seeds(1000, 40)) {
    const scenario = { seed, calls: 15, lossRate: 0.05, cutRate: 0.03, serverRestarts: 3 }
    const outcome = simulate(scenario)
    checkAnswered(scenario, outcome)
    checkNoneTwice(outcome, seed)
  }
})

test('a client whose clock is set to something else goes on', () => {
  for (const seed of seeds(2000, 40)) {
    const scenario = { seed, calls: 15, cutRate: 0.02, clockJumps: 3 }
    const outcome = simulate(scenario)
    checkAnswered(scenario, outcome)
    checkNoneTwice(outcome, seed)
  }
})

const PFS = { calls: 20, makesKey: true, pfs: { expiresInS: 60 }, forMs: 240_000 }
const trafficKeys = (outcome: Outcome) => new Set(outcome.ran.map(({ session }) => session.authKeyId))

test('temporary keys are made, bound, renewed and lost without a call being lost', () => {
  for (const seed of seeds(3000, 3)) {
    const scenario = { ...PFS, seed, lossRate: 0.02, cutRate: 0.01, serverRestarts: 1, unbinds: 1 }
    const outcome = simulate(scenario)
    checkAnswered(scenario, outcome)
    assert.ok(trafficKeys(outcome).size >= 3, `seed ${seed}: temporary keys are not renewed`)
    const [permanent] = outcome.saved
    assert.ok(
      outcome.saved.every((id) => id === permanent),
      `seed ${seed}: the permanent key was lost`,
    )
    assert.ok(
      permanent !== undefined && !trafficKeys(outcome).has(permanent),
      `seed ${seed}: it carried traffic`,
    )
  }
})

test('on a good wire a renewed key changes nothing: every call runs once', () => {
  const scenario = { ...PFS, seed: 4000 }
  const outcome = simulate(scenario)
  checkAnswered(scenario, outcome)
  assert.ok([...runs(outcome).values()].every((count) => count === 1))
  assert.ok(trafficKeys(outcome).size >= 4)
})

test('a permanent key that the server does not know any more is replaced, a young one is tried again', () => {
  const old = { ...PFS, seed: 5000, forMs: 60_000, makesKey: false, bindErrors: 1 }
  const replaced = simulate(old)
  checkAnswered(old, replaced)
  assert.equal(replaced.saved[0], undefined)
  assert.ok(replaced.saved[1] !== undefined)
  const young = { ...PFS, seed: 5001, forMs: 60_000, bindErrors: 2 }
  const kept = simulate(young)
  checkAnswered(young, kept)
  assert.ok(kept.saved.every((id) => id === kept.saved[0]))
})

test('the same seed gives the same transcript, another seed another', () => {
  const run = (seed: number) =>
    simulate({ seed, calls: 10, lossRate: 0.1, duplicateRate: 0.1, cutRate: 0.05, clockJumps: 1 }).transcript
  assert.equal(run(7), run(7))
  assert.notEqual(run(7), run(8))
})
