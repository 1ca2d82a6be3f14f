/**
 * Just enough of an assembler to write a WebAssembly module in TypeScript: expressions are byte strings, a
 * function's body is statements joined.
 */

/** Encoded instructions; an expression leaves one i32. */
export type Code = readonly number[]

/** A local variable or parameter by its index. */
export interface Local {
  readonly get: Code
  readonly set: (value: Code) => Code
}

/** A function with i32 parameters and no result. */
export interface FunctionSource {
  readonly name: string
  readonly parameters: number
  readonly locals: number
  readonly body: Code
}

const I32 = 0x7f

/** The local with this index; parameters come first. */
export function local(index: number): Local {
  const encoded = unsigned(index)
  return { get: [0x20, ...encoded], set: (value) => [...value, 0x21, ...encoded] }
}

/** `count` locals from this index on. */
export function locals(first: number, count: number): Local[] {
  return Array.from({ length: count }, (_, i) => local(first + i))
}

/** A number, as signed 32 bits. */
export function constant(value: number): Code {
  return [0x41, ...signed(value | 0)]
}

const binary =
  (opcode: number) =>
  (a: Code, b: Code): Code => [...a, ...b, opcode]

/** a + b. */
export const add: (a: Code, b: Code) => Code = binary(0x6a)
/** a - b. */
export const subtract: (a: Code, b: Code) => Code = binary(0x6b)
/** a & b. */
export const and: (a: Code, b: Code) => Code = binary(0x71)
/** a | b. */
export const or: (a: Code, b: Code) => Code = binary(0x72)
/** a < b, both unsigned. */
export const lessThan: (a: Code, b: Code) => Code = binary(0x49)
const xor2 = binary(0x73)
const shl2 = binary(0x74)
const shr2 = binary(0x76)
const rotr2 = binary(0x78)

/** All of them xored. */
export function xor(first: Code, ...rest: readonly Code[]): Code {
  return rest.reduce(xor2, first)
}

/** All of them added. */
export function sum(first: Code, ...rest: readonly Code[]): Code {
  return rest.reduce(add, first)
}

/** Shifts left by a constant. */
export function shl(a: Code, bits: number): Code {
  return shl2(a, constant(bits))
}

/** Shifts right by a constant, zeros coming in. */
export function shr(a: Code, bits: number): Code {
  return shr2(a, constant(bits))
}

/** Rotates right by a constant. */
export function rotr(a: Code, bits: number): Code {
  return rotr2(a, constant(bits))
}

/** A word with its bytes in the other order; `t` is overwritten. */
export function swapBytes(word: Code, t: Local): Code {
  const swapped = or(and(rotr(t.get, 24), constant(0x00ff00ff)), and(rotr(t.get, 8), constant(0xff00ff00)))
  return [...t.set(word), ...swapped]
}

/** The word at `address` plus a constant. */
export function load(address: Code, offset = 0): Code {
  return [...address, 0x28, 2, ...unsigned(offset)]
}

/** The byte at `address` plus a constant. */
export function loadByte(address: Code, offset = 0): Code {
  return [...address, 0x2d, 0, ...unsigned(offset)]
}

/** Writes a word at `address` plus a constant. */
export function store(address: Code, offset: number, value: Code): Code {
  return [...address, ...value, 0x36, 2, ...unsigned(offset)]
}

/** Writes the eight bytes at `one`, xored with those at `other`, to `address`; all of them plus a constant. */
export function storeXor64(address: Code, one: Code, other: Code, offset: number): Code {
  const at = [3, ...unsigned(offset)]
  return [...address, ...one, 0x29, ...at, ...other, 0x29, ...at, 0x85, 0x37, ...at]
}

/** Runs `body` once, and again for as long as `condition` holds after it. */
export function repeatWhile(condition: Code, body: Code): Code {
  return [0x03, 0x40, ...body, ...condition, 0x0d, 0x00, 0x0b]
}

/** A module with one memory, exported as `memory`, and these functions under their names. */
export function assemble(functions: readonly FunctionSource[], memoryPages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    parameters,
    ...Array<number>(parameters).fill(I32),
    0,
  ])
  const exports = functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)])
  const bodies = functions.map((source) => {
    const code = [1, ...unsigned(source.locals), I32, ...source.body, 0x0b]
    return [...unsigned(code.length), ...code]
  })
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(
      3,
      functions.map((_, i) => unsigned(i)),
    ),
    ...section(5, [[0x01, ...unsigned(memoryPages), ...unsigned(memoryPages)]]),
    ...section(7, [[...text('memory'), 0x02, 0x00], ...exports]),
    ...section(10, bodies),
  ])
}

function section(id: number, entries: readonly Code[]): Code {
  const content = [...unsigned(entries.length), ...entries.flat()]
  return [id, ...unsigned(content.length), ...content]
}

function text(value: string): Code {
  return [value.length, ...Array.from(value, (char) => char.charCodeAt(0))]
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

function signed(value: number): Code {
  const isLast = value >= -0x40 && value < 0x40
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)]
}
