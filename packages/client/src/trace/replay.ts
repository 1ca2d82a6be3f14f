import { UsageError } from '@cablegram/tl'
import { UpdatesMachine, type UpdatesMachineOptions } from '../updates/machine.ts'
import type { UpdatesInput } from '../updates/words.ts'
import { canonicalJson, fromJson } from './json.ts'
import { outputOf, TRACE_VERSION } from './trace.ts'

/** A step whose outputs are not those of the trace. */
export interface TraceDifference {
  /** The line of the trace, from 1. */
  readonly line: number
  /** The kind of the step's input, such as `updates` or `difference`. */
  readonly input: string
  /** The outputs in the trace, as JSON. */
  readonly recorded: string
  /** The outputs of this version, as JSON, or the error that it throws. */
  readonly replayed: string
}

/** What a replay has found. */
export interface TraceReplay {
  readonly lines: number
  /** Steps of machines of updates. */
  readonly steps: number
  /** `closed`: the client was closed. `full`: the trace reached its size. `cut`: the program ended before. */
  readonly end: 'closed' | 'full' | 'cut'
  /** The first of them, at most twenty. */
  readonly differences: readonly TraceDifference[]
}

/** After a difference the machine stands elsewhere, and many more follow. */
const MAX_DIFFERENCES = 20

type Line = Readonly<Record<string, unknown>>

/** A machine with the answers that its client gave about peers. */
interface Replayed {
  readonly machine: UpdatesMachine
  readonly answers: unknown[]
}

/**
 * Takes the machine of updates through the inputs of a trace, and compares its outputs with those of the trace.
 *
 * @param lines of a trace that the client option `trace` has written
 * @throws UsageError TRACE_INVALID if a line is not one of a trace
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs'
 * import { createInterface } from 'node:readline'
 * import { replayTrace } from '@cablegram/client/trace'
 *
 * const { steps, differences } = await replayTrace(createInterface(createReadStream('trace.jsonl')))
 * console.log(`${steps} steps, ${differences.length} differences`)
 * ```
 */
export async function replayTrace(lines: Iterable<string> | AsyncIterable<string>): Promise<TraceReplay> {
  const replay = new Replay()
  for await (const line of lines) replay.take(line)
  return replay.result()
}

class Replay {
  readonly #machines = new Map<unknown, Replayed>()
  readonly #differences: TraceDifference[] = []
  #lines = 0
  #steps = 0
  #end: TraceReplay['end'] = 'cut'
  /** A line that is no JSON: only the last one may be, if the program ended while it was written. */
  #brokenLine: number | undefined

  take(text: string): void {
    if (text === '') return
    if (this.#brokenLine !== undefined) throw invalid(this.#brokenLine, 'it is no JSON')
    this.#lines += 1
    const line = parsed(text)
    if (line === undefined) this.#brokenLine = this.#lines
    else this.#onLine(line)
  }

  result(): TraceReplay {
    if (this.#lines === 0) throw invalid(1, 'there is none')
    if (this.#lines === 1 && this.#brokenLine === 1) throw invalid(1, 'it is no JSON')
    return { lines: this.#lines, steps: this.#steps, end: this.#end, differences: this.#differences }
  }

  #onLine(line: Line): void {
    if (this.#lines === 1 && (line['kind'] !== 'trace' || line['version'] !== TRACE_VERSION)) {
      throw invalid(1, `it does not say that this is a trace of version ${TRACE_VERSION}`)
    }
    if (line['kind'] === 'end') this.#end = 'closed'
    if (line['kind'] === 'full') this.#end = 'full'
    if (line['kind'] === 'machine') this.#begin(line)
    if (line['kind'] === 'step') this.#step(line)
  }

  #begin({ machine, userId, limits }: Line): void {
    if (typeof userId !== 'bigint') throw invalid(this.#lines, 'it names no user')
    const answers: unknown[] = []
    const options: UpdatesMachineOptions = {
      userId,
      knows: () => answers.shift() === true,
      limits: (limits ?? {}) as NonNullable<UpdatesMachineOptions['limits']>,
    }
    this.#machines.set(machine, { machine: new UpdatesMachine(options), answers })
  }

  #step({ machine: number, nowMs, input, knows, outputs, wakeAtMs }: Line): void {
    const replayed = this.#machines.get(number)
    if (!replayed) throw invalid(this.#lines, 'its machine has not begun')
    if (typeof nowMs !== 'number' || typeof input !== 'object') throw invalid(this.#lines, 'it is no step')
    this.#steps += 1
    const { machine, answers } = replayed
    answers.splice(0, answers.length, ...(Array.isArray(knows) ? knows : []))
    const recorded = canonicalJson({ outputs, wakeAtMs })
    const told = outcomeOf(machine, input as UpdatesInput, nowMs)
    if (told === recorded || this.#differences.length >= MAX_DIFFERENCES) return
    const { kind } = input as { readonly kind?: unknown }
    this.#differences.push({ line: this.#lines, input: String(kind), recorded, replayed: told })
  }
}

function outcomeOf(machine: UpdatesMachine, input: UpdatesInput, nowMs: number): string {
  try {
    const outputs = machine.step(input, nowMs).map(outputOf)
    return canonicalJson({ outputs, wakeAtMs: machine.wakeAtMs })
  } catch (error) {
    // A trace that somebody has changed by hand: the machine trusts the decoder.
    return String(error)
  }
}

/** @returns undefined if the text is no JSON of an object */
function parsed(text: string): Line | undefined {
  try {
    const value = fromJson(JSON.parse(text))
    return typeof value === 'object' ? (value as Line) : undefined
  } catch {
    return undefined
  }
}

function invalid(line: number, why: string): UsageError {
  return new UsageError('TRACE_INVALID', `Line ${line} is not one of a trace: ${why}.`)
}
