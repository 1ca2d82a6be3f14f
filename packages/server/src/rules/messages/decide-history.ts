import { int, type Row } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Secret } from '../../database/secret.ts'
import { withSeen } from './decide-seen.ts'
import { MESSAGE_COLUMNS, messagesIn, storedIn, WITH_BODIES } from './message-rows.ts'
import type { HistoryQuery, HistorySlice, Message, PeerId, StoredMessage } from './words.ts'

/** No message has a higher one. */
const MAX_ID = 0x7fff_ffff
const IN_CHAT = 'box_id = :boxId AND peer_id = :peerId'

const findListed = sql`
  SELECT ${MESSAGE_COLUMNS}, m.random_id FROM ${WITH_BODIES} WHERE m.box_id = :boxId AND m.id IN ${LISTED_IDS}`
const findCount = sql`SELECT message_count FROM dialogs WHERE ${IN_CHAT}`
const countPassed = sql`SELECT count(*) AS n FROM messages WHERE ${IN_CHAT} AND id >= :offsetId`
const countPassedByDate = sql`
  SELECT count(*) AS n FROM messages WHERE ${IN_CHAT}
    AND ((CAST(:offsetId AS BIGINT) > 0 AND id >= :offsetId) OR date_s >= :offsetDateS)`
/** What is skipped is counted in an index alone. */
const findFirst = sql`SELECT id FROM messages WHERE ${IN_CHAT} ORDER BY id DESC LIMIT 1 OFFSET :skipped`
const listFrom = sql`
  SELECT ${MESSAGE_COLUMNS} FROM ${WITH_BODIES} WHERE m.box_id = :boxId AND m.peer_id = :peerId AND m.id <= :firstId
  ORDER BY m.id DESC LIMIT :limit`

/** Those of these messages that a box has, in the order of `ids`. */
export function* findMessages(secret: Secret, boxId: bigint, ids: readonly number[]): Decision<Message[]> {
  const rows = yield* findListed.rows({ boxId, ids: idList(ids) })
  const messages = yield* withSeen(secret, boxId, yield* messagesIn(secret, boxId, rows))
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
  const messages = yield* withSeen(secret, boxId, yield* storedIn(secret, boxId, rows))
  const found = new Map(messages.map((message) => [message.id, message]))
  return ids.flatMap((id) => found.get(id) ?? [])
}

/** A stretch of a chat, newest first. */
export function* listHistory(secret: Secret, boxId: bigint, query: HistoryQuery): Decision<HistorySlice> {
  const { peerId, addOffset, limit } = query
  const chat = { boxId, peerId }
  // The stretch may begin before the newest message; nothing is there.
  const from = (yield* countNewer(boxId, query)) + addOffset
  const skipped = Math.max(0, from)
  const left = Math.max(0, limit + Math.min(0, from))
  const listed = yield* listAfter(chat, skipped, left)
  const rows = listed.filter((row) => isBetween(int(row, 'id'), query))
  const dialog = yield* findCount.row(chat)
  const count = dialog === undefined ? 0 : int(dialog, 'message_count')
  const messages = yield* withSeen(secret, boxId, yield* messagesIn(secret, boxId, rows))
  return { messages, count, skipped }
}

/** The rows of a chat after so many, newest first. */
function* listAfter(
  chat: { readonly boxId: bigint; readonly peerId: PeerId },
  skipped: number,
  limit: number,
): Decision<readonly Row[]> {
  if (limit === 0) return []
  const first = skipped === 0 ? { id: BigInt(MAX_ID) } : yield* findFirst.row({ ...chat, skipped })
  return first === undefined ? [] : yield* listFrom.rows({ ...chat, firstId: int(first, 'id'), limit })
}

function isBetween(id: number, { maxId, minId }: HistoryQuery): boolean {
  return (maxId === 0 || id < maxId) && id > minId
}

/** The number of messages that are no older than the offset. */
function* countNewer(boxId: bigint, { peerId, offsetId, offsetDateS }: HistoryQuery): Decision<number> {
  if (offsetId === 0 && offsetDateS === 0) return 0
  const chat = { boxId, peerId, offsetId }
  const row =
    offsetDateS === 0 ? yield* countPassed.row(chat) : yield* countPassedByDate.row({ ...chat, offsetDateS })
  return int(row ?? {}, 'n')
}
