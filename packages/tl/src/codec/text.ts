/** How Node's Buffer methods look on any Uint8Array; browsers have none of them. */
interface NodeText {
  latin1Slice(this: Uint8Array, start: number, end: number): string
  utf8Write(this: Uint8Array, text: string, offset: number, length: number): number
}

const node = (globalThis as { Buffer?: { prototype: NodeText } }).Buffer?.prototype
const latin1Slice = node?.latin1Slice
const utf8Write = node?.utf8Write
const encoder = new TextEncoder()
// `ignoreBOM` keeps a leading U+FEFF in the text instead of taking it for a mark.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text that is ASCII throughout: the caller has checked. */
export const decodeAscii: (bytes: Uint8Array, start: number, end: number) => string =
  latin1Slice === undefined
    ? (bytes, start, end) => decoder.decode(bytes.subarray(start, end))
    : (bytes, start, end) => latin1Slice.call(bytes, start, end)

/** Text in UTF-8. @throws TypeError where it is not. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end))
}

/** Writes text as UTF-8 and says how many bytes that took; there must be room for three per UTF-16 unit. */
export const encodeUtf8: (text: string, into: Uint8Array, offset: number) => number =
  utf8Write === undefined
    ? (text, into, offset) => encoder.encodeInto(text, into.subarray(offset)).written
    : (text, into, offset) => utf8Write.call(into, text, offset, text.length * 3)
