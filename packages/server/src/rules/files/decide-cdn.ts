import { int, isNull } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'

const find = sql`SELECT is_chosen, is_there FROM cdn_files WHERE media_id = :mediaId`
const choose = sql`
  INSERT INTO cdn_files (media_id, is_chosen)
  SELECT media_id, CAST(:isChosen AS BIGINT) FROM media WHERE media_id = :mediaId
  ON CONFLICT (media_id) DO UPDATE SET is_chosen = excluded.is_chosen RETURNING media_id`
const bring = sql`
  INSERT INTO cdn_files (media_id, is_there) SELECT media_id, 1 FROM media WHERE media_id = :mediaId
  ON CONFLICT (media_id) DO UPDATE SET is_there = 1 RETURNING media_id`

/** A photo or document, as far as it has to do with the CDN. */
export interface CdnFile {
  /** What the console has said; undefined: nothing. */
  readonly isChosen: boolean | undefined
  /** The CDN has it. */
  readonly isThere: boolean
}

/** Finds what is known of a photo or document and the CDN. */
export function* findCdnFile(mediaId: bigint): Decision<CdnFile> {
  const row = yield* find.row({ mediaId })
  if (row === undefined) return { isChosen: undefined, isThere: false }
  const isChosen = isNull(row, 'is_chosen') ? undefined : int(row, 'is_chosen') === 1
  return { isChosen, isThere: int(row, 'is_there') === 1 }
}

/** Notes whether clients are to be sent to the CDN for a file. @returns false if there is no such photo or document */
export function* chooseCdnFile(mediaId: bigint, isChosen: boolean): Decision<boolean> {
  return (yield* choose.row({ mediaId, isChosen: isChosen ? 1 : 0 })) !== undefined
}

/** Notes that the CDN has a file. @returns false if there is no such photo or document any more */
export function* bringToCdn(mediaId: bigint): Decision<boolean> {
  return (yield* bring.row({ mediaId })) !== undefined
}
