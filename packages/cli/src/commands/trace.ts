import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { TraceReplay } from '@cablegram/client/trace'
import { UsageError } from '@cablegram/tl'
import type { Command } from '../command.ts'
import { CommandError, CommandLineError } from '../errors.ts'

/** Characters of the outputs that are shown. */
const MAX_SHOWN = 1_000

const replay: Command = {
  name: 'replay',
  summary: 'Repeat the updates of a trace, and say where this version does something else.',
  positionals: [{ name: 'FILE', help: 'a trace that the client option `trace` has written', required: true }],
  options: {},
  notes: ['Exit code: 0 if everything is the same, 1 if something differs or the file is no trace.'],
  examples: [['npx cablegram trace replay trace.jsonl', 'repeat what the client has heard']],
  async run({ positionals: [path = ''] }) {
    const { replayTrace } = await import('@cablegram/client/trace')
    let found: TraceReplay
    try {
      found = await replayTrace(createInterface({ input: createReadStream(path), crlfDelay: Infinity }))
    } catch (error) {
      throw new CommandError(`${path} cannot be replayed: ${reasonOf(error)}`)
    }
    process.stdout.write(`${textOf(found)}\n`)
    return found.differences.length === 0 ? 0 : 1
  },
}

/** `cablegram trace`: traces of clients. */
export const traceCommand: Command = {
  name: 'trace',
  summary: 'Replay what a client has recorded for a report of a fault.',
  actions: [replay],
  options: {},
  examples: replay.examples,
  run: () => Promise.reject(new CommandLineError('name what to do: replay.')),
}

function reasonOf(error: unknown): string {
  if (error instanceof UsageError) return error.message
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file.'
  if (code === undefined) throw error
  return `${message}.`
}

const ENDS: Readonly<Record<TraceReplay['end'], string>> = {
  closed: 'The client was closed at its end.',
  full: 'It stops where it reached its size; `traceMaxBytes` allows more.',
  cut: 'It has no end: the program ended before it closed the client.',
}

function textOf({ lines, steps, end, differences }: TraceReplay): string {
  const head = `The trace has ${lines} lines and ${steps} steps of updates. ${ENDS[end]}`
  if (differences.length === 0) return `${head}\nThis version does the same in every step.`
  const parts = differences.map(
    ({ line, input, recorded, replayed }) =>
      `Line ${line} (${input}):\n  in the trace:  ${cut(recorded)}\n  this version:  ${cut(replayed)}`,
  )
  return [head, 'This version does something else, first here:', ...parts].join('\n')
}

function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}
