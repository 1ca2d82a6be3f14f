import { int } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Secret } from '../../database/secret.ts'
import { MESSAGE_COLUMNS, toMessage, WITH_BODIES } from './message-rows.ts'
import type { HistoryQuery, HistorySlice, Message } from './words.ts'

/** The messages of a chat that a query is about; 0 is no limit. */
const IN_RANGE = `box_id = :boxId AND peer_id = :peerId
  AND (CAST(:maxId AS BIGINT) = 0 OR id < :maxId) AND id > :minId`

const findListed = sql`
  SELECT ${MESSAGE_COLUMNS} FROM ${WITH_BODIES} WHERE m.box_id = :boxId AND m.id IN ${LISTED_IDS}`
const countRange = sql`
  SELECT count(*) AS n, count(CASE WHEN CAST(:offsetId AS BIGINT) > 0 AND id >= :offsetId THEN 1 END) AS passed
  FROM messages WHERE ${IN_RANGE}`
const countRangeByDate = sql`
  SELECT count(*) AS n, count(CASE WHEN (CAST(:offsetId AS BIGINT) > 0 AND id >= :offsetId)
    OR date_s >= :offsetDateS THEN 1 END) AS passed
  FROM messages WHERE ${IN_RANGE}`
/** The subquery needs nothing but an index. */
const listRange = sql`
  SELECT ${MESSAGE_COLUMNS} FROM ${WITH_BODIES} WHERE m.box_id = :boxId AND m.id IN (
    SELECT id FROM messages WHERE ${IN_RANGE} ORDER BY id DESC LIMIT :limit OFFSET :skipped)
  ORDER BY m.id DESC`

/** Those of these messages that a box has, in the order of `ids`. */
export function* findMessages(secret: Secret, boxId: bigint, ids: readonly number[]): Decision<Message[]> {
  const rows = yield* findListed.rows({ boxId, ids: idList(ids) })
  const found = new Map(rows.map((row) => [int(row, 'id'), toMessage(secret, row)]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

/** A stretch of a chat, newest first. */
export function* listHistory(secret: Secret, boxId: bigint, query: HistoryQuery): Decision<HistorySlice> {
  const { peerId, offsetId, offsetDateS, addOffset, limit, maxId, minId } = query
  const range = { boxId, peerId, maxId, minId }
  const row =
    offsetDateS === 0
      ? yield* countRange.row({ ...range, offsetId })
      : yield* countRangeByDate.row({ ...range, offsetId, offsetDateS })
  const counted = row ?? {}
  // The stretch may begin before the newest message; nothing is there.
  const from = int(counted, 'passed') + addOffset
  const skipped = Math.max(0, from)
  const left = Math.max(0, limit + Math.min(0, from))
  const rows = yield* listRange.rows({ ...range, limit: left, skipped })
  return { messages: rows.map((row) => toMessage(secret, row)), count: int(counted, 'n'), skipped }
}
