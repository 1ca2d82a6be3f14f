import { bytes, int, long, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { countBytes } from './decide-blobs.ts'

/** Rows that one decision looks at. */
const AT_ONCE = 200

const IS_UNUSED = `at_s < :beforeS
  AND NOT EXISTS (SELECT 1 FROM bodies b WHERE b.media_id <> 0 AND b.media_id = media.media_id)
  AND NOT EXISTS (SELECT 1 FROM scheduled s WHERE s.media_id <> 0 AND s.media_id = media.media_id)`
const page = sql`SELECT media_id FROM media WHERE media_id > :afterId ORDER BY media_id LIMIT ${AT_ONCE}`
const removeMedia = sql`
  DELETE FROM media WHERE media_id > :afterId AND media_id <= :upToId AND ${IS_UNUSED}
  RETURNING owner_id, size`

const IS_FREE = `at_s < :beforeS
  AND NOT EXISTS (SELECT 1 FROM media m WHERE m.digest = blobs.digest)
  AND NOT EXISTS (SELECT 1 FROM media t WHERE t.thumb_digest IS NOT NULL AND t.thumb_digest = blobs.digest)
  AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.digest IS NOT NULL AND u.digest = blobs.digest)`
const listFree = sql`SELECT digest FROM blobs WHERE ${IS_FREE} LIMIT ${AT_ONCE}`
const removeBlob = sql`DELETE FROM blobs WHERE digest = :digest AND ${IS_FREE} RETURNING name, size`

const oldUploads = sql`
  DELETE FROM uploads WHERE used_at_s < :beforeS AND used_at_s <= coalesce(
    (SELECT used_at_s FROM uploads ORDER BY used_at_s LIMIT 1 OFFSET ${AT_ONCE}), :beforeS)
  RETURNING name`
const findName = sql`SELECT 1 AS one FROM blobs WHERE name = :name`
const findUploadName = sql`SELECT 1 AS one FROM uploads WHERE name = :name`

/**
 * Deletes photos and documents that nothing names any more, on one page of them. Those that were just made wait for a message.
 *
 * @returns where the next page begins; undefined: this was the last
 */
export function* sweepMedia(afterId: bigint, beforeS: number): Decision<bigint | undefined> {
  const rows = yield* page.rows({ afterId })
  const upToId = rows.at(-1)?.['media_id']
  if (typeof upToId !== 'bigint') return undefined
  for (const row of yield* removeMedia.rows({ afterId, upToId, beforeS })) {
    yield* countBytes(long(row, 'owner_id'), -int(row, 'size'))
  }
  return rows.length < AT_ONCE ? undefined : upToId
}

/** Deletes blobs that no photo, no document and no upload has. @returns the names of their files */
export function* sweepBlobs(beforeS: number): Decision<readonly string[]> {
  const digests = (yield* listFree.rows({ beforeS })).map((row) => bytes(row, 'digest'))
  const hex = digests.map((digest) => Buffer.from(digest).toString('hex')).sort()
  for (const each of hex) yield* alone('blob', each)
  const names: string[] = []
  for (const each of hex) {
    const row = yield* removeBlob.row({ digest: Uint8Array.from(Buffer.from(each, 'hex')), beforeS })
    if (row === undefined) continue
    names.push(text(row, 'name'))
    yield* countBytes(0n, -int(row, 'size'))
  }
  return names
}

/** Deletes uploads whose parts nobody has sent or used for long. @returns their names */
export function* sweepUploads(beforeS: number): Decision<readonly string[]> {
  return (yield* oldUploads.rows({ beforeS })).map((row) => text(row, 'name'))
}

/** Tells whether a blob has a file of this name. */
export function* isBlobName(name: string): Decision<boolean> {
  return (yield* findName.row({ name })) !== undefined
}

/** Tells whether there is an upload of this name. */
export function* isUploadName(name: string): Decision<boolean> {
  return (yield* findUploadName.row({ name })) !== undefined
}
