import { int, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { PeerId, Reaction } from '../messages/words.ts'

const count = sql`
  SELECT r.reaction, count(*) AS n FROM reactions r JOIN messages m ON m.body_id = r.body_id
  WHERE r.user_id = :userId AND m.box_id = :userId AND m.peer_id = :userId
    AND (CAST(:savedPeerId AS BIGINT) = 0 OR m.saved_peer_id = :savedPeerId)
  GROUP BY r.reaction ORDER BY n DESC, r.reaction`

/** A reaction with which somebody tags messages in Saved Messages, and the number of those. */
export interface Tag {
  readonly reaction: Reaction
  readonly count: number
}

/** Counts the tags of somebody's Saved Messages, the commonest first. */
export function* countTags(userId: bigint, savedPeerId: PeerId = 0n): Decision<Tag[]> {
  const rows = yield* count.rows({ userId, savedPeerId })
  return rows.map((row) => ({ reaction: text(row, 'reaction'), count: int(row, 'n') }))
}
