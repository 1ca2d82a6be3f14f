import { decodeBits, encodeBits } from './bits.ts'
import type { DownloadFacts } from './download-target.ts'
import { isCount, jsonFields } from './record-fields.ts'

/** A download that has begun. */
export interface DownloadRecord extends DownloadFacts {
  readonly done: readonly number[]
}

const VERSION = 1
/** More parts than any file has. */
const MAX_PARTS = 1_000_000

/** A record as text, JSON. */
export function encodeDownloadRecord({ key, sizeBytes, partBytes, done }: DownloadRecord): string {
  const fields = { version: VERSION, key, size: sizeBytes ?? null, partSize: partBytes }
  return `${JSON.stringify({ ...fields, done: encodeBits(done) })}\n`
}

/** Reads such a text; undefined where it is not one, or of other bytes. */
export function decodeDownloadRecord(text: string, facts: DownloadFacts): DownloadRecord | undefined {
  const { version, key, size, partSize, done } = jsonFields(text)
  const sizeBytes = isCount(size) ? size : undefined
  const isSame = key === facts.key && sizeBytes === facts.sizeBytes && partSize === facts.partBytes
  if (version !== VERSION || !isSame || typeof done !== 'string') return undefined
  return { ...facts, done: decodeBits(done, MAX_PARTS) }
}
