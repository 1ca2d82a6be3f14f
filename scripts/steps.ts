/**
 * Runs commands beside each other. A machine that runs one test suite after the other waits for much of the time, for
 * downloads, timers and processes; two suites at once fill these gaps.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { childrenSeconds } from '../test/runner/times.ts'
import { reasonsIn } from './reasons.ts'

/** A command that succeeds or fails as a whole. */
export interface Step {
  readonly title: string
  /** A line for a shell. */
  readonly command: string
  /** Titles of steps that must have ended before, whatever their outcome. */
  readonly after?: readonly string[]
  /** It mostly downloads: it runs beside the others and takes the place of none. */
  readonly downloads?: true
  /**
   * It compiles, installs or waits, and no test of it minds to take longer: it runs in the time that the others leave, with a
   * low priority. One such step runs at once.
   */
  readonly patient?: true
}

/** Half the share of another process, and not less: the programs of strangers have limits of their own, of five seconds and more. */
const PATIENTLY = ['nice', '-n', '3'] as const

/** The steps that may begin now, in the order of `waiting`. At most `atOnce` run, besides a patient one and those that download. */
export function stepsToBegin(
  waiting: readonly Step[],
  running: readonly Step[],
  atOnce: number,
): readonly Step[] {
  const begun: Step[] = []
  const unfinished = new Set([...waiting, ...running].map(({ title }) => title))
  for (const step of waiting) {
    const others = [...running, ...begun]
    const isReady = !step.after?.some((title) => unfinished.has(title))
    if (isReady && hasPlace(step, others, atOnce)) begun.push(step)
  }
  return begun
}

function hasPlace(step: Step, others: readonly Step[], atOnce: number): boolean {
  if (step.downloads) return true
  if (step.patient) return !others.some(({ patient }) => patient)
  return others.filter(({ downloads, patient }) => !downloads && !patient).length < atOnce
}

/**
 * Runs all steps, each as early as it may begin.
 *
 * @param run ends with true if the step passed; it must not reject
 * @returns the titles of the steps that failed, in the order of `steps`
 * @throws if no step may begin because steps wait for each other, or for a step that does not exist
 */
export async function runSteps(
  steps: readonly Step[],
  atOnce: number,
  run: (step: Step) => Promise<boolean>,
): Promise<readonly string[]> {
  const failed = new Set<Step>()
  const running = new Map<Step, Promise<void>>()
  const titles = new Set(steps.map(({ title }) => title))
  const unknown = steps.flatMap(({ after = [] }) => after).filter((title) => !titles.has(title))
  if (unknown.length > 0) throw new Error(`no such step: ${unknown.join(', ')}`)
  let waiting = [...steps]
  const begin = async (step: Step): Promise<void> => {
    if (!(await run(step))) failed.add(step)
    running.delete(step)
  }
  while (waiting.length > 0 || running.size > 0) {
    const next = stepsToBegin(waiting, [...running.keys()], atOnce)
    waiting = waiting.filter((step) => !next.includes(step))
    for (const step of next) running.set(step, begin(step))
    if (running.size === 0) throw new Error(`steps wait for each other: ${waiting.map(({ title }) => title)}`)
    await Promise.race(running.values())
  }
  return steps.filter((step) => failed.has(step)).map(({ title }) => title)
}

/** Seconds that a step took: of the clock, and of the processor in all processes that were waited for. */
export interface Took {
  readonly clock: number
  readonly processor: number
}

/** Runs steps as processes, and prints the output of each when it ends, so that outputs do not mix. */
export class StepRunner {
  readonly #folder: string = mkdtempSync(join(tmpdir(), 'cablegram-steps-'))
  readonly #running = new Set<ChildProcess>()
  readonly #took = new Map<string, Took>()
  readonly #reasons = new Map<string, readonly string[]>()
  readonly #write: (text: string) => void
  /** Processor time of the steps that have ended. */
  #counted: number = childrenSeconds()
  #isStopped = false

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** The times of the steps that have ended, by title. */
  get took(): ReadonlyMap<string, Took> {
    return this.#took
  }

  /** The lines that say why, of the steps that have failed, by title. */
  get reasons(): ReadonlyMap<string, readonly string[]> {
    return this.#reasons
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Runs a step in a group of processes of its own. @returns whether it passed */
  async run(step: Step): Promise<boolean> {
    if (this.#isStopped) return false
    const startedMs = performance.now()
    this.#write(`\n==== ${step.title} begins\n`)
    const output = openSync(this.#fileOf(step), 'w')
    const [program, ...args] = [...(step.patient ? PATIENTLY : []), 'sh', '-c', step.command]
    const child = spawn(program, args, { stdio: ['ignore', output, output], detached: true })
    closeSync(output)
    this.#running.add(child)
    return await new Promise((resolve) => {
      const end = (why?: string): void => {
        this.#running.delete(child)
        const clock = (performance.now() - startedMs) / 1000
        this.#took.set(step.title, { clock, processor: this.#countProcessor() })
        const text = readFileSync(this.#fileOf(step), 'utf8')
        this.#write(`\n==== ${step.title}: ${step.command}\n${text}`)
        this.#write(`==== ${step.title} ${why ?? 'passed'}, took ${Math.round(clock)} s\n`)
        if (why !== undefined) this.#reasons.set(step.title, [why, ...reasonsIn(text)])
        resolve(why === undefined)
      }
      child.once('error', (error) => end(`failed: ${error.message}`))
      child.once('exit', (code, signal) => end(code === 0 ? undefined : `failed with ${code ?? signal}`))
    })
  }

  /** Sends a signal to what runs. No step begins any more: those that would have fail. */
  stop(signal: NodeJS.Signals): void {
    this.#isStopped = true
    for (const { pid } of this.#running) if (pid !== undefined) process.kill(-pid, signal)
  }

  /** Removes the outputs. */
  close(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #fileOf({ title }: Step): string {
    return join(this.#folder, `${title.replaceAll(/\W+/g, '-')}.log`)
  }

  /** The system adds a process to those that have ended when its end is noticed: what is new belongs to that step. */
  #countProcessor(): number {
    const before = this.#counted
    this.#counted = childrenSeconds()
    return this.#counted - before
  }
}

/** Why steps failed, for readers who see the end of a log alone. */
export function summaryOf(reasons: ReadonlyMap<string, readonly string[]>): string {
  const parts = [...reasons].map(([title, lines]) => `\n==== ${title} ${lines.join('\n  ')}\n`)
  return parts.join('')
}

/** The times of all steps, a line each. */
export function tableOf(took: ReadonlyMap<string, Took>): string {
  const rows = [...took].map(
    ([title, { clock, processor }]) => `${padded(clock)} ${padded(processor)}  ${title}\n`,
  )
  return `  clock  processor (s)\n${rows.join('')}`
}

function padded(seconds: number): string {
  return seconds.toFixed(0).padStart(7)
}
