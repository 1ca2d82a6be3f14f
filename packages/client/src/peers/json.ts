import { encodeBase64 } from '../storage/base64.ts'

/** A value as JSON can hold it: longs as decimal strings, bytes as base64. */
export function jsonOf(value: object): object {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]))
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return encodeBase64(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : jsonOf(value)
}
