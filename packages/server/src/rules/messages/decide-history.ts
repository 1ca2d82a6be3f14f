import { int } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Secret } from '../../database/secret.ts'
import { withSeen } from './decide-seen.ts'
import { MESSAGE_COLUMNS, toMessage, toStoredMessage, WITH_BODIES } from './message-rows.ts'
import type { HistoryQuery, HistorySlice, Message, StoredMessage } from './words.ts'

const IN_CHAT = 'box_id = :boxId AND peer_id = :peerId'

const findListed = sql`
  SELECT ${MESSAGE_COLUMNS} FROM ${WITH_BODIES} WHERE m.box_id = :boxId AND m.id IN ${LISTED_IDS}`
const findCount = sql`SELECT message_count FROM dialogs WHERE ${IN_CHAT}`
const countPassed = sql`SELECT count(*) AS n FROM messages WHERE ${IN_CHAT} AND id >= :offsetId`
const countPassedByDate = sql`
  SELECT count(*) AS n FROM messages WHERE ${IN_CHAT}
    AND ((CAST(:offsetId AS BIGINT) > 0 AND id >= :offsetId) OR date_s >= :offsetDateS)`
/** The subquery needs nothing but an index. */
const listRange = sql`
  SELECT ${MESSAGE_COLUMNS} FROM ${WITH_BODIES} WHERE m.box_id = :boxId AND m.id IN (
    SELECT id FROM messages WHERE ${IN_CHAT} ORDER BY id DESC LIMIT :limit OFFSET :skipped)
    AND (CAST(:maxId AS BIGINT) = 0 OR m.id < :maxId) AND m.id > :minId
  ORDER BY m.id DESC`

/** Those of these messages that a box has, in the order of `ids`. */
export function* findMessages(secret: Secret, boxId: bigint, ids: readonly number[]): Decision<Message[]> {
  const rows = yield* findListed.rows({ boxId, ids: idList(ids) })
  const messages = yield* withSeen(
    secret,
    boxId,
    rows.map((row) => toMessage(secret, row)),
  )
  const found = new Map(messages.map((message) => [message.id, message]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

/** Those of these messages that a box has, with what is not told about them, in the order of `ids`. */
export function* findStored(
  secret: Secret,
  boxId: bigint,
  ids: readonly number[],
): Decision<StoredMessage[]> {
  const rows = yield* findListed.rows({ boxId, ids: idList(ids) })
  const messages = yield* withSeen(
    secret,
    boxId,
    rows.map((row) => toStoredMessage(secret, row)),
  )
  const found = new Map(messages.map((message) => [message.id, message]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

/** A stretch of a chat, newest first. */
export function* listHistory(secret: Secret, boxId: bigint, query: HistoryQuery): Decision<HistorySlice> {
  const { peerId, addOffset, limit, maxId, minId } = query
  const chat = { boxId, peerId }
  // The stretch may begin before the newest message; nothing is there.
  const from = (yield* countNewer(boxId, query)) + addOffset
  const skipped = Math.max(0, from)
  const left = Math.max(0, limit + Math.min(0, from))
  const rows = left === 0 ? [] : yield* listRange.rows({ ...chat, limit: left, skipped, maxId, minId })
  const dialog = yield* findCount.row(chat)
  const count = dialog === undefined ? 0 : int(dialog, 'message_count')
  const messages = yield* withSeen(
    secret,
    boxId,
    rows.map((row) => toMessage(secret, row)),
  )
  return { messages, count, skipped }
}

/** The number of messages that are no older than the offset. */
function* countNewer(boxId: bigint, { peerId, offsetId, offsetDateS }: HistoryQuery): Decision<number> {
  if (offsetId === 0 && offsetDateS === 0) return 0
  const chat = { boxId, peerId, offsetId }
  const row =
    offsetDateS === 0 ? yield* countPassed.row(chat) : yield* countPassedByDate.row({ ...chat, offsetDateS })
  return int(row ?? {}, 'n')
}
