import { deserialize } from 'node:v8'

/** Marks of values that JSON does not have. Outcomes have no field of these names. */
const BIGINT = '$bigint'
const BYTES = '$bytes'
/** First byte of an outcome that a version before this form kept; JSON never begins with it. */
const V8_HEADER = 0xff

/**
 * Writes an outcome as bytes that every version of Node reads: nodes of a rolling upgrade share these rows, and the form of
 * `node:v8` changes with Node.
 *
 * @param outcome plain data: objects, arrays, texts, numbers, booleans, bigints and bytes; undefined fields are left out
 */
export function outcomeToBytes(outcome: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(marked(outcome)))
}

/** Reads an outcome that {@link outcomeToBytes} wrote. */
export function bytesToOutcome(bytes: Uint8Array): unknown {
  if (bytes[0] === V8_HEADER) return deserialize(bytes)
  return JSON.parse(Buffer.from(bytes).toString(), (_, value: unknown) => unmarked(value))
}

function marked(value: unknown): unknown {
  if (typeof value === 'bigint') return { [BIGINT]: String(value) }
  if (value instanceof Uint8Array) return { [BYTES]: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(marked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, marked(field)]))
}

function unmarked(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (BIGINT in value && typeof value[BIGINT] === 'string') return BigInt(value[BIGINT])
  if (BYTES in value && typeof value[BYTES] === 'string')
    return new Uint8Array(Buffer.from(value[BYTES], 'base64'))
  return value
}
