import { DEFAULT_LIMITS } from '../updates/limits.ts'
import type { MachineStep, UpdatesOutput } from '../updates/words.ts'
import { toJson } from './json.ts'
import { type RenameId, redacted, renameIds } from './redact.ts'

/** The form of the lines. */
export const TRACE_VERSION = 1

/** Takes the lines of a trace. */
export interface TraceSink {
  /** @param line without its end */
  write(line: string): unknown
  /** Resolves when everything is written. */
  end?(): Promise<void>
}

/** Parts of a trace. */
export interface TraceParts {
  readonly sink: TraceSink
  readonly maxBytes: number
  readonly nowMs: () => number
  readonly random: (length: number) => Uint8Array
  /** The trace has reached its size: nothing more is written. */
  readonly onFull: () => void
}

/** Room for the line that says why a trace stops. */
const LAST_LINE_BYTES = 200

/** Writes what a client does as lines of JSON, without what is private. `replayTrace` reads them. */
export class Trace {
  readonly #parts: TraceParts
  readonly #rename: RenameId
  #bytes = 0
  #machines = 0
  #hasEnded = false

  constructor(parts: TraceParts) {
    this.#parts = parts
    this.#rename = renameIds(parts.random(32))
    this.note('trace', { version: TRACE_VERSION })
  }

  /** @param fields without anything private */
  note(kind: string, fields: Readonly<Record<string, unknown>>): void {
    if (this.#hasEnded) return
    const { maxBytes, onFull } = this.#parts
    const line = toJson({ kind, atMs: this.#parts.nowMs(), ...fields })
    if (this.#bytes + line.length + LAST_LINE_BYTES > maxBytes) {
      this.#hasEnded = true
      this.#write(toJson({ kind: 'full', atMs: this.#parts.nowMs(), maxBytes }))
      onFull()
      return
    }
    this.#write(line)
  }

  /** Begins the trace of a machine of updates. @returns what takes its steps */
  machine(userId: bigint): (step: MachineStep) => void {
    this.#machines += 1
    const machine = this.#machines
    this.note('machine', { machine, userId: this.#rename(userId), limits: DEFAULT_LIMITS })
    return ({ outputs, nowMs, ...step }) => {
      if (this.#hasEnded) return
      const fields = { ...step, outputs: outputs.map(outputOf) }
      this.note('step', { machine, nowMs, ...(redacted(fields, this.#rename) as object) })
    }
  }

  async close(): Promise<void> {
    this.note('end', {})
    this.#hasEnded = true
    await this.#parts.sink.end?.()
  }

  #write(line: string): void {
    this.#bytes += line.length + 1
    this.#parts.sink.write(line)
  }
}

/** The users and chats of an update are in the input. */
export function outputOf(output: UpdatesOutput): unknown {
  if (output.kind !== 'tell') return output
  const { update, isOwn } = output.event
  return { kind: output.kind, token: output.token, isOwn, update }
}
