import type { Rng } from '../simulation/rng.ts'
import { join, pick, readOps, type Target, word, writeOps } from './target.ts'

const MAX_INPUT_BYTES = 4096
const NUMBERS = [
  0,
  1,
  -1,
  2,
  4,
  16,
  100,
  127,
  128,
  254,
  255,
  256,
  1020,
  1024,
  32767,
  65535,
  1 << 24,
  0x7fffffff,
  -0x80000000,
]

/** An input near `seed`, with one to six changes; `other` lends parts. */
export function mutate(target: Target, seed: Uint8Array, other: Uint8Array, rng: Rng): Uint8Array {
  let input = seed
  for (let left = rng.between(1, 6); left > 0; left--) input = change(target, input, other, rng)
  return input.length > MAX_INPUT_BYTES ? input.slice(0, MAX_INPUT_BYTES) : input
}

function change(target: Target, input: Uint8Array, other: Uint8Array, rng: Rng): Uint8Array {
  if (input.length === 0) return rng.bytes(rng.between(1, 64))
  const at = rng.between(0, input.length - 1)
  const wordAt = at & ~3
  switch (rng.between(0, 13)) {
    case 0:
      return edited(input, (bytes) => {
        bytes[at] = (bytes[at] ?? 0) ^ (1 << rng.between(0, 7))
      })
    case 1:
      return edited(input, (bytes) => {
        bytes[at] = rng.between(0, 255)
      })
    case 2:
      return edited(input, (bytes) => {
        bytes[at] = (bytes[at] ?? 0) + rng.between(-4, 4)
      })
    case 3:
      return overwritten(input, at, word(pick(rng, NUMBERS)))
    case 4:
    case 5:
      return target.words.length > 0
        ? overwritten(input, rng.chance(0.5) ? at : wordAt, pick(rng, target.words))
        : input
    case 6:
      return target.words.length > 0
        ? join(input.subarray(0, at), pick(rng, target.words), input.subarray(at))
        : input
    case 7:
      return input.slice(0, at)
    case 8: {
      const end = Math.min(input.length, at + pick(rng, [1, 4, 8, 16, 64]))
      return join(input.subarray(0, at), input.subarray(end))
    }
    case 9:
      return join(input.subarray(0, at), rng.bytes(pick(rng, [1, 3, 4, 8, 16])), input.subarray(at))
    case 10: {
      const part = input.subarray(at, at + pick(rng, [4, 8, 16, 64]))
      return join(input.subarray(0, at), part, input.subarray(at))
    }
    case 11: {
      const from = rng.between(0, Math.max(0, other.length - 1))
      return join(input.subarray(0, at), other.subarray(from, from + rng.between(1, 200)), input.subarray(at))
    }
    case 12:
      return changeOps(input, other, rng)
    default:
      return join(input, other)
  }
}

/**
 * Repeats, drops, swaps or borrows whole steps of a script; any other input becomes a script, which does no
 * harm.
 */
function changeOps(input: Uint8Array, other: Uint8Array, rng: Rng): Uint8Array {
  const ops = readOps(input)
  const borrowed = pick(rng, [...readOps(other), ...ops])
  const at = rng.between(0, ops.length)
  const way = rng.next()
  if (way < 0.3) ops.splice(at, 1)
  else if (way < 0.5) ops.splice(at, 1, { kind: rng.between(0, 15), payload: borrowed.payload })
  else ops.splice(at, 0, borrowed)
  return writeOps(ops)
}

function edited(input: Uint8Array, edit: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = input.slice()
  edit(bytes)
  return bytes
}

function overwritten(input: Uint8Array, at: number, value: Uint8Array): Uint8Array {
  return edited(input, (bytes) => bytes.set(value.subarray(0, bytes.length - at), at))
}
