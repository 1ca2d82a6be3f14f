import { bool, int, long, type Row } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { PeerId } from './words.ts'

/** A message without what it says. */
export interface StoredRef {
  readonly id: number
  readonly peerId: PeerId
  readonly fromId: bigint
  readonly isOut: boolean
  readonly bodyId: bigint
}

/** Messages of a chat to take away, the newest first. */
export interface Stretch {
  readonly peerId: PeerId
  /** Up to this id; 0: all. */
  readonly maxId: number
  /** Only from these seconds; 0: from any. */
  readonly minDateS: number
  readonly maxDateS: number
  /** In Saved Messages: only what belongs to this chat there. */
  readonly savedPeerId?: PeerId | undefined
}

const IN_STRETCH = `box_id = :boxId AND peer_id = :peerId AND (CAST(:maxId AS BIGINT) = 0 OR id <= :maxId)
  AND date_s >= :minDateS AND (CAST(:maxDateS AS BIGINT) = 0 OR date_s <= :maxDateS)
  AND (CAST(:savedPeerId AS BIGINT) = 0 OR saved_peer_id = :savedPeerId)`

const COLUMNS = 'id, peer_id, from_id, is_out, body_id'
const find = sql`SELECT ${COLUMNS} FROM messages WHERE box_id = :boxId AND id IN ${LISTED_IDS} ORDER BY id`
const list = sql`SELECT ${COLUMNS} FROM messages WHERE ${IN_STRETCH} ORDER BY id DESC LIMIT :limit`
const count = sql`SELECT count(*) AS n FROM messages WHERE ${IN_STRETCH}`
const listPinned = sql`
  SELECT ${COLUMNS} FROM messages WHERE box_id = :boxId AND peer_id = :peerId AND is_pinned = 1
    AND (CAST(:savedPeerId AS BIGINT) = 0 OR saved_peer_id = :savedPeerId) ORDER BY id LIMIT :limit`

/** Those of these messages that a box has, by ascending id. */
export function* findRefs(boxId: bigint, ids: readonly number[]): Decision<StoredRef[]> {
  return (yield* find.rows({ boxId, ids: idList(ids) })).map(toRef)
}

/** The newest messages of a stretch of a chat. */
export function* listRefs(boxId: bigint, stretch: Stretch, limit: number): Decision<StoredRef[]> {
  return (yield* list.rows({ ...stretch, savedPeerId: stretch.savedPeerId ?? 0n, boxId, limit })).map(toRef)
}

/** The number of messages in a stretch of a chat. */
export function* countRefs(boxId: bigint, stretch: Stretch): Decision<number> {
  return int((yield* count.row({ ...stretch, savedPeerId: stretch.savedPeerId ?? 0n, boxId })) ?? {}, 'n')
}

/** The pinned messages of a chat, the oldest first. @param savedPeerId in Saved Messages: only of this chat there */
export function* listPinnedRefs(
  boxId: bigint,
  peerId: PeerId,
  limit: number,
  savedPeerId: PeerId = 0n,
): Decision<StoredRef[]> {
  return (yield* listPinned.rows({ boxId, peerId, limit, savedPeerId })).map(toRef)
}

function toRef(row: Row): StoredRef {
  return {
    id: int(row, 'id'),
    peerId: long(row, 'peer_id'),
    fromId: long(row, 'from_id'),
    isOut: bool(row, 'is_out'),
    bodyId: long(row, 'body_id'),
  }
}
