// Long form: more inputs near the corpus.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProtocolError, UsageError } from '@cablegram/mtproto'
import { effort } from '../effort.ts'
import { Rng } from '../simulation/rng.ts'
import { readCorpus } from './corpus.ts'
import { mutate } from './mutate.ts'
import { Find, runOne } from './run.ts'
import { pick, type Target } from './target.ts'
import { TARGETS } from './targets/index.ts'

const RUNS: number = effort(50, 100, 150)

for (const target of TARGETS) {
  test(`${target.name} accepts its corpus and similar inputs with typed errors only`, async () => {
    const rng = new Rng(1)
    const corpus = readCorpus(target.name)
    assert.ok(corpus.length > 0, 'the corpus is empty')
    const near = Array.from({ length: RUNS }, () => mutate(target, pick(rng, corpus), pick(rng, corpus), rng))
    const fresh = Array.from({ length: RUNS / 5 }, () => target.make(rng))
    for (const input of [...corpus, ...near, ...fresh]) await runOne(target, input)
  })
}

test('a foreign error is a find, and so is one that blames the caller', async () => {
  const throwing = (error: Error): Target => ({
    name: 'throwing',
    words: [],
    make: () => new Uint8Array(1),
    run: () => {
      throw error
    },
  })
  const input = new Uint8Array(1)
  await assert.rejects(runOne(throwing(new TypeError('x')), input), Find)
  await assert.rejects(runOne(throwing(new UsageError('X', 'x')), input), Find)
  await assert.doesNotReject(runOne(throwing(new ProtocolError('X', 'x')), input))
})
