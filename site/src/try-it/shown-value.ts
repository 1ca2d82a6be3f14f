import { encodeHex } from './bytes.ts'

const MAX_CHARS = 20_000

/** A value as a program would write it: longs with `n`, bytes in hexadecimal. */
export function shownValue(value: unknown): string {
  const text = shown(value, '')
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS)}\n… (${text.length} characters)` : text
}

function shown(value: unknown, indent: string): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array) return `bytes('${encodeHex(value)}')`
  if (typeof value !== 'object' || value === null) return String(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((item) => `${inner}${shown(item, inner)},\n`).join('')}${indent}]`
  }
  const fields = Object.entries(value).filter(([, each]) => each !== undefined)
  if (fields.length === 0) return '{}'
  return `{\n${fields.map(([key, each]) => `${inner}${key}: ${shown(each, inner)},\n`).join('')}${indent}}`
}
