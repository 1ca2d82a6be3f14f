import { sha256 } from '@cablegram/mtproto/crypto'

/** Numbers of TL that say where an update stands: counters, dates, and the numbers of messages. */
const KEPT_NUMBERS: ReadonlySet<string> = new Set([
  'pts',
  'ptsCount',
  'qts',
  'seq',
  'seqStart',
  'date',
  'timeout',
  'id',
  'messages',
  'maxId',
  'topMessage',
  'msgId',
  'replyToMsgId',
])

/** Gives an id another one, always the same for the same id. */
export type RenameId = (id: bigint) => bigint

/**
 * Names for ids that a trace uses instead of them. Without the salt nobody finds the ids again, though there are few of them.
 *
 * @param salt 32 random bytes, which are kept nowhere
 */
export function renameIds(salt: Uint8Array): RenameId {
  return (id) => {
    // Absent, in many fields.
    if (id === 0n) return id
    const hash = sha256(salt, new TextEncoder().encode(String(id)))
    return new DataView(hash.buffer, hash.byteOffset).getBigUint64(0) >> 1n
  }
}

/**
 * A value of the updates machine without what is private. Values of TL keep their constructors, flags, counters and dates;
 * texts become `x` of the same length, bytes become their length (`16b`), ids are renamed, and all other numbers are 0.
 * The machine's own words are kept.
 */
export function redacted(value: unknown, rename: RenameId): unknown {
  return isTl(value) ? redactTl(value, '', rename) : redactWords(value, rename)
}

function redactWords(value: unknown, rename: RenameId): unknown {
  if (typeof value === 'bigint') return rename(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => redacted(each, rename))
  if (value instanceof Map) {
    return new Map(Array.from(value, ([key, each]) => [redacted(key, rename), redacted(each, rename)]))
  }
  return mapFields(value, (each) => redacted(each, rename))
}

/** @param name of the field that the value is in */
function redactTl(value: unknown, name: string, rename: RenameId): unknown {
  switch (typeof value) {
    case 'string':
      return 'x'.repeat(value.length)
    case 'number':
      return KEPT_NUMBERS.has(name) ? value : 0
    case 'bigint':
      return rename(value)
    case 'boolean':
      return value
    case 'object':
      if (value === null) return null
      if (value instanceof Uint8Array) return `${value.length}b`
      if (Array.isArray(value)) return value.map((each) => redactTl(each, name, rename))
      return mapFields(value, (each, key) => (key === '_' ? each : redactTl(each, key, rename)))
    default:
      return undefined
  }
}

function mapFields(value: object, map: (each: unknown, key: string) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, map(each, key)]))
}

function isTl(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_' in value
}
