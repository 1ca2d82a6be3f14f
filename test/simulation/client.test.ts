// Own process: it is long.
// Long form: five times the seeds, or sixty times.
/**
 * Programs with the whole client, for an hour of virtual time in which the network, the server and the programs themselves fail:
 * each message is told at least once, in order, and never again once the saved cursor has it; each call has one outcome; a client
 * that is closed leaves nothing. The first seed runs twice, and does the same.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effort } from '../effort.ts'
import { runClients } from './client/run.ts'
import { clientScenarioOf } from './client/scenario.ts'

/** Of different scenarios: several clients of an account, restarts, kills, migrations. */
const SEEDS: number = effort(1, 5, 60)
const FIRST = 9

test('programs with the client lose nothing and leave nothing in an hour of chaos', async () => {
  let first: readonly string[] | undefined
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
    const { wrong, transcript } = await runClients(clientScenarioOf(seed))
    assert.deepEqual(wrong, [], `npm run simulate -- --client --seeds 1 --from ${seed}`)
    first ??= transcript
  }
  const again = await runClients(clientScenarioOf(FIRST))
  assert.deepEqual(again.transcript, first, 'a seed does the same each time')
})

test('the chaos finds a program that does not keep what it is told', async () => {
  const scenario = { ...clientScenarioOf(FIRST), operations: 60, kills: 6, forgetsCursor: true }
  const { wrong } = await runClients(scenario)
  assert.match(wrong.join('\n'), /was not told|was told again/)
})
