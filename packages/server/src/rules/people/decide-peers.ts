import { type Decision, sql } from '../../database/decision.ts'

const findMember = sql`SELECT 1 FROM chat_members WHERE chat_id = :chatId AND user_id = :userId`

/** Tells whether somebody is a member of a basic group, or was one. */
export function* isInGroup(userId: bigint, chatId: bigint): Decision<boolean> {
  return (yield* findMember.row({ chatId, userId })) !== undefined
}
