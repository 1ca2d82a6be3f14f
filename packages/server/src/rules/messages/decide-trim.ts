import { type Decision, sql } from '../../database/decision.ts'
import { removing } from '../accounts/decide-boxes.ts'
import type { Box } from './words.ts'

const trim = removing('box_id = :boxId AND id <= :id')
/** Chats that have nothing else are in no list any more. */
const emptyDialogs = sql`
  UPDATE dialogs SET top_id = 0, top_date_s = 0 WHERE box_id = :boxId AND top_id > 0 AND top_id <= :id`

/** Drops the oldest messages, beyond the limit of a box. */
export function* trimMessages({ boxId, keptMessages }: Box, lastId: number): Decision<void> {
  const id = lastId - keptMessages
  if (id <= 0) return
  for (const statement of [...trim, emptyDialogs]) yield* statement.send({ boxId, id })
}
