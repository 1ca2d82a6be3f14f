import { bool, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { IS_IN } from '../../database/roles.ts'
import type { Avatar } from '../people/words.ts'
import type { Group, Member, MemberList, Role, SeenGroup } from './words.ts'

const find = sql`SELECT * FROM chats WHERE chat_id = :chatId`
const listMembers = sql`SELECT * FROM chat_members WHERE chat_id = :chatId AND ${IS_IN} ORDER BY user_id`
const findRole = sql`SELECT role FROM chat_members WHERE chat_id = :chatId AND user_id = :userId`
const listSeen = sql`
  SELECT l.listed_id, c.*, m.role,
    (SELECT count(*) FROM chat_members a WHERE a.chat_id = c.chat_id AND a.${IS_IN}) AS member_count
  FROM ${LISTED_IDS} l
  LEFT JOIN chats c ON c.chat_id = l.listed_id
  LEFT JOIN chat_members m ON m.chat_id = l.listed_id AND m.user_id = :viewerId`

const ROLES: Readonly<Record<string, Role>> = { creator: 'creator', admin: 'admin', member: 'member' }

/** The part in a group that a column names; undefined for those who have left. */
export function toRole(column: string): Role | undefined {
  return ROLES[column]
}

/** A basic group with its members; undefined if there is none. Whoever writes in it has its lock. */
export function* findGroup(chatId: bigint): Decision<Group | undefined> {
  const chat = yield* find.row({ chatId })
  if (chat === undefined) return undefined
  const members = yield* listMembers.rows({ chatId })
  return {
    chatId,
    creatorId: long(chat, 'creator_id'),
    isDeactivated: bool(chat, 'is_deactivated'),
    isProtected: bool(chat, 'is_protected'),
    defaultRights: int(chat, 'default_rights'),
    roles: new Map(members.map((row) => [long(row, 'user_id'), ROLES[text(row, 'role')] ?? 'member'])),
  }
}

/** The members of a group with the version of their list; undefined if there is no such group. */
export function* findMembers(chatId: bigint): Decision<MemberList | undefined> {
  const chat = yield* find.row({ chatId })
  if (chat === undefined) return undefined
  return {
    chatId,
    version: int(chat, 'version'),
    members: (yield* listMembers.rows({ chatId })).map(toMember),
  }
}

/** Things that members must not do, as bits of `BANNED`, and the version that the group has with them. */
export interface GroupRights {
  readonly bits: number
  readonly version: number
}

/** Things that the members of a group must not do; undefined if there is no such group. */
export function* findRights(chatId: bigint): Decision<GroupRights | undefined> {
  const chat = yield* find.row({ chatId })
  return chat && { bits: int(chat, 'default_rights'), version: int(chat, 'version') }
}

/** The part that somebody has in a group, or had: undefined if they never were in it. */
export function* roleIn(chatId: bigint, userId: bigint): Decision<Role | 'left' | 'kicked' | undefined> {
  const row = yield* findRole.row({ chatId, userId })
  if (row === undefined) return undefined
  const role = text(row, 'role')
  return ROLES[role] ?? (role === 'left' ? 'left' : 'kicked')
}

/** Groups as somebody sees them, in this order. */
export function* findSeenGroups(viewerId: bigint, chatIds: readonly bigint[]): Decision<SeenGroup[]> {
  const rows = yield* listSeen.rows({ viewerId, ids: idList(chatIds) })
  const seen = new Map(rows.map((row) => [long(row, 'listed_id'), toSeen(row)]))
  return chatIds.flatMap((chatId) => seen.get(chatId) ?? [])
}

/** People who were never in a group are not even told its title. */
function toSeen(row: Row): SeenGroup {
  const chatId = long(row, 'listed_id')
  if (isNull(row, 'chat_id') || isNull(row, 'role')) return { kind: 'forbidden', chatId, title: '' }
  const title = text(row, 'title')
  const role = text(row, 'role')
  if (role === 'kicked') return { kind: 'forbidden', chatId, title }
  return {
    kind: 'group',
    chatId,
    title,
    role: ROLES[role],
    isDeactivated: bool(row, 'is_deactivated'),
    isProtected: bool(row, 'is_protected'),
    memberCount: int(row, 'member_count'),
    createdAtS: int(row, 'created_at_s'),
    version: int(row, 'version'),
    defaultRights: int(row, 'default_rights'),
    avatar: avatarOf(row),
  }
}

function avatarOf(row: Row): Avatar | undefined {
  const photoId = long(row, 'photo_id')
  return photoId === 0n ? undefined : { photoId, dcId: int(row, 'photo_dc_id') }
}

function toMember(row: Row): Member {
  return {
    userId: long(row, 'user_id'),
    role: ROLES[text(row, 'role')] ?? 'member',
    inviterId: long(row, 'inviter_id'),
    joinedAtS: int(row, 'joined_at_s'),
    rank: text(row, 'rank'),
  }
}
