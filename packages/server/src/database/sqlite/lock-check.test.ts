import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '../../rules/test-world.ts'
import { alone, type Decision } from '../decision.ts'
import { StoreError } from '../errors.ts'
import { openStore } from '../index.ts'

type Subject = readonly [string, number]

/** Locks these subjects one after the other, in a store that checks. */
async function lock(subjects: readonly Subject[], checkDecisions = true): Promise<void> {
  const store = openStore({ random: seededRandom('lock check'), checkDecisions })
  try {
    await store.decide(function* (): Decision<void> {
      for (const subject of subjects) yield* alone(...subject)
    })
    // Each decision begins anew.
    await store.decide(() => alone('poll', 1))
  } finally {
    await store.close()
  }
}

test('polls, then chats, then boxes by ascending id are an order, with what is held already', async () => {
  const ordered: Subject[] = [
    ['poll', 9],
    ['chat', 4],
    ['box', 3],
    ['box', 20],
    ['box', 3],
    ['chat', 4],
  ]
  await lock([['account', 5], ...ordered, ['message', 1]])
})

for (const [one, other] of [
  [
    ['box', 20],
    ['box', 3],
  ],
  [
    ['box', 3],
    ['chat', 4],
  ],
  [
    ['chat', 4],
    ['poll', 9],
  ],
] as const) {
  test(`${one.join(' ')} before ${other.join(' ')} fails, and only in tests`, async () => {
    await assert.rejects(lock([one, other]), (error) => {
      assert.ok(error instanceof StoreError && error.cause instanceof Error)
      assert.match(error.cause.message, new RegExp(`locks "${other.join(' ')}" after "${one.join(' ')}"`))
      return true
    })
    await lock([one, other], false)
  })
}
