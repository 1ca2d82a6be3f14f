import { long } from '../../database/columns.ts'
import { alone, type Decision, nudge, sql } from '../../database/decision.ts'
import { IS_IN } from '../../database/roles.ts'
import { removeUser } from '../accounts/decide-users.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import { tellNear } from './decide-told-people.ts'

const listOthers = sql`
  SELECT others.chat_id, others.user_id FROM chat_members mine
  JOIN chat_members others ON others.chat_id = mine.chat_id AND others.user_id <> mine.user_id
    AND others.${IS_IN}
  WHERE mine.user_id = :userId AND mine.${IS_IN}
  ORDER BY others.chat_id, others.user_id`

/** Polls that are in no message: those of messages that the account would have sent later. */
const removePolls = sql`
  DELETE FROM polls WHERE creator_id = :userId
    AND NOT EXISTS (SELECT 1 FROM bodies b WHERE b.poll_id = polls.poll_id AND b.poll_id > 0)`
/** Whoever has gone is never online again: the time of what others would have sent then comes now, and it is dropped. */
const endWaiting = sql`
  UPDATE scheduled SET due_at_s = :nowS WHERE peer_id = :userId AND due_at_s = 2147483646`

/**
 * Deletes an account, and tells those near it, and the groups that it leaves. Its messages stay with them.
 *
 * @param ownKeyId the key that asks for it: it is signed out, the others are revoked
 * @returns the revoked keys; undefined where there is no such account
 */
export function* removePerson(
  userId: bigint,
  nowS: number,
  ownKeyId?: bigint,
): Decision<bigint[] | undefined> {
  yield* alone('account', userId)
  const others = (yield* listOthers.rows({ userId })).map((row) => ({
    chatId: long(row, 'chat_id'),
    memberId: long(row, 'user_id'),
  }))
  for (const chatId of new Set(others.map(({ chatId }) => chatId))) yield* alone('chat', chatId)
  yield* tellNear(userId, { kind: 'user', subject: userId, atS: nowS }, undefined)
  const revoked = yield* removeUser(userId, ownKeyId)
  yield* removePolls.send({ userId })
  if ((yield* endWaiting.run({ userId, nowS })) > 0) yield* nudge({ kind: 'due', atS: nowS })
  for (const { chatId, memberId } of revoked === undefined ? [] : others) {
    yield* addSideEvent(memberId, { kind: 'chatMembers', subject: -chatId, atS: nowS }, undefined)
  }
  return revoked
}
