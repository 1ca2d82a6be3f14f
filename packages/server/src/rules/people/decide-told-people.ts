import { long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { IS_IN } from '../../database/roles.ts'
import { addSideEvent, addSideEvents } from '../messages/decide-side-log.ts'
import type { SideEvent } from '../messages/words.ts'

/** More people are not told of a change: they see it with the next message. */
const MAX_TOLD = 500

const listNear = sql`
  SELECT near_id FROM (
    SELECT user_id AS near_id FROM contacts WHERE contact_id = :userId AND contact_id > 0
    UNION SELECT peer_id AS near_id FROM dialogs WHERE box_id = :userId AND peer_id > 0
    UNION SELECT theirs.user_id AS near_id FROM chat_members mine
      JOIN chat_members theirs ON theirs.chat_id = mine.chat_id AND theirs.${IS_IN}
      WHERE mine.user_id = :userId AND mine.${IS_IN}
  ) n WHERE near_id <> :userId AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.user_id = near_id) ORDER BY near_id LIMIT ${MAX_TOLD}`

/** Those who have an account as a contact, a chat with it, or a group in common, by ascending id. Bots learn of people with their messages. */
export function* findNear(userId: bigint): Decision<bigint[]> {
  return (yield* listNear.rows({ userId })).map((row) => long(row, 'near_id'))
}

/** Tells the sessions of an account, and of those near it, that something about it has changed. */
export function* tellNear(userId: bigint, event: SideEvent, causedBy: bigint | undefined): Decision<void> {
  const boxIds = [userId, ...(yield* findNear(userId))].sort((one, other) => (one < other ? -1 : 1))
  for (const boxId of boxIds) yield* alone('box', boxId)
  yield* addSideEvents(boxIds, event, { userId, authKeyId: causedBy })
}

/** Tells the sessions of an account of a change that only its owner sees. */
export function* tellOwn(userId: bigint, event: SideEvent, causedBy: bigint | undefined): Decision<void> {
  yield* alone('box', userId)
  yield* addSideEvent(userId, event, causedBy)
}
