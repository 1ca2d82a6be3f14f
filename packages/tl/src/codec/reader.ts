import { DecodeError } from '../errors.ts'
import { BOOL_FALSE, BOOL_TRUE, VECTOR } from './ids.ts'
import { LIMITS } from './limits.ts'
import { decodeAscii, decodeUtf8, isWorthScanning } from './text.ts'

const longScratch = new BigInt64Array(1)
const longHalves = new Int32Array(longScratch.buffer)
const doubleScratch = new Float64Array(longScratch.buffer)

/** Largest value whose bytes fields all share one copy, and so one ArrayBuffer. */
const SHARED_COPY_BYTES = 0x10000
/** Shortest value that a reader lends: a shorter one costs less to copy than to keep its buffer for. */
const LENT_BYTES = 0x4000

/**
 * Reads TL from bytes. Every read returns a value or throws a DecodeError, for any bytes. Each length and count
 * is checked against the bytes left before memory is allocated for it. Returned bytes are copies, except those
 * of `view`, and long ones of a reader that lends.
 *
 * TL is aligned to four bytes, so the cursor counts 32-bit words. The machine must be little-endian, as all that
 * run JavaScript today are. Bytes that do not start on a word boundary in memory are copied once.
 */
export class TlReader {
  private readonly bytesAll: Uint8Array
  private readonly words: Int32Array
  private readonly limit: number
  private readonly lendsBytes: boolean
  private at = 0
  private depth = 0
  private lastId: number | undefined
  private copy: Uint8Array | undefined

  /** @param lendsBytes `bytes` gives views of values that are long */
  constructor(bytes: Uint8Array, lendsBytes = false) {
    this.lendsBytes = lendsBytes
    const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
    this.bytesAll = aligned
    this.limit = aligned.length >> 2
    this.words = new Int32Array(aligned.buffer, aligned.byteOffset, this.limit)
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.at * 4
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.bytesAll.length - this.at * 4
  }

  /** A signed 32-bit int. */
  int(): number {
    const { at } = this
    if (at >= this.limit) this.fail('an int is cut off')
    this.at = at + 1
    return this.words[at] as number
  }

  /** An unsigned 32-bit int. */
  uint(): number {
    return this.int() >>> 0
  }

  /** A constructor id, as a signed int. Later errors of this reader name it. */
  id(): number {
    const id = this.int()
    this.lastId = id
    return id
  }

  /** Peeks at the next constructor id, unsigned; undefined at the end. */
  peekId(): number | undefined {
    return this.at < this.limit ? (this.words[this.at] as number) >>> 0 : undefined
  }

  /** Reads a constructor id and checks that it is this one (a signed int). */
  expect(id: number): void {
    const found = this.id()
    if (found !== id) this.unknown(`#${(id >>> 0).toString(16).padStart(8, '0')}`)
  }

  /** A signed 64-bit long. */
  long(): bigint {
    const { at } = this
    if (at + 2 > this.limit) this.fail('a long is cut off')
    this.at = at + 2
    longHalves[0] = this.words[at] as number
    longHalves[1] = this.words[at + 1] as number
    return longScratch[0] as bigint
  }

  double(): number {
    const { at } = this
    if (at + 2 > this.limit) this.fail('a double is cut off')
    this.at = at + 2
    longHalves[0] = this.words[at] as number
    longHalves[1] = this.words[at + 1] as number
    return doubleScratch[0] as number
  }

  bool(): boolean {
    const id = this.id()
    if (id === BOOL_TRUE) return true
    if (id !== BOOL_FALSE) this.unknown('Bool')
    return false
  }

  int128(): Uint8Array {
    return this.raw(16)
  }

  int256(): Uint8Array {
    return this.raw(32)
  }

  /** Copies that many raw bytes. The length may come from a peer, so a length that is not a multiple of four is refused. */
  raw(length: number): Uint8Array {
    if (length < 0 || length & 3) this.fail(`raw bytes cannot have length ${length}`)
    if (length > this.remaining) this.fail(`${length} raw bytes are cut off`)
    const start = this.at * 4
    this.at += length >> 2
    return this.bytesAll.slice(start, start + length)
  }

  bytes(): Uint8Array {
    const start = this.header()
    const { length } = this
    if (this.lendsBytes && length >= LENT_BYTES) return this.bytesAll.subarray(start, start + length)
    // Small arrays live in V8's own heap and are cheap; an ArrayBuffer costs more than copying all there is.
    if (length <= 64 || this.bytesAll.length > SHARED_COPY_BYTES) {
      return this.bytesAll.slice(start, start + length)
    }
    this.copy ??= this.bytesAll.slice()
    return this.copy.subarray(start, start + length)
  }

  /** Like `bytes`, but returns a view: valid as long as the underlying buffer is. */
  view(): Uint8Array {
    const start = this.header()
    return this.bytesAll.subarray(start, start + this.length)
  }

  /** Reads text. Invalid UTF-8 is a DecodeError, because it could not be written back unchanged. */
  string(): string {
    const from = this.at
    const start = this.header()
    const { length } = this
    if (length === 0) return ''
    if (isWorthScanning(length) && this.isAscii(start)) {
      return decodeAscii(this.bytesAll, start, start + length)
    }
    const text = decodeUtf8(this.bytesAll, start, start + length)
    if (text === undefined) {
      this.at = from
      this.fail('a string is not UTF-8')
    }
    return text
  }

  /** Reads the number of items that follow. Each takes at least four bytes, so a count the remaining bytes cannot hold is refused. */
  count(minItemBytes: number): number {
    const count = this.int()
    if (count < 0 || count * Math.max(4, minItemBytes) > this.remaining)
      this.fail(`a count of ${count} is cut off`)
    return count
  }

  /** Reads the id and the count of a boxed vector. */
  vectorCount(minItemBytes: number): number {
    if (this.id() !== VECTOR) this.unknown('Vector')
    return this.count(minItemBytes)
  }

  /** Reads a boxed vector item by item; each item is at least `minItemBytes` long (4 or more). */
  vector<T>(readItem: (reader: TlReader) => T, minItemBytes = 4): T[] {
    const items = new Array<T>(this.vectorCount(minItemBytes))
    for (let index = 0; index < items.length; index++) items[index] = readItem(this)
    return items
  }

  /** Copies all remaining bytes. */
  rest(): Uint8Array {
    const start = this.at * 4
    this.at = this.limit
    if (this.bytesAll.length & 3) this.fail('the length is not a multiple of 4')
    return this.bytesAll.slice(start)
  }

  /** Enters a value of a type that can contain itself. */
  enter(): void {
    if (++this.depth > LIMITS.maxDepth) this.fail('values are nested too deep')
  }

  /** Leaves that value. */
  leave(): void {
    this.depth--
  }

  /** @throws DecodeError if bytes are left. */
  end(): void {
    if (this.remaining !== 0) this.fail(`${this.remaining} bytes are left over`)
  }

  /** Fails because the id just read does not belong to `expected`. @throws DecodeError */
  unknown(expected: string): never {
    this.at--
    this.fail(`expected ${expected}`)
  }

  /** @throws DecodeError at the cursor. */
  fail(message: string): never {
    throw new DecodeError(message, { offset: this.at * 4, constructorId: this.lastId })
  }

  /** Tells whether the text from `start` to the cursor is ASCII, that is, whether no byte has its high bit set. */
  private isAscii(start: number): boolean {
    const { words, at } = this
    // The header's own bytes do not count.
    let bits = (words[start >> 2] as number) & (start & 3 ? 0x80808000 : 0x80808080)
    for (let word = (start >> 2) + 1; word < at; word++) bits |= words[word] as number
    return (bits & 0x80808080) === 0
  }

  /** Length in bytes, as found by `header`. */
  private length = 0

  /** Reads the length of a string or bytes, moves past the data and returns the offset of its first byte. */
  private header(): number {
    const { at } = this
    if (at >= this.limit) this.fail('a length is cut off')
    const word = this.words[at] as number
    const short = word & 255
    const length = short < 254 ? short : word >>> 8
    if (short === 255) this.fail('a length has the reserved prefix 255')
    const start = short < 254 ? at * 4 + 1 : at * 4 + 4
    const next = (start + length + 3) >> 2
    if (next > this.limit) this.fail(`${length} bytes are cut off`)
    this.at = next
    this.length = length
    return start
  }
}
