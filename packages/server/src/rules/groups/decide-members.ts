import { long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { boxOf } from '../messages/box-of.ts'
import { copyNewest } from '../messages/decide-copy-messages.ts'
import type { BoxEvent } from '../messages/words.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import { withBotsTold } from './decide-bot-news.ts'
import {
  countChange,
  type GroupGround,
  lockBoxes,
  openGroup,
  tellBoxes,
  tellGroup,
} from './decide-changes.ts'
import { forgetPart, planForgetting } from './decide-forgetting.ts'
import { findGroup, roleIn } from './decide-group.ts'
import { areMutual, findInviteProblems } from './decide-invited.ts'
import { type Group, leads, mayIn } from './words.ts'

/** A change of a group, as the box of who made it has it. */
export interface GroupChange {
  readonly kind: 'changed'
  readonly chatId: bigint
  readonly events: readonly BoxEvent[]
}

const put = sql`
  INSERT INTO chat_members (chat_id, user_id, role, inviter_id, joined_at_s)
  VALUES (:chatId, :userId, :role, :inviterId, :nowS)
  ON CONFLICT (chat_id, user_id) DO UPDATE
  SET role = excluded.role, inviter_id = excluded.inviter_id, joined_at_s = excluded.joined_at_s`
const setRole = sql`UPDATE chat_members SET role = :role WHERE chat_id = :chatId AND user_id = :userId`
const findInviter = sql`SELECT inviter_id FROM chat_members WHERE chat_id = :chatId AND user_id = :userId`

/** Somebody who enters a group. */
export interface Entrant {
  readonly userId: bigint
  readonly inviterId: bigint
  /** Of the link by which they come. */
  readonly hash?: string
}

/** Puts somebody in a group, whose creator has its rights again when they come back. */
export function* putMember(
  on: GroupGround,
  { chatId, creatorId }: Pick<Group, 'chatId' | 'creatorId'>,
  { userId, inviterId, hash }: Entrant,
): Decision<void> {
  const role = userId === creatorId ? 'creator' : 'member'
  const { nowS } = on
  yield* withBotsTold(on, { chatId, userId, hash }, () => put.send({ chatId, userId, role, inviterId, nowS }))
}

/** Gives a member another part. The boxes of the group are locked. */
export function* setMemberRole(
  on: GroupGround,
  member: { readonly chatId: bigint; readonly userId: bigint },
  role: string,
): Decision<void> {
  yield* withBotsTold(on, member, () => setRole.send({ ...member, role }))
}

/**
 * Brings somebody into a group, with its last messages. People who have left may come back by themselves.
 *
 * @param copied messages that the new member gets
 */
export function* addMember(
  on: GroupGround,
  chatId: bigint,
  userId: bigint,
  copied: number,
): Decision<GroupChange | Refused> {
  const { actor } = on
  const group = yield* openEntrance(on, chatId, userId)
  if (isRefused(group)) return group
  if (group.roles.has(userId)) return refused('USER_ALREADY_PARTICIPANT')
  if (group.roles.size >= on.settings.chatSizeMax) return refused('USERS_TOO_MUCH')
  const problem = userId === actor.userId ? undefined : yield* findProblem(on, group, userId)
  if (problem !== undefined) return problem
  const boxIds = [...group.roles.keys(), userId]
  yield* lockBoxes(boxIds)
  yield* putMember(on, group, { userId, inviterId: actor.userId })
  yield* countChange(chatId)
  if (copied > 0 && userId !== actor.userId) {
    yield* copyNewest(boxOf(on.settings, userId), { fromBoxId: actor.userId, peerId: -chatId, limit: copied })
  }
  const action = { kind: 'chatAddUser', userIds: [userId] } as const
  const event = yield* tellGroup(on, { chatId, fromId: actor.userId, boxIds, action })
  yield* tellBoxes(on, chatId, boxIds, 'chatMembers')
  return { kind: 'changed', chatId, events: [event] }
}

/** Locks a group for somebody who brings another, or who comes back after they have left. */
function* openEntrance(on: GroupGround, chatId: bigint, userId: bigint): Decision<Group | Refused> {
  const group = yield* openGroup(on, chatId)
  if (!isRefused(group) || group.name !== 'CHAT_WRITE_FORBIDDEN' || userId !== on.actor.userId) return group
  if ((yield* roleIn(chatId, userId)) !== 'left') return group
  return (yield* findGroup(chatId)) ?? group
}

function* findProblem({ actor }: GroupGround, group: Group, userId: bigint): Decision<Refused | undefined> {
  if (!mayIn(group, actor.userId, 'inviteUsers')) return refused('CHAT_ADMIN_REQUIRED', 403)
  const problem = (yield* findInviteProblems(actor.userId, [userId])).get(userId)
  if (problem !== undefined) return problem
  // Only people who know each other bring back somebody who has gone.
  if ((yield* roleIn(group.chatId, userId)) !== 'left') return undefined
  return (yield* areMutual(actor.userId, userId)) ? undefined : refused('USER_NOT_MUTUAL_CONTACT')
}

/**
 * Takes somebody out of a group, or lets them leave.
 *
 * @param forgets their box loses the messages of the group: the newest at once, the others with {@link forgetPart}
 */
export function* removeMember(
  on: GroupGround,
  chatId: bigint,
  userId: bigint,
  forgets: boolean,
): Decision<GroupChange | Refused> {
  const { actor, settings } = on
  const group = yield* openGroup(on, chatId)
  if (isRefused(group)) return group
  if (!group.roles.has(userId)) return refused('USER_NOT_PARTICIPANT')
  if (!(yield* mayRemove(group, actor.userId, userId))) return refused('CHAT_ADMIN_REQUIRED', 400)
  yield* lockBoxes(group.roles.keys())
  yield* setMemberRole(on, { chatId, userId }, userId === actor.userId ? 'left' : 'kicked')
  yield* countChange(chatId)
  const events: BoxEvent[] = []
  if (forgets) {
    const chat = { boxId: userId, peerId: -chatId }
    yield* planForgetting(-chatId, [userId])
    const { event } = yield* forgetPart(settings, chat, actor.authKeyId)
    if (event !== undefined && userId === actor.userId) events.push(event)
  }
  const action = { kind: 'chatDeleteUser', userId } as const
  events.push(yield* tellGroup(on, { chatId, fromId: actor.userId, boxIds: [...group.roles.keys()], action }))
  const stay = [...group.roles.keys()].filter((id) => id !== userId)
  yield* tellBoxes(on, chatId, stay, 'chatMembers')
  return { kind: 'changed', chatId, events }
}

/** The creator removes all others, admins remove members, and members whom they brought. */
function* mayRemove(group: Group, actorId: bigint, userId: bigint): Decision<boolean> {
  if (actorId === userId || group.roles.get(actorId) === 'creator') return true
  if (group.roles.get(userId) !== 'member') return false
  if (leads(group, actorId)) return true
  const row = yield* findInviter.row({ chatId: group.chatId, userId })
  return row !== undefined && long(row, 'inviter_id') === actorId
}
