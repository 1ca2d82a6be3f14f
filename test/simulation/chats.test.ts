// Own process: it is long.
// Long form: five times the seeds, or sixty times.
/**
 * The invariants of boxes and of the clients that follow them (ADR 0040, 0041), over random work of several people with several
 * sessions each: texts, edits, deletions, forwards, pins, read marks, reactions, polls, groups, drafts, archives, and clients
 * that go away and come back.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '@cablegram/mtproto/testing'
import { effort, isLong } from '../effort.ts'
import { type ChatRun, runChats } from './chats/direct.ts'
import { OPERATION_NAMES } from './chats/operations.ts'
import { chatScenarioOf, runChatsOverWire } from './chats/over-wire.ts'
import { chatSettingsOf } from './chats/world.ts'

const SEEDS: number = effort(1, 5, 60)
const OPERATIONS = 60

/** @returns how many operations of each kind succeeded */
async function check(
  runs: Iterable<ChatRun>,
  settingsOf: (rng: Rng) => ChatRun['settings'] = () => undefined,
): Promise<Map<string, number>> {
  const done = new Map<string, number>()
  for (const run of runs) {
    const settings = settingsOf(new Rng(run.seed))
    const { wrong, scene } = await runChats({ ...run, ...(settings && { settings }) })
    assert.deepEqual(wrong, [], `seed ${run.seed}`)
    for (const [name, times] of scene.done) done.set(name, (done.get(name) ?? 0) + times)
  }
  return done
}

function* seeds(from: number, count: number, more: Partial<ChatRun>): Iterable<ChatRun> {
  for (let seed = from; seed < from + count; seed++) yield { seed, operations: OPERATIONS, ...more }
}

test('clients that only listen, and clients that only ask, know what the server has, whoever acts at once', async () => {
  const done = await check(seeds(1, SEEDS, { atOnce: 6 }))
  // Few seeds do not come to everything.
  if (isLong)
    for (const name of OPERATION_NAMES) assert.ok((done.get(name) ?? 0) > 0, `nobody has done ${name}`)
})

test('clients whose updates are lost, doubled, late or out of order know in the end what the server has', async () => {
  await check(seeds(1001, SEEDS, { atOnce: 6, faultRate: 0.3 }), (rng) => chatSettingsOf(rng))
})

test('people over a wire that loses, repeats, delays and breaks, and servers that die, have what was acknowledged', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { wrong } = await runChatsOverWire(chatScenarioOf(seed))
    assert.deepEqual(wrong, [], `npm run simulate -- --chats --seeds 1 --from ${seed}`)
  }
})

test('a seed gives the same transcript, over a wire too', async () => {
  const direct = { seed: 5, operations: 20, faultRate: 0.2 }
  assert.deepEqual((await runChats(direct)).transcript, (await runChats(direct)).transcript)
  const scenario = { ...chatScenarioOf(5), operations: 10 }
  const [one, other] = [await runChatsOverWire(scenario), await runChatsOverWire(scenario)]
  assert.deepEqual(one.transcript, other.transcript)
})
