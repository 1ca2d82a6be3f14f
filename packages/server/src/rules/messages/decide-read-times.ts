import { int, isNull, long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { PeerId } from './words.ts'

/** Time for which anybody may ask when something was read. help.getAppConfig has the same. */
export const READ_TIMES_KEPT_S = 604_800

const note = sql`
  INSERT INTO reads (box_id, peer_id, max_id, at_s) VALUES (:boxId, :peerId, :maxId, :atS)
  ON CONFLICT (box_id, peer_id, max_id) DO NOTHING`
const list = sql`
  SELECT m.box_id, (
    SELECT r.at_s FROM reads r WHERE r.box_id = m.box_id AND r.peer_id = m.peer_id AND r.max_id >= m.id
    ORDER BY r.max_id LIMIT 1) AS at_s
  FROM messages m WHERE m.body_id = :bodyId AND m.box_id <> :authorId ORDER BY m.box_id`

/** Somebody who has read a message, and when. */
export interface ReadTime {
  readonly userId: bigint
  readonly atS: number
}

/** Notes that a box was read up to a message. */
export function* noteRead(boxId: bigint, peerId: PeerId, maxId: number, atS: number): Decision<void> {
  yield* note.send({ boxId, peerId, maxId, atS })
}

/** Those who have read a message of somebody else's, as far as it is known when. */
export function* listReadTimes(bodyId: bigint, authorId: bigint): Decision<ReadTime[]> {
  const rows = yield* list.rows({ bodyId, authorId })
  return rows.flatMap((row) =>
    isNull(row, 'at_s') ? [] : { userId: long(row, 'box_id'), atS: int(row, 'at_s') },
  )
}
