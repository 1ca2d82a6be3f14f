/**
 * Runs other people's clients and ours against our server: `node interop/run.ts [client …] [--only scenario,…] [--full]`.
 * Rows of a library over other transports and layers play some of their scenarios; a client that is named, and each with
 * `--full`, plays all. Prints a table, client by scenario, and exits with 1 if a cell failed. Skipped ones say why and are
 * counted separately.
 */
import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { closeEngines } from './engines.ts'
import { installClients, missing } from './install.ts'
import { playAll, playInNamespace, RESULTS_FD } from './play.ts'
import { CLIENTS, type ClientProgram } from './programs.ts'
import type { Scenario } from './scenarios.ts'
import { type Cell, cellsOf, printTable } from './table.ts'

const CLIENTS_AT_ONCE = 4

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    // `inside` is internal: another runner has started this one in a namespace.
    options: {
      only: { type: 'string' },
      full: { type: 'boolean', default: false },
      inside: { type: 'boolean' },
    },
  })
  const only = values.only?.split(',')
  const isAsked = ({ name }: ClientProgram): boolean =>
    positionals.length === 0 || positionals.some((asked) => name === asked || name.startsWith(`${asked}-`))
  const isFull = values.full || positionals.length > 0
  const clients = CLIENTS.filter(isAsked)
    .map((client) => ({ ...client, scenarios: scenariosOf(client, only, isFull) }))
    .filter(({ scenarios }) => scenarios.length > 0)
  if (clients.length === 0) {
    const scenarios = new Set(CLIENTS.flatMap((client) => client.scenarios.map(({ name }) => name)))
    console.error(
      `usage: node interop/run.ts [${CLIENTS.map(({ name }) => name).join(' | ')}] [--only scenario,…] [--full]`,
    )
    console.error(`scenarios: ${[...scenarios].join(', ')}`)
    return 2
  }
  if (values.inside) {
    const report = (cell: Cell): void => void writeSync(RESULTS_FD, `${JSON.stringify(cell)}\n`)
    for (const client of clients) await playAll(client, report)
    return 0
  }
  installClients()
  const startedMs = performance.now()
  const cells = await playSome(clients).finally(closeEngines)
  printTable(clients, cells)
  const count = (result: Cell['result']): number => cells.filter((cell) => cell.result === result).length
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  console.log(`${count('pass')} passed, ${count('FAIL')} failed, ${count('skip')} skipped, in ${seconds} s`)
  return count('FAIL') === 0 ? 0 : 1
}

/** Those of `only`; without it those of the short form, or all. */
function scenariosOf(
  { scenarios, short }: ClientProgram,
  only: readonly string[] | undefined,
  isFull: boolean,
): readonly Scenario[] {
  const names = only ?? (isFull ? undefined : short)
  return scenarios.filter(({ name }) => names?.includes(name) ?? true)
}

/** All clients, a few at a time: more would mostly wait for each other. */
async function playSome(clients: readonly ClientProgram[]): Promise<Cell[]> {
  const cells: Cell[] = []
  const waiting = [...clients]
  const worker = async (): Promise<void> => {
    for (let client = waiting.shift(); client; client = waiting.shift())
      cells.push(...(await playHere(client)))
  }
  await Promise.all(Array.from({ length: CLIENTS_AT_ONCE }, worker))
  return cells
}

async function playHere(client: ClientProgram): Promise<Cell[]> {
  const why = client.needs?.map(missing).find((reason) => reason !== undefined)
  if (why !== undefined) {
    console.log(`SKIP  ${client.name}: ${why}`)
    return cellsOf(client, 'skip')
  }
  const cells: Cell[] = []
  const report = (cell: Cell): void => void cells.push(cell)
  await (client.needs?.includes('tdlib') ? playInNamespace(client, report) : playAll(client, report))
  return cells
}

process.exitCode = await main()
