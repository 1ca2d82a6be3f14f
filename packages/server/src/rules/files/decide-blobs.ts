import { bytes, int, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import { chargeServer } from './decide-totals.ts'
import { finishUpload, holdUpload, type UploadGround } from './decide-uploads.ts'
import type { Blob } from './words.ts'

const find = sql`SELECT digest, name, size FROM blobs WHERE digest = :digest`
const insert = sql`INSERT INTO blobs (digest, name, size, at_s) VALUES (:digest, :name, :size, :nowS)`

/** Bytes in the store of files that a decision is to keep. */
export interface BlobToKeep {
  readonly blob: Blob
  /** Of the upload that they come from; undefined: the server has made them. */
  readonly fileId?: bigint | undefined
  /** The upload that they were put together from just now; undefined: a row names them already, or the server has made them. */
  readonly uploadName?: string | undefined
  /** The server has made the bytes just now. */
  readonly isMade?: boolean
}

/** A blob by its digest. */
export function* findBlob(digest: Uint8Array): Decision<Blob | undefined> {
  const row = yield* find.row({ digest })
  return row && toBlob(row)
}

/**
 * Keeps blobs whose bytes are in the store, but for those of which the same bytes are there already.
 *
 * @returns the blobs that have the bytes, whose names may be others; or the refusal of what the server has no room for, or whose
 *   upload is no longer there
 */
export function* keepBlobs(
  on: UploadGround,
  given: readonly BlobToKeep[],
): Decision<readonly Blob[] | Refused> {
  for (const hex of new Set(given.map(({ blob }) => Buffer.from(blob.digest).toString('hex')).sort())) {
    yield* alone('blob', hex)
  }
  yield* alone('upload', on.ownerId)
  const kept: Blob[] = []
  for (const each of given) {
    const blob = yield* keepBlob(on, each)
    if (isRefused(blob)) return blob
    kept.push(blob)
  }
  return kept
}

function* keepBlob(
  on: UploadGround,
  { blob, fileId, uploadName, isMade = false }: BlobToKeep,
): Decision<Blob | Refused> {
  const { digest } = blob
  // A reset deletes uploads before blobs: as long as this decision holds the upload, the blob cannot go without it.
  const isThere =
    fileId === undefined ||
    (uploadName !== undefined && (yield* finishUpload(on, uploadName, digest))) ||
    (yield* holdUpload(on, fileId, digest))
  const known = yield* findBlob(digest)
  // A blob that is not new may have gone since it was found.
  const isNew = uploadName !== undefined || isMade
  if (!isThere || (known === undefined && !isNew)) {
    return { ...refused('FILE_PART_X_MISSING'), x: 0 }
  }
  if (known !== undefined) return known
  yield* insert.send({ ...blob, nowS: on.nowS })
  return (yield* chargeServer(on.settings, { blobs: blob.size })) ?? blob
}

function toBlob(row: Row): Blob {
  return { digest: bytes(row, 'digest'), name: text(row, 'name'), size: int(row, 'size') }
}
