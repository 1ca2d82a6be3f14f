/** The results of the scenarios, and how they are printed. */
import type { ClientProgram } from './programs.ts'

/** One scenario of one client. */
export interface Cell {
  client: string
  scenario: string
  result: 'pass' | 'FAIL' | 'skip'
}

/** The cells of a client that cannot be played on this machine. */
export function cellsOf({ name, scenarios }: ClientProgram, result: Cell['result']): Cell[] {
  return scenarios.map((scenario) => ({ client: name, scenario: scenario.name, result }))
}

/** Prints clients by scenarios; cells without a scenario stay empty. */
export function printTable(clients: readonly ClientProgram[], cells: readonly Cell[]): void {
  const scenarios = [...new Set(clients.flatMap((client) => client.scenarios.map(({ name }) => name)))]
  const width = Math.max(...clients.map(({ name }) => name.length))
  console.log(`\n${' '.repeat(width)}  ${scenarios.join('  ')}`)
  for (const client of clients) {
    const row = scenarios.map((scenario) => {
      const cell = cells.find((each) => each.client === client.name && each.scenario === scenario)
      return (cell?.result ?? '').padEnd(scenario.length)
    })
    console.log(`${client.name.padEnd(width)}  ${row.join('  ')}`.trimEnd())
  }
  console.log()
}
