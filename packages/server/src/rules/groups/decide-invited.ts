import { bool, long, type Row } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { SERVICE_USER } from '../accounts/service-user.ts'
import { type Allows, findAllows } from '../people/decide-people.ts'
import { type Refused, refused } from '../refusal.ts'

/** The reason why somebody cannot be brought into a group by another. */
export type InviteProblem = Refused

/** mine: the inviter's contact; theirs: the inviter as their contact. */
const find = sql`
  SELECT u.id, u.is_bot, coalesce(b.joins_groups, 1) AS joins_groups,
    CASE WHEN mine.user_id IS NULL THEN 0 ELSE 1 END AS is_contact,
    CASE WHEN theirs.user_id IS NULL THEN 0 ELSE 1 END AS has_inviter,
    CASE WHEN own.user_id IS NULL THEN 0 ELSE 1 END AS has_blocked,
    CASE WHEN k.user_id IS NULL THEN 0 ELSE 1 END AS is_blocked
  FROM ${LISTED_IDS} l
  JOIN users u ON u.id = l.listed_id
  LEFT JOIN bots b ON b.user_id = u.id
  LEFT JOIN contacts mine ON mine.user_id = :inviterId AND mine.contact_id = u.id AND mine.contact_id > 0
  LEFT JOIN contacts theirs ON theirs.user_id = u.id AND theirs.contact_id = :inviterId AND theirs.contact_id > 0
  LEFT JOIN blocks own ON own.user_id = :inviterId AND own.peer_id = u.id
  LEFT JOIN blocks k ON k.user_id = u.id AND k.peer_id = :inviterId`

/** Decides for each of these people whether somebody may bring them into a group; those who may be brought are left out. */
export function* findInviteProblems(
  inviterId: bigint,
  userIds: readonly bigint[],
): Decision<Map<bigint, InviteProblem>> {
  const rows = yield* find.rows({ inviterId, ids: idList(userIds) })
  const allows = yield* findAllows(userIds)
  const found = new Map(rows.map((row) => [long(row, 'id'), row]))
  const problems = new Map<bigint, InviteProblem>()
  for (const userId of userIds) {
    const problem = problemOf(userId, found.get(userId), inviterId, allows)
    if (problem !== undefined) problems.set(userId, problem)
  }
  return problems
}

function problemOf(
  userId: bigint,
  row: Row | undefined,
  inviterId: bigint,
  allows: Allows,
): InviteProblem | undefined {
  if (userId === SERVICE_USER.id) return refused('USER_ID_INVALID')
  if (row === undefined) return refused('INPUT_USER_DEACTIVATED')
  if (bool(row, 'is_bot')) return bool(row, 'joins_groups') ? undefined : refused('BOT_GROUPS_BLOCKED')
  if (bool(row, 'has_blocked')) return refused('YOU_BLOCKED_USER')
  if (bool(row, 'is_blocked')) return refused('USER_IS_BLOCKED', 400)
  const inviter = { userId: inviterId, isBot: false, isContact: bool(row, 'has_inviter') }
  return allows('chatInvite', userId, inviter) ? undefined : refused('USER_PRIVACY_RESTRICTED')
}

/** Tells whether each of two people has the other as a contact. */
export function* areMutual(userId: bigint, otherId: bigint): Decision<boolean> {
  const row = yield* find.row({ inviterId: userId, ids: idList([otherId]) })
  return row !== undefined && bool(row, 'is_contact') && bool(row, 'has_inviter')
}
