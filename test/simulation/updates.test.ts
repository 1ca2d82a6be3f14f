// Own process: it is long.
// Long form: five times the seeds, or sixty times.
/**
 * Programs that listen with the client's machine of updates (ADR 0047), over a wire that loses, repeats, delays and breaks, at
 * servers that die, in every form of numbers inside differences; the programs die, too. Each message is told at least once and
 * in order, and never again once the saved cursor has it.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effort } from '../effort.ts'
import { listenerScenarioOf, runChatsOverWire } from './chats/over-wire.ts'

const SEEDS: number = effort(2, 10, 120)

test('programs that listen over a bad wire, and die, know in the end what the server has', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { wrong } = await runChatsOverWire(listenerScenarioOf(seed))
    assert.deepEqual(wrong, [], `npm run simulate -- --updates --seeds 1 --from ${seed}`)
  }
})
