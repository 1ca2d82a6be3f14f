import { MtprotoError, UsageError } from '@cablegram/mtproto'
import type { Rng } from '../simulation/rng.ts'

/** A function that takes a peer's bytes. */
export interface Target {
  readonly name: string
  /** Words with a meaning here, for the mutators to insert: constructor ids, markers, magic numbers. */
  readonly words: readonly Uint8Array[]
  /** An input from nothing, in the structure that `run` takes apart. */
  make(rng: Rng): Uint8Array
  /**
   * Gives the code under test one input, and checks what can be checked. An error that {@link isTyped} does
   * not accept is a find.
   */
  run(input: Uint8Array): void | Promise<void>
}

/**
 * Whether code that was given hostile bytes may throw this: an error of ours that does not blame our
 * caller.
 */
export function isTyped(error: unknown): boolean {
  return error instanceof MtprotoError && !(error instanceof UsageError)
}

/** Runs code that may throw typed errors only; returns whether it succeeded. */
export function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (isTyped(error)) return undefined
    throw error
  }
}

/** Takes an input apart: whatever its length, there is always a next number (0 at the end). */
export class Bytes {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  byte(): number {
    const byte = this.#bytes[this.#at] ?? 0
    this.#at += 1
    return byte
  }

  short(): number {
    return this.byte() | (this.byte() << 8)
  }

  /** Up to that many bytes, copied. */
  take(length: number): Uint8Array {
    const taken = this.#bytes.slice(this.#at, this.#at + length)
    this.#at += taken.length
    return taken
  }

  rest(): Uint8Array {
    return this.take(this.left)
  }
}

/** One step of a script: the action and its bytes. */
export interface Op {
  readonly kind: number
  readonly payload: Uint8Array
}

const MAX_OPS = 48

/** An input as a script: kind, length in two bytes, payload, repeated. */
export function readOps(input: Uint8Array): Op[] {
  const bytes = new Bytes(input)
  const ops: Op[] = []
  while (bytes.left > 0 && ops.length < MAX_OPS)
    ops.push({ kind: bytes.byte(), payload: bytes.take(bytes.short()) })
  return ops
}

/** The input that {@link readOps} reads as these steps. */
export function writeOps(ops: readonly Op[]): Uint8Array {
  const parts = ops.flatMap(({ kind, payload }) => [
    Uint8Array.of(kind, payload.length, payload.length >> 8),
    payload,
  ])
  return join(...parts)
}

/** Concatenates the parts. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** A word as on the wire. */
export function word(value: number): Uint8Array {
  return Uint8Array.of(value, value >> 8, value >> 16, value >> 24)
}

/** Picks one. */
export function pick<T>(rng: Rng, items: readonly T[]): T {
  const item = items[rng.between(0, items.length - 1)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}

const POOL = new Uint8Array(1 << 16).map((_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 23)

/** Randomness for the machines that costs nothing: the same for every run. */
export function poolRandom(): (length: number) => Uint8Array {
  let at = 0
  return (length) => {
    at = at + length > POOL.length ? 0 : at
    at += length
    return POOL.slice(at - length, at)
  }
}

/**
 * Inserts values that only a run can know: a {@link MARK} word and a number behind it stand for one of
 * `values`. Lengths stay as they are.
 */
export function substitute(payload: Uint8Array, values: readonly Uint8Array[]): Uint8Array {
  if (values.length === 0) return payload
  for (let at = 0; at + 8 <= payload.length; at += 4) {
    if (payload[at] !== MARK || payload[at + 1] !== MARK || payload[at + 2] !== MARK) continue
    const value = values[(payload[at + 4] ?? 0) % values.length]
    if (value) payload.set(value.subarray(0, payload.length - at), at)
  }
  return payload
}

/** Four of these begin a {@link substitute}d place. */
export const MARK = 0xf1

/** The input for the `index`-th substituted value, in that many bytes. */
export function mark(index: number, length = 8): Uint8Array {
  const bytes = new Uint8Array(length)
  bytes.fill(MARK, 0, 4)
  bytes[4] = index
  return bytes
}
