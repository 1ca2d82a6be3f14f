import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision } from '../../database/decision.ts'
import { createWorld, signedIn } from '../test-world.ts'
import { addSideEvent, sideEventsAfter, sideEventsSince } from './decide-side-log.ts'

/** Counts the statements of a decision. */
function* counting<T>(decision: Decision<T>, count: () => void): Decision<T> {
  for (let step = decision.next(); ; ) {
    if (step.done === true) return step.value
    count()
    step = decision.next(yield step.value)
  }
}

test('the changes since a second are the same however many came before, which are not read', async () => {
  const world = await createWorld()
  const { id: boxId } = await signedIn(world, '9996621234')
  await world.store.decide(function* () {
    // Every tenth call began five seconds earlier than it was committed.
    for (let subject = 1n; subject <= 1000n; subject++) {
      const atS = Number(subject) - (subject % 10n === 0n ? 5 : 0)
      yield* addSideEvent(boxId, { kind: 'reactions', subject, atS }, undefined)
    }
  })
  const all = (await world.store.look(() => sideEventsAfter(boxId, 0, 2000))).filter(
    ({ kind }) => kind === 'reactions',
  )
  for (const sinceS of [0, 500, 990, 995, 1001]) {
    let statements = 0
    const since = () => counting(sideEventsSince(boxId, sinceS, 2000), () => statements++)
    const found = (await world.store.look(since)).filter(({ kind }) => kind === 'reactions')
    assert.deepEqual(
      found,
      all.filter(({ atS }) => atS >= sinceS),
    )
    assert.ok(statements <= 2 + (1000 - sinceS) / 100, String(statements))
  }
  const newest = await world.store.look(() => sideEventsSince(boxId, 0, 150))
  assert.deepEqual(newest, all.slice(-150))
})
