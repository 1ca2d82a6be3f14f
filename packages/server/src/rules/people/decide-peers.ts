import { long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { IS_IN } from '../../database/roles.ts'

const findMember = sql`SELECT 1 FROM chat_members WHERE chat_id = :chatId AND user_id = :userId`

/** Tells whether somebody is a member of a basic group, or was one. */
export function* isInGroup(userId: bigint, chatId: bigint): Decision<boolean> {
  return (yield* findMember.row({ chatId, userId })) !== undefined
}

// Both are in the group now: two who only were in it may never have been there together.
const listMet = sql`
  SELECT listed_id FROM ${LISTED_IDS} l
  WHERE EXISTS (SELECT 1 FROM contacts c
      WHERE c.user_id = :viewerId AND c.contact_id = l.listed_id AND c.contact_id > 0)
    OR EXISTS (SELECT 1 FROM users u JOIN dialogs d ON d.box_id = u.id
      WHERE u.id = :viewerId AND u.is_bot = 1 AND d.peer_id = l.listed_id)
    OR EXISTS (SELECT 1 FROM users u JOIN chat_members mine ON mine.user_id = u.id
      JOIN chat_members theirs ON theirs.chat_id = mine.chat_id AND theirs.user_id = l.listed_id AND theirs.${IS_IN}
      WHERE u.id = :viewerId AND u.is_bot = 1 AND mine.${IS_IN})`

/** Of these users, the contacts of an account; for a bot, those whom it has a chat with, or with whom it is in a group now. */
export function* listMetUsers(viewerId: bigint, userIds: readonly bigint[]): Decision<bigint[]> {
  const rows = yield* listMet.rows({ viewerId, ids: idList(userIds) })
  return rows.map((row) => long(row, 'listed_id'))
}
