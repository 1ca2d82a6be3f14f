import { type Decision, sql } from '../../database/decision.ts'
import { removing } from '../accounts/decide-boxes.ts'
import type { Box } from './words.ts'

const trim = removing('box_id = :boxId AND id <= :id')
/** Chats that have nothing else are in no list any more. */
const leave = sql`
  UPDATE dialogs SET top_id = CASE WHEN top_id <= :id THEN 0 ELSE top_id END,
    top_date_s = CASE WHEN top_id <= :id THEN 0 ELSE top_date_s END,
    message_count = message_count - (
      SELECT count(*) FROM messages m WHERE m.box_id = :boxId AND m.peer_id = dialogs.peer_id AND m.id <= :id)
  WHERE box_id = :boxId AND peer_id IN (SELECT m.peer_id FROM messages m WHERE m.box_id = :boxId AND m.id <= :id)`

/** Drops the oldest messages, beyond the limit of a box. */
export function* trimMessages({ boxId, keptMessages }: Box, lastId: number): Decision<void> {
  const id = lastId - keptMessages
  if (id <= 0) return
  for (const statement of [leave, ...trim]) yield* statement.send({ boxId, id })
}
