import { refusal } from '../rules/index.ts'

/** Bounds of what a client says of a file: each message with the file repeats all of it. */

const MAX_INT = 0x7fff_ffff

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
