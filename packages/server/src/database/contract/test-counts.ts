import assert from 'node:assert/strict'
import { sql } from '../decision.ts'
import type { Store } from '../store.ts'

/** Chats with another number of messages than they have. */
const findWrong = sql`
  SELECT coalesce(d.box_id, m.box_id) AS box_id, coalesce(d.peer_id, m.peer_id) AS peer_id, d.message_count, m.n
  FROM dialogs d FULL JOIN (
    SELECT box_id, peer_id, count(*) AS n FROM messages GROUP BY box_id, peer_id
  ) m ON m.box_id = d.box_id AND m.peer_id = d.peer_id
  WHERE coalesce(d.message_count, 0) <> coalesce(m.n, 0)`

/** Checks the number of messages that is kept with each chat. */
export async function checkCounts(store: Store): Promise<void> {
  assert.deepEqual(await store.look(() => findWrong.rows()), [])
}
