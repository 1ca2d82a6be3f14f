import { bytes, int, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Settings } from '../../ground/settings.ts'
import { type Refused, refused } from '../refusal.ts'
import { finishUpload, type UploadGround } from './decide-uploads.ts'
import type { Blob } from './words.ts'

const find = sql`SELECT digest, name, size FROM blobs WHERE digest = :digest`
const insert = sql`INSERT INTO blobs (digest, name, size, at_s) VALUES (:digest, :name, :size, :nowS)`
const addTotal = sql`
  INSERT INTO file_totals (owner_id, bytes) VALUES (:ownerId, :bytes)
  ON CONFLICT (owner_id) DO UPDATE SET bytes = file_totals.bytes + excluded.bytes`
const totals = sql`SELECT owner_id, bytes FROM file_totals WHERE owner_id = :ownerId OR owner_id = 0`

/** The owner of what everybody's files take together. */
const EVERYBODY = 0n
const MIB = 1024 * 1024

/** A blob by its digest. */
export function* findBlob(digest: Uint8Array): Decision<Blob | undefined> {
  const row = yield* find.row({ digest })
  return row && toBlob(row)
}

/**
 * Keeps a blob whose bytes are in the store, unless the same bytes are there already.
 *
 * @param uploadName of the upload that it was put together from
 * @returns the blob that has the bytes, whose name may be another one
 */
export function* keepBlob(on: UploadGround, blob: Blob, uploadName: string): Decision<Blob> {
  const { ownerId, nowS } = on
  yield* alone('blob', Buffer.from(blob.digest).toString('hex'))
  yield* alone('upload', ownerId)
  const known = yield* findBlob(blob.digest)
  if (known === undefined) {
    yield* insert.send({ ...blob, nowS })
    yield* countBytes(EVERYBODY, blob.size)
  }
  yield* finishUpload(uploadName, blob.digest, nowS)
  return known ?? blob
}

/** The refusal of a file for which an account, or the server, has no room. */
export function* findNoRoom(
  { files }: Settings,
  ownerId: bigint,
  size: number,
): Decision<Refused | undefined> {
  const kept = new Map(
    (yield* totals.rows({ ownerId })).map((row) => [long(row, 'owner_id'), int(row, 'bytes')]),
  )
  const hasRoom = (subject: bigint, maxMib: number): boolean =>
    (kept.get(subject) ?? 0) + size <= maxMib * MIB
  const isFull = !hasRoom(ownerId, files.accountMib) || !hasRoom(EVERYBODY, files.serverMib)
  return isFull ? refused('FILES_TOO_MUCH') : undefined
}

/** Counts bytes that an account keeps, or everybody. */
export function* countBytes(ownerId: bigint, bytes: number): Decision<void> {
  yield* addTotal.send({ ownerId, bytes })
}

function toBlob(row: Row): Blob {
  return { digest: bytes(row, 'digest'), name: text(row, 'name'), size: int(row, 'size') }
}
