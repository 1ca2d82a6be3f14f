import { int, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { IS_IN } from '../../database/roles.ts'
import { findGroup, findMembers, roleIn } from './decide-group.ts'
import { findPermanentInvite } from './decide-invites.ts'
import { findWaiting } from './decide-joins.ts'
import { type FullGroup, leads, toAllowed } from './words.ts'

const find = sql`
  SELECT c.about, c.reactions, coalesce(d.folder_id, 0) AS folder_id,
    coalesce((SELECT max(m.id) FROM messages m
      WHERE m.box_id = :userId AND m.peer_id = -c.chat_id AND m.is_pinned = 1), 0) AS pinned_id
  FROM chats c LEFT JOIN dialogs d ON d.box_id = :userId AND d.peer_id = -c.chat_id
  WHERE c.chat_id = :chatId`
const COMMON = `FROM chat_members mine
  JOIN chat_members theirs ON theirs.chat_id = mine.chat_id AND theirs.user_id = :otherId AND theirs.${IS_IN}
  WHERE mine.user_id = :userId AND mine.${IS_IN}`
const listCommon = sql`
  SELECT mine.chat_id ${COMMON} AND (CAST(:maxId AS BIGINT) = 0 OR mine.chat_id < :maxId)
  ORDER BY mine.chat_id DESC LIMIT :limit`
const countCommon = sql`SELECT count(*) AS n ${COMMON}`
const countOnline = sql`
  SELECT count(*) AS n FROM chat_members m JOIN users u ON u.id = m.user_id
  WHERE m.chat_id = :chatId AND m.${IS_IN} AND u.online_until_s > :nowS`

/** A group as its page shows it to somebody who is in it, or was; undefined to anybody else. */
export function* findFullGroup(userId: bigint, chatId: bigint): Decision<FullGroup | undefined> {
  const role = yield* roleIn(chatId, userId)
  const row = role && (yield* find.row({ userId, chatId }))
  const group = row && (yield* findGroup(chatId))
  if (row === undefined || group === undefined) return undefined
  const isLeader = leads(group, userId)
  const isMember = group.roles.has(userId)
  return {
    chatId,
    ...detailsOf(row, isMember),
    list: isMember ? yield* findMembers(chatId) : undefined,
    link: isLeader ? yield* findPermanentInvite(-chatId, userId) : undefined,
    waiting: isLeader ? yield* findWaiting(-chatId) : undefined,
  }
}

function detailsOf(row: Row, isMember: boolean) {
  return {
    about: isMember ? text(row, 'about') : '',
    reactions: toAllowed(text(row, 'reactions')),
    folderId: int(row, 'folder_id'),
    pinnedId: int(row, 'pinned_id'),
  }
}

/** Groups that two people have in common, the newest first, and the number of all of them. */
export interface CommonGroups {
  readonly chatIds: readonly bigint[]
  readonly count: number
}

/** Lists groups that two people are in. @param maxId only groups with lower ids; 0: all */
export function* findCommonGroups(
  userId: bigint,
  otherId: bigint,
  { maxId, limit }: { readonly maxId: bigint; readonly limit: number },
): Decision<CommonGroups> {
  const rows = yield* listCommon.rows({ userId, otherId, maxId, limit })
  const count = int((yield* countCommon.row({ userId, otherId })) ?? {}, 'n')
  return { chatIds: rows.map((row) => long(row, 'chat_id')), count }
}

/** The number of members who are online. */
export function* countOnlineMembers(chatId: bigint, nowS: number): Decision<number> {
  return int((yield* countOnline.row({ chatId, nowS })) ?? {}, 'n')
}
