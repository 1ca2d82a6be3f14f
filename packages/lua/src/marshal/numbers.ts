import { LUA_TYPE } from '../state/module.ts'
import type { Stack } from '../state/stack.ts'
import type { Path } from './path.ts'

const [MIN_INT, MAX_INT] = [-(2n ** 31n), 2n ** 31n - 1n]

/** Reads an `int`: an integer of Lua, or a float that is a whole number. */
export function readInt(stack: Stack, index: number, path: Path): number {
  const value = wholeNumber(stack, index)
  if (value === undefined || value < MIN_INT || value > MAX_INT) {
    throw path.expected('a 32-bit integer', stack.describe(index))
  }
  return Number(value)
}

/** Reads a `long`. A float beyond 2^53 may have lost digits already, so it is refused. */
export function readLong(stack: Stack, index: number, path: Path): bigint {
  const value = wholeNumber(stack, index)
  if (value !== undefined) return value
  const isLowest = stack.type(index) === LUA_TYPE.number && stack.number(index) === -(2 ** 63)
  const hint = isLowest ? ', a float in Lua: write math.mininteger' : ''
  throw path.expected('a 64-bit integer', stack.describe(index) + hint)
}

/** Reads a `double`: any number. */
export function readDouble(stack: Stack, index: number, path: Path): number {
  if (stack.type(index) !== LUA_TYPE.number) throw path.expected('a number', stack.describe(index))
  return stack.number(index)
}

/** Reads a number of any kind: a long as a bigint if it is larger than an int. */
export function plainNumber(stack: Stack, index: number): number | bigint {
  if (!stack.isInteger(index)) return stack.number(index)
  const value = stack.integer(index)
  return value >= MIN_INT && value <= MAX_INT ? Number(value) : value
}

function wholeNumber(stack: Stack, index: number): bigint | undefined {
  if (stack.type(index) !== LUA_TYPE.number) return undefined
  if (stack.isInteger(index)) return stack.integer(index)
  const value = stack.number(index)
  return Number.isSafeInteger(value) ? BigInt(value) : undefined
}
