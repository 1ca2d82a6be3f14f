import { bytesToHex, hexToBytes } from '../crypto/index.ts'
import type { ClientInput, ClientOutput, ServerInput, ServerOutput } from '../machine.ts'
import { makeClient, makeServer } from './machines.ts'
import type { Scenario } from './scenario.ts'

/** The inputs of a machine and their times: enough to make it do the same again. */
export type Transcript =
  | {
      readonly side: 'client'
      readonly number: number
      readonly scenario: Scenario
      readonly inputs: (readonly [nowMs: number, input: ClientInput])[]
    }
  | {
      readonly side: 'server'
      /** The number of restarts before. */
      readonly number: number
      readonly scenario: Scenario
      readonly inputs: (readonly [nowMs: number, input: ServerInput])[]
    }

/** A transcript as text: a line for the machine, and one for each input. */
export function formatTranscript({ inputs, ...machine }: Transcript): string {
  return [machine, ...inputs].map((line) => `${JSON.stringify(line, replacer)}\n`).join('')
}

/** The transcript that `formatTranscript` has written. */
export function parseTranscript(text: string): Transcript {
  const [machine, ...inputs] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line, reviver))
  return { ...machine, inputs }
}

/** Gives a machine like the transcript's the same inputs; what each step puts out. */
export function replay(transcript: Transcript): (readonly (ClientOutput | ServerOutput)[])[] {
  const { scenario, number } = transcript
  if (transcript.side === 'client') {
    const client = makeClient(scenario, number)
    return transcript.inputs.map(([nowMs, input]) => client.step(input, nowMs))
  }
  const server = makeServer(scenario, number)
  return transcript.inputs.map(([nowMs, input]) => server.step(input, nowMs))
}

function replacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { long: String(value) }
  return value instanceof Uint8Array ? { bytes: bytesToHex(value) } : value
}

function reviver(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if ('long' in value && typeof value.long === 'string') return BigInt(value.long)
  return 'bytes' in value && typeof value.bytes === 'string' ? hexToBytes(value.bytes) : value
}
