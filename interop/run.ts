/**
 * Other people's clients against our server, ours beside them: `node interop/run.ts [client …] [--only scenario]`.
 * Prints a table, client by scenario, and exits with 1 when a cell failed.
 */
import { parseArgs } from 'node:util'
import type { ClientProgram } from './client-process.ts'
import { installClients } from './install.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { Stage } from './stage.ts'

const SCENARIO_WITHIN_MS = 90_000
const CLIENTS_AT_ONCE = 3
const MAX_SHOWN_OUTPUT = 2000
const MAX_STACK_LINES = 8

const CLIENTS: readonly ClientProgram[] = [
  { name: 'cablegram', adapter: 'clients/cablegram.ts', args: [] },
  { name: 'cablegram-pfs', adapter: 'clients/cablegram.ts', args: ['pfs'] },
  { name: 'gramjs-full', adapter: 'clients/gramjs.mjs', args: ['full'] },
  { name: 'gramjs-abridged', adapter: 'clients/gramjs.mjs', args: ['abridged'] },
  { name: 'gramjs-obfuscated', adapter: 'clients/gramjs.mjs', args: ['obfuscated'] },
  { name: 'mtcute', adapter: 'clients/mtcute.mjs', args: [] },
  { name: 'mtcute-pfs', adapter: 'clients/mtcute.mjs', args: ['pfs'] },
  { name: 'old', adapter: 'clients/old.ts', args: ['198'] },
]

interface Cell {
  client: string
  scenario: string
  error: Error | undefined
  notes: string[]
  ms: number
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: 'string' } } })
  const clients =
    positionals.length === 0 ? CLIENTS : CLIENTS.filter(({ name }) => positionals.includes(name))
  const scenarios = SCENARIOS.filter(({ name }) => values.only === undefined || name === values.only)
  if (clients.length < positionals.length || clients.length === 0 || scenarios.length === 0) {
    console.error(
      `usage: node interop/run.ts [${CLIENTS.map(({ name }) => name).join(' | ')}] [--only scenario]`,
    )
    console.error(`scenarios: ${SCENARIOS.map(({ name }) => name).join(', ')}`)
    return 2
  }
  installClients()
  const cells = await playSome(clients, scenarios)
  printTable(clients, scenarios, cells)
  const failed = cells.filter(({ error }) => error)
  console.log(`${cells.length - failed.length} passed, ${failed.length} failed`)
  return failed.length === 0 ? 0 : 1
}

/** All clients, a few at a time: more would mostly wait for each other. */
async function playSome(clients: readonly ClientProgram[], scenarios: readonly Scenario[]): Promise<Cell[]> {
  const cells: Cell[] = []
  const waiting = [...clients]
  const worker = async () => {
    for (let client = waiting.shift(); client; client = waiting.shift()) {
      cells.push(...(await playAll(client, scenarios)))
    }
  }
  await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, worker))
  return cells
}

/** All scenarios of one client, one after the other, on a server of its own. */
async function playAll(program: ClientProgram, scenarios: readonly Scenario[]): Promise<Cell[]> {
  const cells: Cell[] = []
  let stage: Stage | undefined
  try {
    stage = await Stage.open(program)
    for (const scenario of scenarios) cells.push(await play(program, scenario, stage))
  } catch (error) {
    for (const scenario of scenarios.slice(cells.length)) {
      cells.push({ client: program.name, scenario: scenario.name, error: asError(error), notes: [], ms: 0 })
    }
    console.log(`${program.name}: ${asError(error).message}`)
  }
  const ended = await stage?.close()
  if (ended && (ended.code !== 0 || ended.stderr !== '')) {
    const said = ended.stderr.slice(-MAX_SHOWN_OUTPUT)
    console.log(indent(`the server of ${program.name} ended with ${ended.code ?? ended.signal}\n${said}`))
  }
  return cells
}

async function play(program: ClientProgram, scenario: Scenario, stage: Stage): Promise<Cell> {
  const startedMs = performance.now()
  const error = await outcomeOf(scenario.play(stage))
  const { notes, output } = await stage.clear()
  const ms = Math.round(performance.now() - startedMs)
  const cell = { client: program.name, scenario: scenario.name, error, notes, ms }
  console.log(`${error ? 'FAIL' : 'pass'}  ${program.name}: ${scenario.name} (${ms} ms) ${notes.join('; ')}`)
  if (error) console.log(indent(`${shortStack(error)}\n${output.slice(-MAX_SHOWN_OUTPUT)}`))
  return cell
}

async function outcomeOf(played: Promise<void>): Promise<Error | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`not done within ${SCENARIO_WITHIN_MS} ms`)),
      SCENARIO_WITHIN_MS,
    )
  })
  try {
    await Promise.race([played, late])
    return undefined
  } catch (error) {
    return asError(error)
  } finally {
    clearTimeout(timer)
  }
}

function printTable(
  clients: readonly ClientProgram[],
  scenarios: readonly Scenario[],
  cells: readonly Cell[],
): void {
  const width = Math.max(...clients.map(({ name }) => name.length))
  console.log(`\n${' '.repeat(width)}  ${scenarios.map(({ name }) => name).join('  ')}`)
  for (const client of clients) {
    const row = scenarios.map((scenario) => {
      const cell = cells.find((each) => each.client === client.name && each.scenario === scenario.name)
      return (cell?.error ? 'FAIL' : 'PASS').padEnd(scenario.name.length)
    })
    console.log(`${client.name.padEnd(width)}  ${row.join('  ')}`)
  }
  console.log()
}

/** The message and where it was noticed first; an error of a client's has its own stack in the message. */
function shortStack(error: Error): string {
  return (error.stack ?? error.message).split('\n').slice(0, MAX_STACK_LINES).join('\n')
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '    ')
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}

process.exitCode = await main()
