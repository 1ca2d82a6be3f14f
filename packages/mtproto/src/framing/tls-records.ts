import { concatBytes } from '../crypto/index.ts'
import { ProtocolError } from '../errors.ts'

/** Types of TLS records. */
export const RECORD = { changeCipherSpec: 0x14, handshake: 0x16, applicationData: 0x17 } as const

/** A record begins with its type, its version and its length. */
export const RECORD_HEAD_BYTES = 5
/** The longest contents of a record that we send; some proxies take no more. */
const MAX_SENT_BYTES = 16 * 1024
/** TLS 1.3 lets ciphers add so much (RFC 8446, section 5.2). */
const MAX_RECORD_BYTES = MAX_SENT_BYTES + 256

/** The one message that TLS 1.3 sends in a record of this type; it has no meaning. */
export const CHANGE_CIPHER_SPEC: Uint8Array = Uint8Array.of(RECORD.changeCipherSpec, 3, 3, 0, 1, 1)

/** Wraps bytes as application data, in as many records as they need. */
export function encodeTlsRecords(bytes: Uint8Array): Uint8Array {
  const count = Math.ceil(bytes.length / MAX_SENT_BYTES)
  const records = new Uint8Array(bytes.length + count * RECORD_HEAD_BYTES)
  let at = 0
  for (let start = 0; start < bytes.length; start += MAX_SENT_BYTES) {
    const contents = bytes.subarray(start, start + MAX_SENT_BYTES)
    records.set(recordHead(RECORD.applicationData, contents.length), at)
    records.set(contents, at + RECORD_HEAD_BYTES)
    at += RECORD_HEAD_BYTES + contents.length
  }
  return records
}

/** One record. @param contents at most 16 KiB */
export function encodeRecord(type: number, contents: Uint8Array): Uint8Array {
  return concatBytes(recordHead(type, contents.length), contents)
}

function recordHead(type: number, length: number): Uint8Array {
  return Uint8Array.of(type, 3, 3, length >> 8, length & 0xff)
}

/** The contents' length in a record's head. @throws ProtocolError FAKE_TLS_INVALID */
export function recordLength(head: Uint8Array): number {
  const [, major, minor, high = 0, low = 0] = head
  const length = high * 256 + low
  if (major !== 3 || minor === undefined || minor > 4 || length > MAX_RECORD_BYTES) {
    throw invalid('the peer has sent something that is not a record of TLS')
  }
  return length
}

/**
 * Takes application data out of records, as it comes; nothing is held back. However short the records are, a chunk gives one
 * piece: the steps that follow cost more than the bytes.
 */
export class TlsRecordReader {
  readonly #head = new Uint8Array(RECORD_HEAD_BYTES)
  #headBytes = 0
  /** What is left of the record that has begun. */
  #left = 0

  /**
   * @param chunk is overwritten: the data is moved together in it
   * @returns a view of the chunk, of no bytes if there is no data
   * @throws ProtocolError FAKE_TLS_INVALID
   */
  push(chunk: Uint8Array): Uint8Array {
    let [from, to, at] = [0, 0, 0]
    while (at < chunk.length) {
      if (this.#left === 0) {
        at += this.#takeHead(chunk.subarray(at, at + RECORD_HEAD_BYTES))
        continue
      }
      const end = Math.min(chunk.length, at + this.#left)
      if (this.#head[0] === RECORD.applicationData) {
        // The longest run, that of a chunk with one record, stays where it is.
        if (from === to) from = to = at
        else chunk.copyWithin(to, at, end)
        to += end - at
      }
      this.#left -= end - at
      at = end
    }
    return chunk.subarray(from, to)
  }

  #takeHead(bytes: Uint8Array): number {
    const part = bytes.subarray(0, RECORD_HEAD_BYTES - this.#headBytes)
    this.#head.set(part, this.#headBytes)
    this.#headBytes = (this.#headBytes + part.length) % RECORD_HEAD_BYTES
    if (this.#headBytes > 0) return part.length
    const [type] = this.#head
    if (type !== RECORD.applicationData && type !== RECORD.changeCipherSpec) {
      throw invalid('the peer has sent a record of TLS that carries no data, such as an alert')
    }
    this.#left = recordLength(this.#head)
    return part.length
  }
}

/** The error for a peer that does not keep up the imitation. */
export function invalid(message: string): ProtocolError {
  return new ProtocolError('FAKE_TLS_INVALID', message)
}
