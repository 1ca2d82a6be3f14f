import { decodeBits, encodeBits } from './bits.ts'
import type { BegunDownload, DownloadFacts } from './download-target.ts'
import { isCount, jsonFields } from './record-fields.ts'

/** A download that has begun. */
export interface DownloadRecord extends DownloadFacts, BegunDownload {}

/** Records of version 1 forgot the end of a file whose size nobody tells: such a download begins anew. */
const VERSION = 2
/** More parts than any file has. */
const MAX_PARTS = 1_000_000

/** A record as text, JSON. */
export function encodeDownloadRecord(record: DownloadRecord): string {
  const { key, sizeBytes, partBytes, totalBytes, done } = record
  const fields = { version: VERSION, key, size: sizeBytes ?? null, partSize: partBytes }
  return `${JSON.stringify({ ...fields, total: totalBytes ?? null, done: encodeBits(done) })}\n`
}

/** Reads such a text; undefined where it is not one, or of other bytes. */
export function decodeDownloadRecord(text: string, facts: DownloadFacts): DownloadRecord | undefined {
  const { version, key, size, partSize, total, done } = jsonFields(text)
  const sizeBytes = isCount(size) ? size : undefined
  const isSame = key === facts.key && sizeBytes === facts.sizeBytes && partSize === facts.partBytes
  if (version !== VERSION || !isSame || typeof done !== 'string') return undefined
  const totalBytes = isCount(total) ? total : undefined
  return { ...facts, totalBytes, done: decodeBits(done, MAX_PARTS) }
}
