/** Plays the scenarios of one client: here, or in a process that can only reach loopback. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { namespaceCommand } from './namespace.ts'
import type { ClientProgram } from './programs.ts'
import type { Scenario } from './scenarios.ts'
import { Stage } from './stage.ts'
import { type Cell, cellsOf } from './table.ts'

/** The descriptor on which a runner inside a namespace reports its results, one JSON line each. */
export const RESULTS_FD = 3
const RUNNER = fileURLToPath(new URL('run.ts', import.meta.url))
const SCENARIO_WITHIN_MS = 240_000
const MAX_SHOWN_OUTPUT = 2000
const MAX_STACK_LINES = 8

/** Plays all scenarios of one client, one after the other, on its own server. */
export async function playAll(program: ClientProgram, report: (cell: Cell) => void): Promise<void> {
  let stage: Stage
  try {
    stage = await Stage.open(program)
  } catch (error) {
    console.log(`FAIL  ${program.name}: ${asError(error).message}`)
    return cellsOf(program, 'FAIL').forEach(report)
  }
  for (const scenario of program.scenarios) report(await play(program, scenario, stage))
  for (const { code, signal, stderr } of await stage.close()) {
    if (code === 0 && stderr === '') continue
    const said = stderr.slice(-MAX_SHOWN_OUTPUT)
    console.log(indent(`a server of ${program.name} ended with ${code ?? signal}\n${said}`))
  }
}

/** Plays them in another runner, server and client together, in a network namespace. */
export async function playInNamespace(program: ClientProgram, report: (cell: Cell) => void): Promise<void> {
  const [unshare, ...args] = namespaceCommand()
  const only = program.scenarios.map(({ name }) => name).join(',')
  const runner = [process.execPath, RUNNER, program.name, '--inside', '--only', only]
  const child = spawn(unshare, [...args, ...runner], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] })
  const played = new Set<string>()
  createInterface(child.stdio[RESULTS_FD] as Readable).on('line', (line) => {
    const cell = JSON.parse(line) as Cell
    played.add(cell.scenario)
    report(cell)
  })
  await once(child, 'close')
  const unplayed = cellsOf(program, 'FAIL').filter(({ scenario }) => !played.has(scenario))
  if (unplayed.length > 0) console.log(`FAIL  ${program.name}: its runner ended early`)
  unplayed.forEach(report)
}

async function play(program: ClientProgram, scenario: Scenario, stage: Stage): Promise<Cell> {
  const startedMs = performance.now()
  const failure = await outcomeOf(scenario.play(stage))
  const { notes, output } = await stage.clear()
  const error = failure ?? complaintIn(output, program)
  const ms = Math.round(performance.now() - startedMs)
  const result = error ? 'FAIL' : 'pass'
  console.log(`${result}  ${program.name}: ${scenario.name} (${ms} ms) ${notes.join('; ')}`.trimEnd())
  if (error) console.log(indent(`${shortStack(error)}\n${output.slice(-MAX_SHOWN_OUTPUT)}`))
  return { client: program.name, scenario: scenario.name, result }
}

/** A client may continue after a mistake and only mention it in its log. */
function complaintIn(output: string, { complaint }: ClientProgram): Error | undefined {
  const found = complaint?.exec(stripVTControlCharacters(output))?.[0]
  return found === undefined ? undefined : new Error(`the client complains: ${found}`)
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

/**
 * The message and the place that noticed it first; the error of a client has its own stack in the message.
 */
function shortStack(error: Error): string {
  return (error.stack ?? error.message).split('\n').slice(0, MAX_STACK_LINES).join('\n')
}

function indent(text: string): string {
  return text.trimEnd().replaceAll(/^/gm, '    ')
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
