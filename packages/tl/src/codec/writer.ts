import { UsageError } from '../errors.ts'
import { BOOL_FALSE, BOOL_TRUE, VECTOR } from './ids.ts'
import { LIMITS } from './limits.ts'
import { encodeUtf8 } from './text.ts'

const longScratch = new BigInt64Array(1)
const longHalves = new Int32Array(longScratch.buffer)
const doubleScratch = new Float64Array(longScratch.buffer)

/** Longest text written unit by unit: below this length a call into the runtime costs more. */
const SHORT_TEXT = 24

/**
 * Writes TL into one growing buffer; `take` copies the result out and starts over. A value of the wrong type is
 * a UsageError with code `TL_VALUE`.
 */
export class TlWriter {
  private bytesAll: Uint8Array
  private words: Int32Array
  private capacity: number
  private at = 0
  private depth = 0

  constructor(initialBytes = 4096) {
    this.capacity = (initialBytes + 3) >> 2
    this.words = new Int32Array(this.capacity)
    this.bytesAll = new Uint8Array(this.words.buffer)
  }

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.at * 4
  }

  /** A 32-bit number: signed, or unsigned, as times are from 2038 on. */
  int(value: number): void {
    // A bigint or a symbol would throw an error of JavaScript's own.
    const isInt = typeof value === 'number' && ((value | 0) === value || value >>> 0 === value)
    if (!isInt) this.bad('a signed 32-bit number', value)
    const { at } = this
    if (at >= this.capacity) this.grow(1)
    this.words[at] = value
    this.at = at + 1
  }

  uint(value: number): void {
    if (typeof value !== 'number' || value >>> 0 !== value) this.bad('an unsigned 32-bit number', value)
    this.int(value | 0)
  }

  long(value: bigint): void {
    if (typeof value !== 'bigint') this.bad('a bigint', value)
    const { at } = this
    if (at + 2 > this.capacity) this.grow(2)
    longScratch[0] = value
    if (longScratch[0] !== value) this.bad('a signed 64-bit bigint', value)
    this.words[at] = longHalves[0] as number
    this.words[at + 1] = longHalves[1] as number
    this.at = at + 2
  }

  /** Writes a long that an older layer declares as an int: ids of users and chats, before layer 133. Also takes an int. */
  narrow(value: bigint | number): void {
    if (typeof value === 'number') {
      this.int(value)
      return
    }
    if (typeof value !== 'bigint') this.bad('a bigint', value)
    const number = Number(value)
    if ((number | 0) !== number) {
      throw new UsageError(
        'TL_VALUE',
        'expected a bigint that fits 32 bits: this layer has only an int for it',
      )
    }
    this.int(number)
  }

  double(value: number): void {
    if (typeof value !== 'number') this.bad('a number', value)
    const { at } = this
    if (at + 2 > this.capacity) this.grow(2)
    doubleScratch[0] = value
    this.words[at] = longHalves[0] as number
    this.words[at + 1] = longHalves[1] as number
    this.at = at + 2
  }

  bool(value: boolean): void {
    if (value === true) this.int(BOOL_TRUE)
    else if (value === false) this.int(BOOL_FALSE)
    else this.bad('a boolean', value)
  }

  int128(value: Uint8Array): void {
    if (!(value instanceof Uint8Array) || value.length !== 16) this.bad('16 bytes', value)
    this.raw(value)
  }

  int256(value: Uint8Array): void {
    if (!(value instanceof Uint8Array) || value.length !== 32) this.bad('32 bytes', value)
    this.raw(value)
  }

  /** Writes raw bytes; their number must be a multiple of four. */
  raw(value: Uint8Array): void {
    if (!(value instanceof Uint8Array) || value.length & 3) this.bad('bytes in a multiple of 4', value)
    const size = value.length >> 2
    if (this.at + size > this.capacity) this.grow(size)
    this.bytesAll.set(value, this.at * 4)
    this.at += size
  }

  bytes(value: Uint8Array): void {
    if (!(value instanceof Uint8Array)) this.bad('bytes', value)
    const { length } = value
    if (length > LIMITS.maxStringBytes) this.bad('bytes of at most 2^24 - 1', value)
    const size = (length >> 2) + 2
    if (this.at + size > this.capacity) this.grow(size)
    const start = this.header(length)
    this.bytesAll.set(value, start)
    this.finish(start + length)
  }

  /** Writes text as UTF-8; an unpaired surrogate becomes U+FFFD. */
  string(value: string): void {
    if (typeof value !== 'string') this.bad('a string', value)
    const { length } = value
    const size = ((length * 3) >> 2) + 2
    if (this.at + size > this.capacity) this.grow(size)
    const start = this.at * 4 + 1
    if (length <= SHORT_TEXT) {
      const { bytesAll } = this
      let index = 0
      for (; index < length; index++) {
        const unit = value.charCodeAt(index)
        if (unit > 127) break
        bytesAll[start + index] = unit
      }
      if (index === length) {
        bytesAll[start - 1] = length
        this.finish(start + length)
        return
      }
    }
    this.longText(value, start)
  }

  /** Writes the id and count of a boxed vector. */
  vector(count: number): void {
    this.int(VECTOR)
    this.int(count)
  }

  /** Checks a vector field and returns its number of items. */
  count(items: readonly unknown[]): number {
    if (!Array.isArray(items)) this.bad('an array', items)
    return items.length
  }

  /** Enters a value of a type that can contain itself. */
  enter(): void {
    if (++this.depth > LIMITS.maxDepth) this.bad(`nested at most ${LIMITS.maxDepth} deep`, {})
  }

  /** Leaves that value. */
  leave(): void {
    this.depth--
  }

  /** Returns a copy of the bytes written and empties the writer. */
  take(): Uint8Array {
    const taken = this.bytesAll.slice(0, this.at * 4)
    this.reset()
    return taken
  }

  /** Discards the bytes written. */
  reset(): void {
    this.at = 0
    this.depth = 0
  }

  /** Fails because `value` is not a constructor of `type`. */
  wrong(type: string, value: unknown): never {
    const name = typeof value === 'object' && value !== null ? (value as { _?: unknown })._ : undefined
    // "a User", although U is a vowel.
    const wanted = `${/^(?:[AEIO]|Up)/i.test(type) ? 'an' : 'a'} ${type}`
    if (typeof name !== 'string') this.bad(wanted, value)
    throw new UsageError('TL_VALUE', `expected ${wanted}, and ${name} is not one`)
  }

  /** Fails because `value` has the wrong type. The message leaves the content out: it may be a password. */
  bad(wanted: string, value: unknown): never {
    if (value === undefined) throw new UsageError('TL_VALUE', `expected ${wanted}`)
    const isNumber = typeof value === 'number' && wanted.includes('number')
    throw new UsageError('TL_VALUE', `expected ${wanted}, not ${isNumber ? value : kindOf(value)}`)
  }

  private longText(value: string, start: number): void {
    // Below 254 bytes the length takes one byte, else four; only for lengths in between must we look.
    const isLong = value.length >= 254
    const first = isLong ? start + 3 : start
    const length = encodeUtf8(value, this.bytesAll, first)
    if (length > LIMITS.maxStringBytes) this.bad('a string of at most 2^24 - 1 bytes', value)
    if (!isLong && length >= 254) this.bytesAll.copyWithin(start + 3, start, start + length)
    this.finish(this.header(length) + length)
  }

  /** Writes a length at the cursor and returns where the data goes; the cursor stays. */
  private header(length: number): number {
    const { at } = this
    this.words[at] = length < 254 ? ((this.words[at] as number) & -256) | length : (length << 8) | 254
    return length < 254 ? at * 4 + 1 : at * 4 + 4
  }

  /** Pads with zeros from `end` and moves the cursor past it. */
  private finish(end: number): void {
    const next = (end + 3) >> 2
    const used = end & 3
    if (used !== 0) this.words[next - 1] = (this.words[next - 1] as number) & ((1 << (used * 8)) - 1)
    this.at = next
  }

  private grow(more: number): void {
    const needed = this.at + more
    if (needed * 4 > LIMITS.maxValueBytes) {
      throw new UsageError('TL_VALUE', `a value is longer than ${LIMITS.maxValueBytes} bytes`)
    }
    this.capacity = Math.max(needed, this.capacity * 2)
    const words = new Int32Array(this.capacity)
    words.set(this.words)
    this.words = words
    this.bytesAll = new Uint8Array(words.buffer)
  }
}

/** A value's kind: its content may be secret. */
function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Uint8Array) return `${value.length} bytes`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
