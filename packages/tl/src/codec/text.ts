/** Node's Buffer methods, typed as optional on any Uint8Array; browsers lack them. */
interface NodeText {
  latin1Slice(this: Uint8Array, start: number, end: number): string
  utf8Slice(this: Uint8Array, start: number, end: number): string
  ucs2Slice(this: Uint8Array, start: number, end: number): string
  utf8Write(this: Uint8Array, text: string, offset: number, length: number): number
}

const node = (globalThis as { Buffer?: { prototype: NodeText } }).Buffer?.prototype
const latin1Slice = node?.latin1Slice
const utf8Slice = node?.utf8Slice
const ucs2Slice = node?.ucs2Slice
const utf8Write = node?.utf8Write
const encoder = new TextEncoder()
// `ignoreBOM` keeps a leading U+FEFF in the text instead of taking it for a mark.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Longest ASCII text decoded in JavaScript: below this length a call into the runtime costs more. */
const SHORT_ASCII = 8
/** Longest UTF-8 text decoded by our own loop, for the same reason. */
const SHORT_UTF8 = 64
const scratch = new Uint16Array(SHORT_UTF8)
const scratchBytes = new Uint8Array(scratch.buffer)

/** Tells whether a text of this length is long enough to scan for non-ASCII bytes first. */
export const isWorthScanning: (length: number) => boolean =
  utf8Slice === undefined ? (length) => length <= SHORT_ASCII : (length) => length <= SHORT_UTF8

/** Decodes ASCII text. The caller has checked that it is all ASCII. */
export function decodeAscii(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= SHORT_ASCII) return shortAscii(bytes, start, end - start)
  if (latin1Slice === undefined) return decoder.decode(bytes.subarray(start, end))
  return latin1Slice.call(bytes, start, end)
}

// biome-ignore format: one line a length
function shortAscii(b: Uint8Array, s: number, length: number): string {
  const at = (index: number) => b[s + index] as number
  switch (length) {
    case 1: return String.fromCharCode(at(0))
    case 2: return String.fromCharCode(at(0), at(1))
    case 3: return String.fromCharCode(at(0), at(1), at(2))
    case 4: return String.fromCharCode(at(0), at(1), at(2), at(3))
    case 5: return String.fromCharCode(at(0), at(1), at(2), at(3), at(4))
    case 6: return String.fromCharCode(at(0), at(1), at(2), at(3), at(4), at(5))
    case 7: return String.fromCharCode(at(0), at(1), at(2), at(3), at(4), at(5), at(6))
    case 8: return String.fromCharCode(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7))
    default: return ''
  }
}

/** Decodes UTF-8 text; undefined if the bytes are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (utf8Slice !== undefined && ucs2Slice !== undefined) {
    const units = end - start <= SHORT_UTF8 ? decodeUnits(bytes, start, end) : -1
    if (units >= 0) return ucs2Slice.call(scratchBytes, 0, units * 2)
    // The runtime replaces invalid bytes with U+FFFD. The strict decoder below tells these from a U+FFFD that was sent.
    const text = utf8Slice.call(bytes, start, end)
    if (!text.includes('\ufffd')) return text
  }
  try {
    return decoder.decode(bytes.subarray(start, end))
  } catch {
    return undefined
  }
}

/** Decodes into `scratch` and returns the number of UTF-16 units, or -1 for invalid UTF-8. */
function decodeUnits(bytes: Uint8Array, start: number, end: number): number {
  let units = 0
  let at = start
  while (at < end) {
    const first = bytes[at++] as number
    if (first < 0x80) {
      scratch[units++] = first
      continue
    }
    const second = at < end ? (bytes[at++] as number) : 0
    if ((second & 0xc0) !== 0x80) return -1
    if (first < 0xe0) {
      if (first < 0xc2) return -1
      scratch[units++] = ((first & 0x1f) << 6) | (second & 0x3f)
      continue
    }
    const third = at < end ? (bytes[at++] as number) : 0
    if ((third & 0xc0) !== 0x80) return -1
    const upper = ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f)
    if (first < 0xf0) {
      if (upper < 0x800 || (upper & 0xf800) === 0xd800) return -1
      scratch[units++] = upper
      continue
    }
    const fourth = at < end ? (bytes[at++] as number) : 0
    const point = ((first & 0x07) << 18) | ((second & 0x3f) << 12) | ((third & 0x3f) << 6) | (fourth & 0x3f)
    if ((fourth & 0xc0) !== 0x80 || first > 0xf4 || point < 0x10000 || point > 0x10ffff) return -1
    scratch[units++] = 0xd800 | ((point - 0x10000) >> 10)
    scratch[units++] = 0xdc00 | (point & 0x3ff)
  }
  return units
}

/** Writes text as UTF-8 and returns the number of bytes. The target needs room for three bytes per UTF-16 unit. */
export const encodeUtf8: (text: string, into: Uint8Array, offset: number) => number =
  utf8Write === undefined
    ? (text, into, offset) => encoder.encodeInto(text, into.subarray(offset)).written
    : (text, into, offset) => utf8Write.call(into, text, offset, text.length * 3)
