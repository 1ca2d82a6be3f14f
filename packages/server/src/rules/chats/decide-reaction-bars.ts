import { text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { findGroup } from '../groups/decide-group.ts'
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
  const isAllowed = row === undefined ? () => false : allowing(text(row, 'reactions'))
  return reactions.every(isAllowed) ? undefined : refused('REACTION_INVALID')
}

/** Reads the column `reactions` of a group: `all`, `none`, or a list in JSON. */
export function allowing(column: string): (reaction: Reaction) => boolean {
  if (column === 'all') return () => true
  if (column === 'none') return () => false
  const allowed: readonly string[] = JSON.parse(column)
  return (reaction) => allowed.includes(reaction)
}
