/** Changes of the members of groups, as bots are told of them. */
import { int, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { MemberState } from '../bots/words.ts'
import { addBotEvent } from '../messages/decide-bot-log.ts'
import type { GroupGround } from './decide-changes.ts'
import { toRole } from './decide-group.ts'

const find = sql`SELECT * FROM chat_members WHERE chat_id = :chatId AND user_id = :userId`
/** Bots that lead the group, and the member itself if it is a bot. */
const listBots = sql`
  SELECT b.user_id FROM chat_members m JOIN bots b ON b.user_id = m.user_id
  WHERE m.chat_id = :chatId AND (m.role IN ('creator', 'admin') OR m.user_id = :userId) ORDER BY b.user_id`

/** A change of the part that somebody has in a group. */
export interface MemberChange {
  readonly chatId: bigint
  readonly userId: bigint
  /** Of the link by which they came. */
  readonly hash?: string | undefined
}

/** Makes a change of a member, and tells bots. The boxes of the group are locked, and no lock comes after this. */
export function* withBotsTold(
  { actor, nowS }: Pick<GroupGround, 'actor' | 'nowS'>,
  { chatId, userId, hash }: MemberChange,
  change: () => Decision<void>,
): Decision<void> {
  const before = toState(yield* find.row({ chatId, userId }))
  yield* change()
  const bots = yield* listBots.rows({ chatId, userId })
  if (bots.length === 0) return
  const now = toState(yield* find.row({ chatId, userId }))
  const event = { kind: 'member', chatId, actorId: actor.userId, userId, before, now, hash } as const
  for (const row of bots) yield* addBotEvent(long(row, 'user_id'), event, nowS)
}

/** Tells the bots that lead a group that somebody asks to be let in. */
export function* tellBotsOfRequest(
  { actor, nowS }: Pick<GroupGround, 'actor' | 'nowS'>,
  chatId: bigint,
  hash: string,
): Decision<void> {
  const { userId } = actor
  for (const row of yield* listBots.rows({ chatId, userId })) {
    const botId = long(row, 'user_id')
    if (botId !== userId) yield* addBotEvent(botId, { kind: 'requester', chatId, userId, hash }, nowS)
  }
}

/** Undefined for those who are not in the group. */
function toState(row: Row | undefined): MemberState | undefined {
  const role = row && toRole(text(row, 'role'))
  if (row === undefined || role === undefined) return undefined
  return { role, inviterId: long(row, 'inviter_id'), joinedAtS: int(row, 'joined_at_s') }
}
