/** Some bytes of a message and their meaning. The rows of a message cover each of its bytes once, in order. */
export interface AnnotatedRow {
  /** Position of the first byte. */
  readonly offset: number
  /** Number of bytes. */
  readonly length: number
  /** Level of nesting; 0 is the message itself. */
  readonly depth: number
  /** Field name as in the schema, `[0]` for an item of a vector, `request`, `answer`, or `…` for bytes that were not read. */
  readonly name: string
  /** The value in words: `"+9996621234"`, `codeSettings#ad253d78`, `0b110`. */
  readonly text: string
  /** The first bytes in hexadecimal, at most twelve, with ` …` if there are more. */
  readonly bytes: string
}

const SHOWN_BYTES = 12
const SHOWN_TEXT = 48

/** The bytes of a row, cut after twelve. */
export function rowBytes(bytes: Uint8Array): string {
  const shown = [...bytes.subarray(0, SHOWN_BYTES)].map(hexByte).join(' ')
  return bytes.length > SHOWN_BYTES ? `${shown} …` : shown
}

/** A string in quotes on one line. A long one is cut, never inside a character. */
export function stringText(value: string): string {
  const points = Array.from(value.slice(0, SHOWN_TEXT * 2))
  if (points.length <= SHOWN_TEXT && value.length <= SHOWN_TEXT * 2) return JSON.stringify(value)
  return `${JSON.stringify(points.slice(0, SHOWN_TEXT).join(''))}… (${value.length} characters)`
}

/** Bytes in hexadecimal; long ones are cut. */
export function bytesText(value: Uint8Array): string {
  const shown = [...value.subarray(0, SHOWN_TEXT / 2)].map(hexByte).join('')
  const cut = value.length > SHOWN_TEXT / 2 ? '…' : ''
  const count = value.length === 1 ? '1 byte' : `${value.length} bytes`
  return value.length === 0 ? count : `${count}: ${shown}${cut}`
}

/** `auth.sentCode#5e002502`. */
export function idText(name: string, id: number): string {
  return `${name}#${(id >>> 0).toString(16).padStart(8, '0')}`
}

/** `0b110`, and the names of the bits that are values of their own. */
export function flagsText(flags: number, set: readonly string[]): string {
  return [`0b${(flags >>> 0).toString(2)}`, ...set].join(' ')
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}

const BYTES_WIDTH = 38
const LEAST_NAME_WIDTH = 19

/**
 * The rows as lines of text: offset, bytes, name and value in columns, nested values indented.
 *
 * @example
 * ```ts
 * import { annotateRequest, annotationText } from '@cablegram/tl/annotate'
 * import { encodeRequest } from '@cablegram/tl/api'
 *
 * console.log(annotationText(annotateRequest(encodeRequest({ _: 'help.getConfig' }))))
 * ```
 */
export function annotationText(rows: readonly AnnotatedRow[]): string {
  const names = rows.map(({ depth, name }) => '  '.repeat(depth) + name)
  const width = 2 + Math.max(LEAST_NAME_WIDTH, ...names.map(({ length }) => length))
  const lines = rows.map(({ offset, bytes, text }, index) => {
    const name = (names[index] ?? '').padEnd(width)
    return `${String(offset).padStart(4)}  ${bytes.padEnd(BYTES_WIDTH)}${name}${text}`
  })
  return lines.map((line) => `${line}\n`).join('')
}
