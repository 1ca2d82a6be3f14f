import { type Decision, sql } from '../../database/decision.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import {
  countChange,
  type GroupGround,
  lockBoxes,
  openGroup,
  tellBoxes,
  tellGroup,
} from './decide-changes.ts'
import { planForgetting } from './decide-forgetting.ts'
import { putPermanent } from './decide-invites.ts'
import { type GroupChange, setMemberRole } from './decide-members.ts'
import type { Group } from './words.ts'

const setCreator = sql`UPDATE chats SET creator_id = :userId WHERE chat_id = :chatId`
const setProtected = sql`UPDATE chats SET is_protected = :isProtected WHERE chat_id = :chatId`
const deactivate = sql`UPDATE chats SET is_deactivated = 1, photo_id = 0, photo_dc_id = 0 WHERE chat_id = :chatId`

/** Locks a group that somebody has made, or was given. */
function* openOwnGroup(on: GroupGround, chatId: bigint): Decision<Group | Refused> {
  const group = yield* openGroup(on, chatId)
  if (isRefused(group)) return group
  return group.roles.get(on.actor.userId) === 'creator' ? group : refused('CHAT_ADMIN_REQUIRED', 400)
}

/** Gives a group to another member; who had it stays as an admin. @param hash of the new creator's permanent link */
export function* changeCreator(
  on: GroupGround,
  chatId: bigint,
  { userId, hash }: { readonly userId: bigint; readonly hash: string },
): Decision<GroupChange | Refused> {
  const { actor, nowS } = on
  const group = yield* openOwnGroup(on, chatId)
  if (isRefused(group)) return group
  if (userId === actor.userId) return refused('USER_ID_INVALID')
  if (!group.roles.has(userId)) return refused('USER_NOT_PARTICIPANT')
  const boxIds = [...group.roles.keys()]
  yield* lockBoxes(boxIds)
  yield* setMemberRole(on, { chatId, userId: actor.userId }, 'admin')
  yield* setMemberRole(on, { chatId, userId }, 'creator')
  yield* setCreator.send({ chatId, userId })
  yield* putPermanent({ peerId: -chatId, adminId: userId, hash, nowS })
  yield* countChange(chatId)
  const action = { kind: 'changeCreator', userId } as const
  const event = yield* tellGroup(on, { chatId, fromId: actor.userId, boxIds, action })
  yield* tellBoxes(on, chatId, boxIds, 'chatMembers')
  return { kind: 'changed', chatId, events: [event] }
}

/** Lets members of a group forward and save what is written there, or forbids it. */
export function* changeProtection(
  on: GroupGround,
  chatId: bigint,
  isProtected: boolean,
): Decision<GroupChange | Refused> {
  const group = yield* openOwnGroup(on, chatId)
  if (isRefused(group)) return group
  if (group.isProtected === isProtected) return refused('CHAT_NOT_MODIFIED')
  yield* setProtected.send({ chatId, isProtected: Number(isProtected) })
  yield* lockBoxes(group.roles.keys())
  yield* tellBoxes(on, chatId, group.roles.keys(), 'chat')
  return { kind: 'changed', chatId, events: [] }
}

/** A group that has ended, and those who were in it. */
export interface GroupEnded {
  readonly kind: 'ended'
  readonly memberIds: readonly bigint[]
}

/** Ends a group: nobody is in it any more, and the boxes of all lose it. */
export function* endGroup(on: GroupGround, chatId: bigint): Decision<GroupEnded | Refused> {
  const group = yield* openOwnGroup(on, chatId)
  if (isRefused(group)) return group
  const memberIds = [...group.roles.keys()]
  yield* lockBoxes(memberIds)
  yield* deactivate.send({ chatId })
  for (const userId of memberIds) yield* setMemberRole(on, { chatId, userId }, 'left')
  yield* countChange(chatId)
  yield* tellBoxes(on, chatId, memberIds, 'chat', false)
  yield* planForgetting(-chatId, memberIds)
  return { kind: 'ended', memberIds }
}
