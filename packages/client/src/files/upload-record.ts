import { decodeBits, encodeBits } from './bits.ts'
import { isCount, jsonFields } from './record-fields.ts'

/** An upload that has begun: its parts are kept by the server for about a day. */
export interface UploadRecord {
  readonly fileId: bigint
  readonly sizeBytes: number
  readonly modifiedMs: number
  readonly partBytes: number
  readonly done: Iterable<number>
}

const VERSION = 1

/** A record as text, JSON. */
export function encodeUploadRecord({ done, fileId, sizeBytes, modifiedMs, partBytes }: UploadRecord): string {
  const fields = { version: VERSION, fileId: String(fileId), size: sizeBytes, mtimeMs: modifiedMs }
  return JSON.stringify({ ...fields, partSize: partBytes, done: encodeBits(done) })
}

/** Reads such a text; undefined where it is not one, or of another version. */
export function decodeUploadRecord(text: string): UploadRecord | undefined {
  const { version, fileId, size, mtimeMs, partSize, done } = jsonFields(text)
  if (version !== VERSION || typeof fileId !== 'string' || !/^-?\d{1,20}$/.test(fileId)) return undefined
  if (!isCount(size) || !isCount(partSize) || partSize === 0 || typeof done !== 'string') return undefined
  // Nothing else tells a file from another one of its length.
  if (typeof mtimeMs !== 'number') return undefined
  const parts = decodeBits(done, Math.ceil(size / partSize))
  return { fileId: BigInt(fileId), sizeBytes: size, modifiedMs: mtimeMs, partBytes: partSize, done: parts }
}
