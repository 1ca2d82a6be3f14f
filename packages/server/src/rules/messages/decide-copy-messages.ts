import { int } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { announceEvents } from './decide-box-log.ts'
import type { Box, PeerId } from './words.ts'

/** The newest messages of a chat in another's box. */
export interface Newest {
  readonly fromBoxId: bigint
  readonly peerId: PeerId
  readonly limit: number
}

/** Without service messages, not for bots, and without those that the box has from when its owner was there before. */
const listNewest = sql`
  SELECT m.id FROM messages m
  WHERE m.box_id = :fromBoxId AND m.peer_id = :peerId AND m.kind <> 'service'
    AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.user_id = :boxId)
    AND NOT EXISTS (SELECT 1 FROM messages o WHERE o.box_id = :boxId AND o.body_id = m.body_id)
  ORDER BY m.id DESC LIMIT :limit`
const advance = sql`
  UPDATE boxes SET pts = pts + :count, last_id = last_id + :count
  WHERE box_id = :boxId RETURNING pts, last_id, last_date_s`
/** No message of a box is older than the one before it: what comes late has the date of when it came. */
const copy = sql`
  INSERT INTO messages (box_id, id, peer_id, from_id, is_out, date_s, random_id, pts, body_id, kind)
  SELECT CAST(:boxId AS BIGINT), CAST(:lastId AS BIGINT) + row_number() OVER (ORDER BY m.id), m.peer_id, m.from_id,
    CASE WHEN m.from_id = :boxId THEN 1 ELSE 0 END,
    CASE WHEN m.date_s < :dateS THEN CAST(:dateS AS BIGINT) ELSE m.date_s END, m.random_id,
    CAST(:lastPts AS BIGINT) + row_number() OVER (ORDER BY m.id), m.body_id, m.kind
  FROM messages m WHERE m.box_id = :fromBoxId AND m.id IN ${LISTED_IDS}`
const NEW_ONES = 'box_id = :boxId AND id > :lastId'
const reply = sql`
  UPDATE messages SET reply_to_id = coalesce((
    SELECT max(t.id) FROM messages s
    JOIN messages r ON r.box_id = s.box_id AND r.id = s.reply_to_id
    JOIN messages t ON t.box_id = :boxId AND t.body_id = r.body_id
    WHERE s.box_id = :fromBoxId AND s.body_id = messages.body_id AND s.reply_to_id > 0), 0)
  WHERE ${NEW_ONES}`
const count = sql`
  INSERT INTO dialogs (box_id, peer_id, message_count) VALUES (:boxId, :peerId, :count)
  ON CONFLICT (box_id, peer_id) DO UPDATE SET message_count = dialogs.message_count + excluded.message_count`
const hold = sql`
  UPDATE bodies SET holders = holders + 1
  WHERE body_id IN (SELECT body_id FROM messages WHERE ${NEW_ONES})`
const log = sql`
  INSERT INTO box_log (box_id, pts, pts_count, kind, message_id)
  SELECT box_id, pts, 1, 'newMessage', id FROM messages WHERE ${NEW_ONES}`
const date = sql`
  UPDATE boxes SET last_date_s = coalesce((SELECT max(m.date_s) FROM messages m
    WHERE m.box_id = boxes.box_id AND m.id > :lastId), last_date_s) WHERE box_id = :boxId`

/**
 * Gives a box, which is locked, the newest messages of a chat in another's box, oldest first. The chat's place in the list
 * of the box is left to the message that comes next.
 */
export function* copyNewest(box: Box, newest: Newest): Decision<void> {
  const { boxId } = box
  const rows = yield* listNewest.rows({ ...newest, boxId })
  const ids = idList(rows.map((row) => int(row, 'id')))
  const copied = rows.length
  if (copied === 0) return
  const advanced = yield* advance.row({ boxId, count: copied })
  if (advanced === undefined) return
  const lastId = int(advanced, 'last_id') - copied
  const pts = int(advanced, 'pts')
  const which = { boxId, lastId }
  const { fromBoxId, peerId } = newest
  const dateS = int(advanced, 'last_date_s')
  yield* copy.send({ ...which, lastPts: pts - copied, fromBoxId, ids, dateS })
  yield* reply.send({ ...which, fromBoxId })
  yield* count.send({ boxId, peerId, count: copied })
  for (const statement of [hold, log, date]) yield* statement.send(which)
  yield* announceEvents(box, { pts, ptsCount: copied })
}
