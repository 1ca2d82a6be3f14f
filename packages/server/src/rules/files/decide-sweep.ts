import { bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { LISTED_NAMES, nameList } from '../../database/id-list.ts'
import { unchargeServer } from './decide-totals.ts'
import { type GoneUse, unuseBlobs } from './decide-uses.ts'

/** Rows that one decision looks at. */
const AT_ONCE = 200

const IS_USED = `(
  EXISTS (SELECT 1 FROM bodies b WHERE b.media_id <> 0 AND b.media_id = media.media_id)
  OR EXISTS (SELECT 1 FROM scheduled s WHERE s.media_id <> 0 AND s.media_id = media.media_id)
  OR EXISTS (SELECT 1 FROM profile_photos p WHERE p.photo_id = media.media_id)
  OR EXISTS (SELECT 1 FROM chats c WHERE c.photo_id <> 0 AND c.photo_id = media.media_id))`
const IN_PAGE = 'media_id > :afterId AND media_id <= :upToId'
const page = sql`SELECT media_id FROM media WHERE media_id > :afterId ORDER BY media_id LIMIT ${AT_ONCE}`
const markUnused = sql`
  UPDATE media SET unused_at_s = :nowS WHERE ${IN_PAGE} AND unused_at_s IS NULL AND NOT ${IS_USED}`
const markUsed = sql`
  UPDATE media SET unused_at_s = NULL WHERE ${IN_PAGE} AND unused_at_s IS NOT NULL AND ${IS_USED}`
const listUnused = sql`
  SELECT media_id FROM media WHERE ${IN_PAGE} AND unused_at_s <= :beforeS AND NOT ${IS_USED} ORDER BY media_id`
const removeMedia = sql`
  DELETE FROM media WHERE media_id = :mediaId AND unused_at_s <= :beforeS AND NOT ${IS_USED}
  RETURNING owner_id, digest, thumb_digest`

const IS_FREE = `at_s < :beforeS
  AND NOT EXISTS (SELECT 1 FROM media m WHERE m.digest = blobs.digest)
  AND NOT EXISTS (SELECT 1 FROM media t WHERE t.thumb_digest IS NOT NULL AND t.thumb_digest = blobs.digest)
  AND NOT EXISTS (SELECT 1 FROM uploads u WHERE u.digest IS NOT NULL AND u.digest = blobs.digest)`
const blobPage = sql`SELECT digest FROM blobs WHERE digest > :after ORDER BY digest LIMIT ${AT_ONCE}`
const listFree = sql`
  SELECT digest FROM blobs WHERE digest > :after AND digest <= :upTo AND ${IS_FREE} ORDER BY digest`
const removeBlob = sql`DELETE FROM blobs WHERE digest = :digest AND ${IS_FREE} RETURNING name, size`

const oldUploads = sql`
  DELETE FROM uploads WHERE used_at_s < :beforeS AND used_at_s <= coalesce(
    (SELECT used_at_s FROM uploads ORDER BY used_at_s LIMIT 1 OFFSET ${AT_ONCE}), :beforeS)
  RETURNING name`
const findNames = sql`SELECT name FROM blobs JOIN ${LISTED_NAMES} l ON l.listed_name = name`
const findUploadNames = sql`
  SELECT name FROM uploads JOIN ${LISTED_NAMES} l ON l.listed_name = name WHERE is_whole = 0`
const takeTurn = sql`
  INSERT INTO file_sweeps (id, sweeper, until_s) VALUES (1, :sweeper, :untilS)
  ON CONFLICT (id) DO UPDATE SET sweeper = excluded.sweeper, until_s = excluded.until_s
  WHERE file_sweeps.until_s <= :nowS OR file_sweeps.sweeper = :sweeper`

/** The times that a sweep goes by. */
export interface SweepTimes {
  readonly nowS: number
  /** What nothing has named since then goes. */
  readonly beforeS: number
}

/**
 * Marks the photos and documents of one page that no message has, and deletes those that were marked long ago. A message that is
 * being sent holds the lock of what it names.
 *
 * @returns where the next page begins; undefined: this was the last
 */
export function* sweepMedia(afterId: bigint, { nowS, beforeS }: SweepTimes): Decision<bigint | undefined> {
  const rows = yield* page.rows({ afterId })
  const last = rows.at(-1)
  if (last === undefined) return undefined
  const upToId = long(last, 'media_id')
  const old = (yield* listUnused.rows({ afterId, upToId, beforeS })).map((row) => long(row, 'media_id'))
  for (const mediaId of old) yield* alone('media', mediaId)
  const gone: GoneUse[] = []
  for (const mediaId of old) {
    const row = yield* removeMedia.row({ mediaId, beforeS })
    if (row !== undefined) gone.push(...usesOf(row))
  }
  yield* unuseBlobs(gone)
  yield* markUsed.send({ afterId, upToId })
  yield* markUnused.send({ afterId, upToId, nowS })
  return rows.length < AT_ONCE ? undefined : upToId
}

function usesOf(row: Row): GoneUse[] {
  const ownerId = long(row, 'owner_id')
  const columns = isNull(row, 'thumb_digest') ? ['digest'] : ['digest', 'thumb_digest']
  return columns.map((column) => ({ ownerId, digest: bytes(row, column) }))
}

/** Blobs of one page that nothing has, as far as a look can tell. */
export interface FreeBlobs {
  readonly digests: readonly Uint8Array[]
  /** Where the next page begins; undefined: this was the last. */
  readonly next: Uint8Array | undefined
}

/** Finds the blobs of one page that no photo, no document and no upload has. */
export function* findFreeBlobs(after: Uint8Array, beforeS: number): Decision<FreeBlobs> {
  const rows = yield* blobPage.rows({ after })
  const last = rows.at(-1)
  if (last === undefined) return { digests: [], next: undefined }
  const upTo = bytes(last, 'digest')
  const free = yield* listFree.rows({ after, upTo, beforeS })
  return { digests: free.map((row) => bytes(row, 'digest')), next: rows.length < AT_ONCE ? undefined : upTo }
}

/** Deletes those of these blobs that no photo, no document and no upload has. @returns the names of their files */
export function* sweepBlobs(digests: readonly Uint8Array[], beforeS: number): Decision<readonly string[]> {
  const hex = digests.map((digest) => Buffer.from(digest).toString('hex')).sort()
  for (const each of hex) yield* alone('blob', each)
  const names: string[] = []
  for (const each of hex) {
    const row = yield* removeBlob.row({ digest: Uint8Array.from(Buffer.from(each, 'hex')), beforeS })
    if (row === undefined) continue
    names.push(text(row, 'name'))
    yield* unchargeServer(int(row, 'size'))
  }
  return names
}

/** Deletes uploads whose parts nobody has sent or used for long. @returns their names */
export function* sweepUploads(beforeS: number): Decision<readonly string[]> {
  return (yield* oldUploads.rows({ beforeS })).map((row) => text(row, 'name'))
}

/** The names among these that are of blobs. */
export function* blobNames(names: readonly string[]): Decision<ReadonlySet<string>> {
  return new Set((yield* findNames.rows({ names: nameList(names) })).map((row) => text(row, 'name')))
}

/** The names among these that are of uploads which were not put together yet. */
export function* uploadNames(names: readonly string[]): Decision<ReadonlySet<string>> {
  return new Set((yield* findUploadNames.rows({ names: nameList(names) })).map((row) => text(row, 'name')))
}

/** The node that sweeps, and the time until which no other one does. */
export interface Turn {
  readonly sweeper: string
  readonly nowS: number
  readonly untilS: number
}

/** Takes the turn to sweep, or keeps it. @returns false while it is another node's */
export function* takeSweepTurn(turn: Turn): Decision<boolean> {
  return (yield* takeTurn.run({ ...turn })) > 0
}
