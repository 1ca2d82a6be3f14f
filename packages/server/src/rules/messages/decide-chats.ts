import { int, long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { toMessage } from './decide-message-rows.ts'
import type { Dialog, DialogList, DialogsQuery, HistoryQuery, HistorySlice, Message } from './words.ts'

/** The messages of a chat that a query is about; 0 is no limit. */
const IN_RANGE = `user_id = :boxId AND peer_id = :peerId
  AND (CAST(:maxId AS BIGINT) = 0 OR id < :maxId) AND id > :minId`

const findOne = sql`SELECT * FROM messages WHERE user_id = :boxId AND id = :id`
const findTop = sql`SELECT * FROM messages WHERE user_id = :boxId AND peer_id = :peerId ORDER BY id DESC LIMIT 1`
const findRead = sql`SELECT max_id FROM read_inboxes WHERE user_id = :boxId AND peer_id = :peerId`
const findUnread = sql`
  SELECT count(*) AS n FROM messages WHERE user_id = :boxId AND peer_id = :peerId AND is_out = 0 AND id > :maxId`
const countChats = sql`SELECT count(DISTINCT peer_id) AS n FROM messages WHERE user_id = :boxId`
const listChats = sql`
  SELECT t.peer_id FROM (
    SELECT peer_id, max(id) AS top FROM messages WHERE user_id = :boxId GROUP BY peer_id
  ) t JOIN messages m ON m.user_id = :boxId AND m.id = t.top
  WHERE (CAST(:offsetId AS BIGINT) = 0 OR t.top < :offsetId)
    AND (CAST(:offsetDateS AS BIGINT) = 0 OR m.date_s < :offsetDateS)
  ORDER BY t.top DESC LIMIT :limit`
const countRange = sql`
  SELECT count(*) AS n, count(CASE WHEN (CAST(:offsetId AS BIGINT) > 0 AND id >= :offsetId)
    OR (CAST(:offsetDateS AS BIGINT) > 0 AND date_s >= :offsetDateS) THEN 1 END) AS passed
  FROM messages WHERE ${IN_RANGE}`
const listRange = sql`
  SELECT * FROM messages WHERE ${IN_RANGE} ORDER BY id DESC LIMIT :limit OFFSET :skipped`

/** A message of a box; undefined if it is gone. */
export function* findMessage(secret: Secret, boxId: bigint, id: number): Decision<Message | undefined> {
  const row = yield* findOne.row({ boxId, id })
  return row && toMessage(secret, row)
}

/** Those of these messages that a box still has, in the order of `ids`. */
export function* findMessages(secret: Secret, boxId: bigint, ids: readonly number[]): Decision<Message[]> {
  const found: Message[] = []
  for (const id of ids) {
    const message = yield* findMessage(secret, boxId, id)
    if (message !== undefined) found.push(message)
  }
  return found
}

function* readMaxId(boxId: bigint, peerId: bigint): Decision<number> {
  const row = yield* findRead.row({ boxId, peerId })
  return row === undefined ? 0 : int(row, 'max_id')
}

/** Messages of a chat that its owner has not read. */
export function* countUnread(boxId: bigint, peerId: bigint): Decision<number> {
  const maxId = yield* readMaxId(boxId, peerId)
  return int((yield* findUnread.row({ boxId, peerId, maxId })) ?? {}, 'n')
}

function* findDialog(secret: Secret, boxId: bigint, peerId: bigint): Decision<Dialog> {
  const top = yield* findTop.row({ boxId, peerId })
  return {
    peerId,
    topMessage: top && toMessage(secret, top),
    readInboxMaxId: yield* readMaxId(boxId, peerId),
    unreadCount: yield* countUnread(boxId, peerId),
  }
}

/** The chats of a box with these peers, one for each, in this order. */
export function* findDialogs(secret: Secret, boxId: bigint, peerIds: readonly bigint[]): Decision<Dialog[]> {
  const dialogs: Dialog[] = []
  for (const peerId of peerIds) dialogs.push(yield* findDialog(secret, boxId, peerId))
  return dialogs
}

/** The chats of a box, newest first. */
export function* listDialogs(secret: Secret, boxId: bigint, query: DialogsQuery): Decision<DialogList> {
  const { offsetId, offsetDateS, limit } = query
  const rows = yield* listChats.rows({ boxId, offsetId, offsetDateS, limit })
  const peerIds = rows.map((row) => long(row, 'peer_id'))
  return {
    dialogs: yield* findDialogs(secret, boxId, peerIds),
    count: int((yield* countChats.row({ boxId })) ?? {}, 'n'),
  }
}

/** A stretch of a chat, newest first. */
export function* listHistory(secret: Secret, boxId: bigint, query: HistoryQuery): Decision<HistorySlice> {
  const { peerId, offsetId, offsetDateS, addOffset, limit, maxId, minId } = query
  const range = { boxId, peerId, maxId, minId }
  const counted = (yield* countRange.row({ ...range, offsetId, offsetDateS })) ?? {}
  // The stretch may begin before the newest message; nothing is there.
  const from = int(counted, 'passed') + addOffset
  const skipped = Math.max(0, from)
  const left = Math.max(0, limit + Math.min(0, from))
  const rows = yield* listRange.rows({ ...range, limit: left, skipped })
  return { messages: rows.map((row) => toMessage(secret, row)), count: int(counted, 'n'), skipped }
}
