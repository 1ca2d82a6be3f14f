import { refusal } from '../rules/index.ts'

/** Bounds of what a client says of a file: each message with the file repeats all of it. */

const MAX_NAME = 255
const MAX_EXTENSION = 16
const MAX_TITLE = 128
const MAX_INT = 0x7fff_ffff

/** The name of a file, cut before its extension if the name is too long. */
export function cutFileName(name: string): string {
  if (name.length <= MAX_NAME) return name
  const dotAt = name.lastIndexOf('.')
  const extension = dotAt > 0 && name.length - dotAt <= MAX_EXTENSION ? name.slice(dotAt) : ''
  return cut(name, MAX_NAME - extension.length) + extension
}

/** The title or the performer of a piece of music. */
export function cutTitle(title: string): string {
  return cut(title, MAX_TITLE)
}

/** Cuts a text, never through the middle of a character. */
function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(maxLength - 1))
  return text.slice(0, isHalf ? maxLength - 1 : maxLength)
}

/** A text or bytes of a bounded length. @throws {RpcError} MEDIA_INVALID */
export function notLonger<T extends { readonly length: number }>(given: T, maxLength: number): T {
  if (given.length > maxLength) throw refusal('MEDIA_INVALID')
  return given
}

/** A number that JSON can write. @throws {RpcError} MEDIA_INVALID */
export function finite(value: number): number {
  if (!Number.isFinite(value)) throw refusal('MEDIA_INVALID')
  return value
}

/** A length, a count or a time: a finite number that is not negative. @throws {RpcError} MEDIA_INVALID */
export function measure(value: number): number {
  if (!(value >= 0 && value <= MAX_INT)) throw refusal('MEDIA_INVALID')
  return value
}
