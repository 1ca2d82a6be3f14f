/**
 * `npm run simulate -- --seeds N --from S`: simulates the scenarios of these seeds. Reports the first that
 * breaks a promise, and writes transcripts that `replay` of @cablegram/mtproto/testing reads. With `--chats` the scenarios are
 * those of people who chat, and the transcript is what came to each session. With `--updates` each of them has a program, too,
 * that listens with the client's machine of updates, dies, and begins again. With `--client` programs use the whole client, for
 * an hour of virtual time.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { formatTranscript, scenarioOf, simulate, violations } from '@cablegram/mtproto/testing'
import { chatScenarioOf, listenerScenarioOf, runChatsOverWire } from './chats/over-wire.ts'
import { runClients } from './client/run.ts'
import { clientScenarioOf } from './client/scenario.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    'keep-going': { type: 'boolean', default: false },
    log: { type: 'boolean', default: false },
    chats: { type: 'boolean', default: false },
    updates: { type: 'boolean', default: false },
    client: { type: 'boolean', default: false },
  },
})
const from = Number(values.from)
const count = Number(values.seeds)
if (!Number.isSafeInteger(from) || !Number.isSafeInteger(count) || count < 1) {
  process.stderr.write(
    'usage: npm run simulate -- [--chats | --updates | --client] [--seeds N] [--from S] [--keep-going] [--log]\n',
  )
  process.exit(2)
}
const totals = { seeds: 0, sessions: 0, calls: 0, runs: 0, updates: 0, failures: 0 }
const chatTotals = {
  seeds: 0,
  sessions: 0,
  restarts: 0,
  operations: 0,
  refused: 0,
  acknowledged: 0,
  failures: 0,
}
const clientTotals = {
  seeds: 0,
  programs: 0,
  clients: 0,
  restarts: 0,
  answered: 0,
  failed: 0,
  told: 0,
  failures: 0,
}
const kind = values.client ? 'client' : values.updates ? 'updates' : values.chats ? 'chats' : 'wire'
const inAll = { client: clientTotals, updates: chatTotals, chats: chatTotals, wire: totals }[kind]
/** Seeds between two reports. */
const every = { client: 10, updates: 100, chats: 100, wire: 1000 }[kind]
const startedMs = performance.now()
for (let seed = from; seed < from + count; seed++) {
  if (kind === 'client') await runClient(seed)
  else if (kind === 'wire') run(seed)
  else await runChats(seed)
  if (inAll.failures > 0 && !values['keep-going']) break
  if (inAll.seeds % every === 0) report()
}
report()
process.exitCode = inAll.failures > 0 ? 1 : 0

async function runChats(seed: number): Promise<void> {
  const scenario = values.updates ? listenerScenarioOf(seed) : chatScenarioOf(seed)
  const { wrong, scene, transcript } = await runChatsOverWire(scenario)
  chatTotals.seeds += 1
  chatTotals.sessions += scene.sessions.length
  chatTotals.restarts += scenario.serverRestarts ?? 0
  chatTotals.acknowledged += scene.acknowledged.length
  for (const [name, times] of scene.done) {
    if (name.includes(':')) chatTotals.refused += times
    else chatTotals.operations += times
  }
  if (values.log) process.stdout.write(`${transcript.join('\n')}\n`)
  if (wrong.length === 0) return
  chatTotals.failures += 1
  tellFailure(seed, scenario, { wrong, transcript })
}

async function runClient(seed: number): Promise<void> {
  const scenario = clientScenarioOf(seed)
  const { wrong, programs, restarts, transcript } = await runClients(scenario)
  clientTotals.seeds += 1
  clientTotals.programs += programs.length
  clientTotals.restarts += restarts
  for (const { clients, told, outcomes } of programs) {
    clientTotals.clients += clients
    clientTotals.told += told.length
    for (const [outcome, times] of outcomes) {
      if (outcome.endsWith(' answered')) clientTotals.answered += times
      else clientTotals.failed += times
    }
  }
  if (values.log) process.stdout.write(`${transcript.join('\n')}\n`)
  if (wrong.length === 0) return
  clientTotals.failures += 1
  tellFailure(seed, scenario, { wrong, transcript })
}

function tellFailure(
  seed: number,
  scenario: object,
  { wrong, transcript }: { readonly wrong: readonly string[]; readonly transcript: readonly string[] },
): void {
  process.stdout.write(`seed ${seed}: ${wrong.join('; ')}\n${JSON.stringify(scenario)}\n`)
  if (values['keep-going']) return
  const file = join(mkdtempSync(join(tmpdir(), `simulation-${seed}-`)), 'transcript.txt')
  writeFileSync(file, transcript.join('\n'))
  process.stdout.write(`transcript: ${file}\nagain: npm run simulate -- --${kind} --seeds 1 --from ${seed}\n`)
}

function run(seed: number): void {
  const scenario = scenarioOf(seed)
  const outcome = simulate(scenario)
  totals.seeds += 1
  totals.sessions += new Set(
    outcome.ran.map(({ session }) => `${session.authKeyId} ${session.sessionId}`),
  ).size
  for (const { calls, updates } of outcome.clients) {
    totals.calls += calls.size
    totals.updates += updates.size
  }
  totals.runs += outcome.ran.length
  if (values.log) process.stdout.write(`${outcome.log}\n`)
  const wrong = violations(outcome)
  if (wrong.length === 0) return
  totals.failures += 1
  process.stdout.write(`seed ${seed}: ${wrong.join('; ')}\n${JSON.stringify(scenario)}\n`)
  if (!values['keep-going']) writeTranscripts(seed)
}

function writeTranscripts(seed: number): void {
  const folder = mkdtempSync(join(tmpdir(), `simulation-${seed}-`))
  for (const transcript of simulate(scenarioOf(seed), { records: true }).transcripts) {
    writeFileSync(join(folder, `${transcript.side}-${transcript.number}.jsonl`), formatTranscript(transcript))
  }
  process.stdout.write(`transcripts: ${folder}\nagain: npm run simulate -- --seeds 1 --from ${seed}\n`)
}

function report(): void {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  process.stdout.write(`${JSON.stringify(inAll)} in ${seconds} s\n`)
}
