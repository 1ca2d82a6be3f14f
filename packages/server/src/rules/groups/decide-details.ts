import { int, long, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { claimMedia } from '../files/decide-media.ts'
import type { Photo } from '../messages/words.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import {
  countChange,
  findOwnGroup,
  type GroupGround,
  lockBoxes,
  openGroup,
  openLedGroup,
  tellBoxes,
  tellGroup,
} from './decide-changes.ts'
import { putPermanent } from './decide-invites.ts'
import { type GroupChange, setMemberRole } from './decide-members.ts'
import { type AllowedReactions, type Group, leads, mayIn, ofAllowed } from './words.ts'

/** A change that was made, of which no message tells. */
export interface Done {
  readonly kind: 'done'
}

const DONE: Done = { kind: 'done' }

const find = sql`SELECT title, about, default_rights, reactions, photo_id FROM chats WHERE chat_id = :chatId`
const setTitle = sql`UPDATE chats SET title = :title WHERE chat_id = :chatId`
const setPhoto = sql`UPDATE chats SET photo_id = :photoId, photo_dc_id = :dcId WHERE chat_id = :chatId`
const setAbout = sql`UPDATE chats SET about = :about WHERE chat_id = :chatId`
const setRank = sql`UPDATE chat_members SET rank = :rank WHERE chat_id = :chatId AND user_id = :userId`
const findVersion = sql`SELECT version FROM chats WHERE chat_id = :chatId`
const setReactions = sql`UPDATE chats SET reactions = :reactions WHERE chat_id = :chatId`
const setRights = sql`UPDATE chats SET default_rights = :bits WHERE chat_id = :chatId`

/** Gives a group another title. */
export function* changeTitle(
  on: GroupGround,
  chatId: bigint,
  title: string,
): Decision<GroupChange | Refused> {
  const group = yield* openToChange(on, chatId)
  if (isRefused(group)) return group
  const { userId } = on.actor
  if (text((yield* find.row({ chatId })) ?? {}, 'title') === title) return refused('CHAT_NOT_MODIFIED')
  yield* setTitle.send({ chatId, title })
  const action = { kind: 'chatEditTitle', title } as const
  const boxIds = [...group.roles.keys()]
  return {
    kind: 'changed',
    chatId,
    events: [yield* tellGroup(on, { chatId, fromId: userId, boxIds, action })],
  }
}

/** Gives a group another photo, or none. */
export function* changePhoto(
  on: GroupGround,
  chatId: bigint,
  photo: Photo | undefined,
): Decision<GroupChange | Refused> {
  // As sends do: the photo is held before the chat.
  if (photo !== undefined && (yield* claimMedia(photo)) !== undefined) return refused('PHOTO_ID_INVALID')
  const group = yield* openToChange(on, chatId)
  if (isRefused(group)) return group
  const { userId } = on.actor
  const before = long((yield* find.row({ chatId })) ?? {}, 'photo_id')
  if (before === (photo?.photoId ?? 0n)) return refused('CHAT_NOT_MODIFIED')
  yield* setPhoto.send({ chatId, photoId: photo?.photoId ?? 0n, dcId: photo?.dcId ?? 0 })
  const action = photo ? ({ kind: 'chatEditPhoto', photo } as const) : ({ kind: 'chatDeletePhoto' } as const)
  const boxIds = [...group.roles.keys()]
  const event = yield* tellGroup(on, { chatId, fromId: userId, boxIds, action })
  return { kind: 'changed', chatId, events: [event] }
}

/** Finds a group whose title, photo and other details somebody may change. */
export function* findToChange(on: GroupGround, chatId: bigint): Decision<Group | Refused> {
  return ifChangeable(on, yield* findOwnGroup(on, chatId))
}

/** Locks a group whose details somebody may change. */
function* openToChange(on: GroupGround, chatId: bigint): Decision<Group | Refused> {
  return ifChangeable(on, yield* openGroup(on, chatId))
}

function ifChangeable({ actor }: GroupGround, group: Group | Refused): Group | Refused {
  return isRefused(group) || mayIn(group, actor.userId, 'changeInfo')
    ? group
    : refused('CHAT_ADMIN_REQUIRED', 400)
}

/** Gives a group another description. */
export function* changeAbout(on: GroupGround, chatId: bigint, about: string): Decision<Done | Refused> {
  const group = yield* openToChange(on, chatId)
  if (isRefused(group)) return group
  if (text((yield* find.row({ chatId })) ?? {}, 'about') === about) return refused('CHAT_ABOUT_NOT_MODIFIED')
  yield* setAbout.send({ chatId, about })
  yield* lockBoxes(group.roles.keys())
  yield* tellBoxes(on, chatId, group.roles.keys(), 'chat', false)
  return DONE
}

/** Says which reactions a group allows. */
export function* changeReactions(
  on: GroupGround,
  chatId: bigint,
  allowed: AllowedReactions,
): Decision<Done | Refused> {
  const group = yield* openToChange(on, chatId)
  if (isRefused(group)) return group
  const reactions = ofAllowed(allowed)
  if (text((yield* find.row({ chatId })) ?? {}, 'reactions') === reactions)
    return refused('CHAT_NOT_MODIFIED')
  yield* setReactions.send({ chatId, reactions })
  yield* lockBoxes(group.roles.keys())
  yield* tellBoxes(on, chatId, group.roles.keys(), 'chat', false)
  return DONE
}

/**
 * Makes a member an admin, or ends that. Only the creator may.
 *
 * @param hash of the new admin's permanent link
 */
export function* changeAdmin(
  on: GroupGround,
  chatId: bigint,
  change: { readonly userId: bigint; readonly isAdmin: boolean; readonly hash: string },
): Decision<Done | Refused> {
  const group = yield* openGroup(on, chatId)
  if (isRefused(group)) return group
  if (group.roles.get(on.actor.userId) !== 'creator') return refused('CHAT_ADMIN_REQUIRED', 400)
  const { userId, isAdmin, hash } = change
  const role = group.roles.get(userId)
  if (role === undefined) return refused('USER_NOT_PARTICIPANT')
  if (role === 'creator') return refused('USER_ID_INVALID')
  if (isAdmin === (role === 'admin')) return DONE
  yield* lockBoxes(group.roles.keys())
  yield* setMemberRole(on, { chatId, userId }, isAdmin ? 'admin' : 'member')
  if (isAdmin) yield* putPermanent({ peerId: -chatId, adminId: userId, hash, nowS: on.nowS })
  yield* countChange(chatId)
  yield* tellBoxes(on, chatId, group.roles.keys(), 'chatMembers', false)
  return DONE
}

/** Says what members must not do. Who leads the group may. */
export function* changeRights(
  on: GroupGround,
  chatId: bigint,
  bits: number,
): Decision<GroupChange | Refused> {
  const group = yield* openLedGroup(on, chatId)
  if (isRefused(group)) return group
  if (long((yield* find.row({ chatId })) ?? {}, 'default_rights') === BigInt(bits)) {
    return refused('CHAT_NOT_MODIFIED')
  }
  yield* setRights.send({ chatId, bits })
  yield* countChange(chatId)
  yield* lockBoxes(group.roles.keys())
  yield* tellBoxes(on, chatId, group.roles.keys(), 'chatRights')
  return { kind: 'changed', chatId, events: [] }
}

/** A rank that was given, and the version that the list of members has with it. */
export interface RankChanged {
  readonly kind: 'ranked'
  readonly chatId: bigint
  readonly userId: bigint
  readonly rank: string
  readonly version: number
}

/** Gives a member a word beside the name. Members choose their own, unless they are kept from it; who leads the group, those of members. */
export function* changeRank(
  on: GroupGround,
  chatId: bigint,
  { userId, rank }: { readonly userId: bigint; readonly rank: string },
): Decision<RankChanged | Refused> {
  const { actor } = on
  const group = yield* openGroup(on, chatId)
  if (isRefused(group)) return group
  const role = group.roles.get(userId)
  if (role === undefined) return refused('USER_NOT_PARTICIPANT')
  const mayAlways = group.roles.get(actor.userId) === 'creator'
  const may =
    userId === actor.userId
      ? mayIn(group, userId, 'editRank')
      : mayAlways || (role === 'member' && leads(group, actor.userId))
  if (!may) return refused('CHAT_ADMIN_REQUIRED', 400)
  yield* setRank.send({ chatId, userId, rank })
  yield* countChange(chatId)
  yield* lockBoxes(group.roles.keys())
  yield* tellBoxes(on, chatId, group.roles.keys(), 'chatMembers')
  const version = int((yield* findVersion.row({ chatId })) ?? {}, 'version')
  return { kind: 'ranked', chatId, userId, rank, version }
}
