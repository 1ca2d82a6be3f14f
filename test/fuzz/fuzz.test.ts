import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProtocolError, UsageError } from '@cablegram/mtproto'
import { Rng } from '../simulation/rng.ts'
import { readCorpus } from './corpus.ts'
import { mutate } from './mutate.ts'
import { Find, runOne } from './run.ts'
import { pick, type Target } from './target.ts'
import { TARGETS } from './targets/index.ts'

const RUNS = 150
const MAX_MS = 2000

for (const target of TARGETS) {
  test(`${target.name} takes its corpus, and inputs near it, with typed errors only`, () => {
    const rng = new Rng(1)
    const corpus = readCorpus(target.name)
    assert.ok(corpus.length > 0, 'the corpus is empty')
    const near = Array.from({ length: RUNS }, () => mutate(target, pick(rng, corpus), pick(rng, corpus), rng))
    const fresh = Array.from({ length: RUNS / 5 }, () => target.make(rng))
    for (const input of [...corpus, ...near, ...fresh]) {
      const startedMs = performance.now()
      runOne(target, input)
      assert.ok(performance.now() - startedMs < MAX_MS, 'an input took too long')
    }
  })
}

test('an error that is none of ours is a find, and so is one that blames the caller', () => {
  const throwing = (error: Error): Target => ({
    name: 'throwing',
    words: [],
    make: () => new Uint8Array(1),
    run: () => {
      throw error
    },
  })
  const input = new Uint8Array(1)
  assert.throws(() => runOne(throwing(new TypeError('x')), input), Find)
  assert.throws(() => runOne(throwing(new UsageError('X', 'x')), input), Find)
  assert.doesNotThrow(() => runOne(throwing(new ProtocolError('X', 'x')), input))
})
