import { text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { findGroup } from '../groups/decide-group.ts'
import { toAllowed } from '../groups/words.ts'
import type { Reaction, StoredMessage } from '../messages/words.ts'
import { type Refused, refused } from '../refusal.ts'

const findAllowed = sql`SELECT reactions FROM chats WHERE chat_id = :chatId`

/** The reason why somebody may not react to a message; undefined if they may. */
export function* barOfReaction(
  { peerId }: StoredMessage,
  userId: bigint,
  reactions: readonly Reaction[],
): Decision<Refused | undefined> {
  if (peerId > 0n) return undefined
  const group = yield* findGroup(-peerId)
  if (!group?.roles.has(userId)) return refused('CHAT_WRITE_FORBIDDEN', 403)
  const row = yield* findAllowed.row({ chatId: -peerId })
  const allowed = row === undefined ? [] : toAllowed(text(row, 'reactions'))
  const isAllowed = allowed === 'all' || reactions.every((reaction) => allowed.includes(reaction))
  return isAllowed ? undefined : refused('REACTION_INVALID')
}
