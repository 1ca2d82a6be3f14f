import { long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { removeUser } from '../accounts/decide-users.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import { tellNear } from './decide-told-people.ts'

const listOthers = sql`
  SELECT others.chat_id, others.user_id FROM chat_members mine
  JOIN chat_members others ON others.chat_id = mine.chat_id AND others.user_id <> mine.user_id
    AND others.role IN ('creator', 'admin', 'member')
  WHERE mine.user_id = :userId AND mine.role IN ('creator', 'admin', 'member')
  ORDER BY others.chat_id, others.user_id`

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
  for (const { chatId, memberId } of revoked === undefined ? [] : others) {
    yield* addSideEvent(memberId, { kind: 'chatMembers', subject: -chatId, atS: nowS }, undefined)
  }
  return revoked
}
