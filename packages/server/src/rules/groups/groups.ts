import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requireUserId } from '../accounts/keys.ts'
import type { Photo } from '../messages/words.ts'
import { accepted, refusal } from '../refusal.ts'
import type { GroupGround } from './decide-changes.ts'
import { createGroup as decideCreate, type GroupCreated } from './decide-create.ts'
import {
  changeAbout,
  changeAdmin,
  changePhoto,
  changeRank,
  changeRights,
  changeTitle,
  findToChange,
  type RankChanged,
} from './decide-details.ts'
import { addMember, type GroupChange, removeMember } from './decide-members.ts'
import { changeCreator, changeProtection, endGroup } from './decide-ownership.ts'
import { forgetChat } from './forget-chats.ts'
import { MAX_ABOUT, MAX_COPIED, MAX_TITLE } from './limits.ts'
import { newHash } from './link.ts'

/** A group to make. */
export interface NewGroup {
  readonly title: string
  /** Without the creator. */
  readonly userIds: readonly bigint[]
}

/**
 * Makes a group.
 *
 * @throws {RpcError} CHAT_TITLE_EMPTY, USERS_TOO_FEW, USERS_TOO_MUCH, USER_ID_INVALID, INPUT_USER_DEACTIVATED
 */
export async function createGroup(on: Ground, caller: Caller, group: NewGroup): Promise<GroupCreated> {
  const ground = groupGround(on, caller)
  const userIds = [...new Set(group.userIds)].filter((id) => id !== ground.actor.userId)
  const title = titleOf(group.title)
  if (userIds.length === 0) throw refusal('USERS_TOO_FEW')
  if (userIds.length >= on.settings.chatSizeMax) throw refusal('USERS_TOO_MUCH')
  const hash = newHash(on.random)
  return accepted(await on.store.decide(() => decideCreate(ground, { title, userIds, hash })))
}

/**
 * Brings somebody into a group, or lets the caller come back.
 *
 * @param copied messages that the new member gets
 * @throws {RpcError} CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, USER_ALREADY_PARTICIPANT,
 *   USERS_TOO_MUCH, INPUT_USER_DEACTIVATED, BOT_GROUPS_BLOCKED, YOU_BLOCKED_USER, USER_IS_BLOCKED,
 *   USER_PRIVACY_RESTRICTED, USER_NOT_MUTUAL_CONTACT
 */
export async function addToGroup(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  userId: bigint,
  copied: number,
): Promise<GroupChange> {
  const ground = groupGround(on, caller)
  const count = Math.min(MAX_COPIED, Math.max(0, copied))
  return accepted(await on.store.decide(() => addMember(ground, chatId, userId, count)))
}

/**
 * Takes somebody out of a group, or lets the caller leave.
 *
 * @param forgets their box loses the messages of the group
 * @throws {RpcError} CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, USER_NOT_PARTICIPANT
 */
export async function removeFromGroup(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  userId: bigint,
  forgets: boolean,
): Promise<GroupChange> {
  const ground = groupGround(on, caller)
  const change = accepted(await on.store.decide(() => removeMember(ground, chatId, userId, forgets)))
  if (forgets) await forgetChat(on, { boxId: userId, peerId: -chatId })
  return change
}

/**
 * Gives a group another title.
 *
 * @throws {RpcError} CHAT_TITLE_EMPTY, CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, CHAT_NOT_MODIFIED
 */
export async function editTitle(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  title: string,
): Promise<GroupChange> {
  const ground = groupGround(on, caller)
  const cleaned = titleOf(title)
  return accepted(await on.store.decide(() => changeTitle(ground, chatId, cleaned)))
}

/**
 * Gives a group another photo, or none. The photo is not made for those who may not show it.
 *
 * @throws {RpcError} CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, CHAT_NOT_MODIFIED, and those of the photo
 */
export async function editPhoto(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  makePhoto: () => Promise<Photo | undefined>,
): Promise<GroupChange> {
  const ground = groupGround(on, caller)
  accepted(await on.store.look(() => findToChange(ground, chatId)))
  const photo = await makePhoto()
  return accepted(await on.store.decide(() => changePhoto(ground, chatId, photo)))
}

/**
 * Gives a group another description.
 *
 * @throws {RpcError} CHAT_ABOUT_TOO_LONG, CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED,
 *   CHAT_ABOUT_NOT_MODIFIED
 */
export async function editAbout(on: Ground, caller: Caller, chatId: bigint, about: string): Promise<void> {
  const ground = groupGround(on, caller)
  const cleaned = about.trim()
  if ([...cleaned].length > MAX_ABOUT) throw refusal('CHAT_ABOUT_TOO_LONG')
  accepted(await on.store.decide(() => changeAbout(ground, chatId, cleaned)))
}

/**
 * Makes a member an admin, or ends that.
 *
 * @throws {RpcError} CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, USER_NOT_PARTICIPANT, USER_ID_INVALID
 */
export async function editAdmin(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  userId: bigint,
  isAdmin: boolean,
): Promise<void> {
  const ground = groupGround(on, caller)
  const hash = newHash(on.random)
  accepted(await on.store.decide(() => changeAdmin(ground, chatId, { userId, isAdmin, hash })))
}

/**
 * Says what members must not do.
 *
 * @param bits as in `BANNED`
 * @throws {RpcError} CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, CHAT_NOT_MODIFIED
 */
export async function editRights(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  bits: number,
): Promise<GroupChange> {
  const ground = groupGround(on, caller)
  return accepted(await on.store.decide(() => changeRights(ground, chatId, bits)))
}

/**
 * Gives a group of the caller's to another member. The caller has given their password before.
 *
 * @throws {RpcError} CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, USER_ID_INVALID, USER_NOT_PARTICIPANT
 */
export async function editCreator(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  userId: bigint,
): Promise<GroupChange> {
  const ground = groupGround(on, caller)
  const hash = newHash(on.random)
  return accepted(await on.store.decide(() => changeCreator(ground, chatId, { userId, hash })))
}

/**
 * Lets members of a group forward and save what is written there, or forbids it.
 *
 * @throws {RpcError} CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, CHAT_NOT_MODIFIED
 */
export async function protectGroup(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  isProtected: boolean,
): Promise<GroupChange> {
  const ground = groupGround(on, caller)
  return accepted(await on.store.decide(() => changeProtection(ground, chatId, isProtected)))
}

/**
 * Ends a group of the caller's, and takes its messages from everybody who is in it.
 *
 * @throws {RpcError} CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED
 */
export async function deleteGroup(on: Ground, caller: Caller, chatId: bigint): Promise<void> {
  const ground = groupGround(on, caller)
  const { memberIds } = accepted(await on.store.decide(() => endGroup(ground, chatId)))
  for (const boxId of memberIds) await forgetChat(on, { boxId, peerId: -chatId })
}

const MAX_RANK = 16

/**
 * Gives a member a word beside the name; an empty one takes it away.
 *
 * @throws {RpcError} ADMIN_RANK_INVALID, CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, USER_NOT_PARTICIPANT
 */
export async function editRank(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  { userId, rank }: { readonly userId: bigint; readonly rank: string },
): Promise<RankChanged> {
  const ground = groupGround(on, caller)
  const cleaned = rank.replace(/\s+/gu, ' ').trim()
  if ([...cleaned].length > MAX_RANK || /\p{Extended_Pictographic}/u.test(cleaned)) {
    throw refusal('ADMIN_RANK_INVALID')
  }
  return accepted(await on.store.decide(() => changeRank(ground, chatId, { userId, rank: cleaned })))
}

/** The parts that a decision of the caller's about a group is made with. */
export function groupGround({ store, settings, clock, random }: Ground, caller: Caller): GroupGround {
  return {
    secret: store.secret,
    settings,
    nowS: Math.floor(clock.nowMs() / 1000),
    actor: { userId: requireUserId(caller.state), authKeyId: caller.authKeyId },
    noteId: randomLong(random),
  }
}

/** A title as it is kept: one line, cut to what clients show. @throws {RpcError} CHAT_TITLE_EMPTY */
function titleOf(typed: string): string {
  const line = typed.replace(/\s+/gu, ' ').trim()
  if (line === '') throw refusal('CHAT_TITLE_EMPTY')
  return [...line].slice(0, MAX_TITLE).join('')
}
