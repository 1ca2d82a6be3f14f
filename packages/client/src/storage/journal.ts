import { crc32 } from './crc32.ts'
import { SessionError } from './errors.ts'
import { applyChanges } from './state.ts'

/** First line of a journal: its format and the version of that. */
const HEADER = 'cablegram state 1'
const NEWLINE = 0x0a
/** Entries in one record of a journal that is written anew. */
const ENTRIES_PER_RECORD = 256

/** A journal that was read. */
export interface ReadJournal {
  readonly texts: Map<string, string>
  /** Bytes from the start that are whole records; what follows was cut off in the middle of a write, or is damaged. */
  readonly wholeBytes: number
}

/** A record: one write, with the checksum of its JSON before it. A key alone is deleted. */
export function encodeRecord(changes: Iterable<readonly [string, string | undefined]>): Uint8Array {
  const entries = Array.from(changes, ([key, value]) => (value === undefined ? [key] : [key, value]))
  const encoder = new TextEncoder()
  const json = JSON.stringify(entries)
  const sum = crc32(encoder.encode(json)).toString(16).padStart(8, '0')
  return encoder.encode(`${sum} ${json}\n`)
}

/** A whole journal that holds these texts and nothing older. */
export function encodeJournal(texts: ReadonlyMap<string, string>): Uint8Array {
  const parts: Uint8Array[] = [new TextEncoder().encode(`${HEADER}\n`)]
  const entries = [...texts]
  for (let from = 0; from < entries.length; from += ENTRIES_PER_RECORD) {
    parts.push(encodeRecord(entries.slice(from, from + ENTRIES_PER_RECORD)))
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/**
 * Reads a journal up to its first record that is not whole: the state as it was at that moment.
 *
 * @param name what to call it in an error
 * @throws SessionError SESSION_FOREIGN, SESSION_VERSION
 */
export function readJournal(bytes: Uint8Array, name: string): ReadJournal {
  const texts = new Map<string, string>()
  const headerEnd = bytes.indexOf(NEWLINE)
  if (!hasHeader(bytes, headerEnd, name)) return { texts, wholeBytes: 0 }
  let wholeBytes = headerEnd + 1
  for (;;) {
    const end = bytes.indexOf(NEWLINE, wholeBytes)
    const changes = end < 0 ? undefined : decodeRecord(bytes.subarray(wholeBytes, end))
    if (changes === undefined) return { texts, wholeBytes }
    applyChanges(texts, changes)
    wholeBytes = end + 1
  }
}

/** False for a journal whose first line was cut off by the end of its process: it is new. */
function hasHeader(bytes: Uint8Array, headerEnd: number, name: string): boolean {
  const first = new TextDecoder().decode(bytes.subarray(0, headerEnd < 0 ? HEADER.length + 1 : headerEnd))
  if (headerEnd >= 0 && first === HEADER) return true
  if (headerEnd < 0 && HEADER.startsWith(first)) return false
  if (/^cablegram state \d+$/.test(first)) {
    throw new SessionError('SESSION_VERSION', `${name} was written by a newer Cablegram. Update it.`)
  }
  const message = `${name} is not the state of a session. It is left as it is; move it away to start anew.`
  throw new SessionError('SESSION_FOREIGN', message)
}

function decodeRecord(line: Uint8Array): Map<string, string | undefined> | undefined {
  const json = line.subarray(9)
  const sum = new TextDecoder().decode(line.subarray(0, 9))
  if (!/^[\da-f]{8} $/.test(sum) || Number.parseInt(sum, 16) !== crc32(json)) return undefined
  // What has the right checksum was written by `encodeRecord`.
  const entries: [string, string?][] = JSON.parse(new TextDecoder().decode(json))
  return new Map(entries.map(([key, value]) => [key, value]))
}
