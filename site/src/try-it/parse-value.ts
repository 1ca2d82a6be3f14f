import { decodeBase64, decodeHex } from './bytes.ts'

const MAX_INT = 2 ** 31 - 1
const MAX_LONG = 2n ** 63n - 1n
const NUMBER_BYTES: Readonly<Record<string, number>> = { int128: 16, int256: 32 }

/** Says what is wrong with a text that was typed. */
export class ValueProblem extends Error {}

/** The types that one field of text gives. */
export function isTyped(type: string): boolean {
  return ['string', 'int', 'long', 'double', 'bytes', 'int128', 'int256'].includes(type)
}

/** Placeholder of a field: the form of its text. */
export function formOf(type: string): string {
  if (type === 'string') return 'text'
  if (type === 'int') return 'a whole number of 32 bits'
  if (type === 'long') return 'a whole number of 64 bits'
  if (type === 'double') return 'a number'
  const length = NUMBER_BYTES[type]
  return `${length === undefined ? 'bytes' : `${length} bytes`} in hexadecimal or base64`
}

/** The value that a text stands for. @throws ValueProblem */
export function parseValue(type: string, text: string): unknown {
  if (type === 'string') return text
  const plain = text.replace(/[\s_]/g, '')
  if (type === 'int') return parseInt32(plain)
  if (type === 'long') return parseLong(plain)
  if (type === 'double') return parseDouble(plain)
  return parseBytes(type, text.replace(/\s/g, ''))
}

function parseInt32(text: string): number {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= -MAX_INT - 1 && value <= MAX_INT) return value
  throw new ValueProblem(`Give a whole number from ${-MAX_INT - 1} to ${MAX_INT}.`)
}

function parseLong(text: string): bigint {
  const value = /^-?\d{1,20}$/.test(text) ? BigInt(text) : undefined
  if (value !== undefined && value >= -MAX_LONG - 1n && value <= MAX_LONG) return value
  throw new ValueProblem(`Give a whole number from ${-MAX_LONG - 1n} to ${MAX_LONG}.`)
}

function parseDouble(text: string): number {
  const value = text === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  throw new ValueProblem('Give a number, such as 1.5.')
}

/** An even number of hexadecimal digits is hexadecimal, everything else base64. */
function parseBytes(type: string, text: string): Uint8Array {
  const bytes = decodeHex(text) ?? decodeBase64(text)
  if (bytes === undefined)
    throw new ValueProblem('Give bytes as hexadecimal digits, two a byte, or as base64.')
  const length = NUMBER_BYTES[type]
  if (length === undefined || bytes.length === length) return bytes
  throw new ValueProblem(`Give ${length} bytes; these are ${bytes.length}.`)
}
