/** Values on their way to PostgreSQL and back: rows look like those of SQLite. */
import type { Statement, Value } from '../decision.ts'

const parsers: ReadonlyMap<number, (text: string) => Value> = new Map<number, (text: string) => Value>([
  // bool, int8, int2, int4
  [16, (text) => (text === 't' ? 1n : 0n)],
  [20, BigInt],
  [21, BigInt],
  [23, BigInt],
  [17, bytesOf],
  [700, Number],
  [701, Number],
  // numeric: the sum of int8
  [1700, (text) => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text))],
])

/** Parser of a column for `pg`: integers and booleans become bigints, bytea a Uint8Array. */
export function parserOf(typeId: number): (text: string) => Value {
  return parsers.get(typeId) ?? String
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.slice(2), 'hex'))
}

/**
 * The values of a statement by place. PostgreSQL has no texts with a zero character: U+FFFD takes its place.
 *
 * @throws {TypeError} for a parameter without a value
 */
export function placedValues(
  { names, text }: Statement,
  params: Readonly<Record<string, Value>>,
): readonly Value[] {
  return names.map((name) => {
    const value = params[name]
    if (value === undefined) throw new TypeError(`no value for :${name} in ${text}`)
    return typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value
  })
}
