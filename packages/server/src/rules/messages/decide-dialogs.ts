import { int, isNull, long, type Row } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Secret } from '../../database/secret.ts'
import { MESSAGE_COLUMNS, toMessage } from './message-rows.ts'
import type { Dialog, DialogList, DialogsQuery } from './words.ts'

const findListed = sql`
  SELECT p.listed_id, coalesce(r.read_inbox_max_id, 0) AS read_max_id, ${MESSAGE_COLUMNS}, (
    SELECT count(*) FROM messages u
    WHERE u.box_id = :boxId AND u.peer_id = p.listed_id AND u.is_out = 0 AND u.id > coalesce(r.read_inbox_max_id, 0)
  ) AS unread
  FROM ${LISTED_IDS} p
  LEFT JOIN messages m ON m.box_id = :boxId
    AND m.id = (SELECT max(t.id) FROM messages t WHERE t.box_id = :boxId AND t.peer_id = p.listed_id)
  LEFT JOIN bodies b ON b.body_id = m.body_id
  LEFT JOIN dialogs r ON r.box_id = :boxId AND r.peer_id = p.listed_id`
const countChats = sql`SELECT count(DISTINCT peer_id) AS n FROM messages WHERE box_id = :boxId`
const listChats = sql`
  SELECT t.peer_id FROM (
    SELECT peer_id, max(id) AS top FROM messages WHERE box_id = :boxId GROUP BY peer_id
  ) t JOIN messages m ON m.box_id = :boxId AND m.id = t.top
  WHERE (CAST(:offsetId AS BIGINT) = 0 OR t.top < :offsetId)
    AND (CAST(:offsetDateS AS BIGINT) = 0 OR m.date_s < :offsetDateS)
  ORDER BY t.top DESC LIMIT :limit`

/** The chats of a box with these peers, one for each, in this order. */
export function* findDialogs(secret: Secret, boxId: bigint, peerIds: readonly bigint[]): Decision<Dialog[]> {
  const rows = yield* findListed.rows({ boxId, ids: idList(peerIds) })
  const dialogs = new Map(rows.map((row) => [long(row, 'listed_id'), toDialog(secret, row)]))
  return peerIds.flatMap((peerId) => dialogs.get(peerId) ?? [])
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

function toDialog(secret: Secret, row: Row): Dialog {
  return {
    peerId: long(row, 'listed_id'),
    topMessage: isNull(row, 'id') ? undefined : toMessage(secret, row),
    readInboxMaxId: int(row, 'read_max_id'),
    unreadCount: int(row, 'unread'),
  }
}
