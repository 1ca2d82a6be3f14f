import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Rng } from '../simulation/rng.ts'
import { keep, readCorpus } from './corpus.ts'
import { Coverage } from './coverage.ts'
import { mutate } from './mutate.ts'
import { isTyped, pick, type Target } from './target.ts'
import { Watchdog } from './watchdog.ts'

/** The length and mode of a run. */
export interface FuzzOptions {
  readonly runs: number
  readonly seconds: number
  readonly seed: number
  /** Keep inputs that reach new code. */
  readonly isGuided: boolean
}

/** Longer than any input may take, on a machine that is also doing other work. */
const HANG_MS = 10_000
const BATCH = 400
/** The memory of a process may grow by this much between its first fifth and its end. */
const MAX_GROWTH_BYTES = 48 * 1024 * 1024
const MAX_CORPUS = 250
/** From nothing, rather than near an existing input. */
const FRESH_SHARE = 0.1

/** An input that broke something. */
export class Find extends Error {}

/** Runs one target; returns what it did. */
export async function fuzz(target: Target, options: FuzzOptions): Promise<string> {
  const { runs, seconds, seed, isGuided } = options
  const rng = new Rng(seed)
  const corpus = readCorpus(target.name)
  const watchdog = new Watchdog(target.name, HANG_MS)
  const startedMs = performance.now()
  const endsAtMs = startedMs + seconds * 1000
  Error.stackTraceLimit = 0
  const run = async (input: Uint8Array) => {
    watchdog.watch(input)
    try {
      await runOne(target, input)
    } catch (error) {
      process.stderr.write(`${keep(target.name, input, 'find-')}\n`)
      throw error
    }
  }
  for (const input of corpus) await run(input)
  const coverage = isGuided ? new Coverage() : undefined
  coverage?.skip()
  for (const input of corpus) await run(input)
  coverage?.take()
  let done = corpus.length
  let kept = 0
  let firstBytes: number | undefined
  while (done < runs && performance.now() < endsAtMs) {
    const batch = Array.from({ length: Math.min(BATCH, runs - done) }, () => nextInput(target, corpus, rng))
    coverage?.skip()
    for (const input of batch) await run(input)
    done += batch.length
    // Node frees the memory of a failed zlib call in the next turn.
    await setImmediate()
    if (coverage && corpus.length < MAX_CORPUS && coverage.peek() > 0) {
      for (const input of await newest(batch, coverage, run)) {
        keep(target.name, input)
        corpus.push(input)
        kept += 1
      }
    }
    if (firstBytes === undefined && (done > runs / 5 || performance.now() > startedMs + seconds * 200))
      firstBytes = usedBytes()
  }
  const growth = firstBytes === undefined ? 0 : usedBytes() - firstBytes
  coverage?.close()
  await watchdog.close()
  if (growth > MAX_GROWTH_BYTES)
    throw new Find(`${target.name}: memory has grown by ${growth} bytes in ${done} runs`)
  const tookS = (performance.now() - startedMs) / 1000
  return `${target.name}: ${done} runs in ${tookS.toFixed(1)} s, ${kept} kept, ${corpus.length} in the corpus, memory ${growth >= 0 ? '+' : ''}${(growth / 1e6).toFixed(1)} MB, seed ${seed}`
}

/** Gives a target one input. @throws Find */
export async function runOne(target: Target, input: Uint8Array): Promise<void> {
  try {
    const running = target.run(input.slice())
    if (running) await running
  } catch (error) {
    if (isTyped(error)) return
    throw new Find(`${target.name}: ${Buffer.from(input).toString('hex')}`, {
      cause: (await again(target, input)) ?? error,
    })
  }
}

/**
 * The same failure with a stack. The many expected failures have none: taking one is most of their cost.
 */
async function again(target: Target, input: Uint8Array): Promise<unknown> {
  Error.stackTraceLimit = 20
  try {
    await target.run(input.slice())
    return undefined
  } catch (error) {
    return error
  } finally {
    Error.stackTraceLimit = 0
  }
}

function nextInput(target: Target, corpus: readonly Uint8Array[], rng: Rng): Uint8Array {
  if (corpus.length === 0 || rng.chance(FRESH_SHARE)) return target.make(rng)
  return mutate(target, pick(rng, corpus), pick(rng, corpus), rng)
}

/** The inputs of a batch that reach something new: a half that does not is skipped whole. */
async function newest(
  batch: readonly Uint8Array[],
  coverage: Coverage,
  run: (input: Uint8Array) => Promise<void>,
): Promise<Uint8Array[]> {
  coverage.skip()
  for (const input of batch) await run(input)
  if (batch.length === 1) return coverage.take() > 0 ? [...batch] : []
  if (coverage.peek() === 0) return []
  const half = batch.length >> 1
  return [
    ...(await newest(batch.slice(0, half), coverage, run)),
    ...(await newest(batch.slice(half), coverage, run)),
  ]
}

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

function usedBytes(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
