import { int, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { IS_IN } from '../../database/roles.ts'
import type { PeerId, ServiceAction } from '../messages/words.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import { tellBotsOfRequest } from './decide-bot-news.ts'
import {
  countChange,
  type GroupGround,
  lockBoxes,
  openLedGroup,
  tellBoxes,
  tellGroup,
} from './decide-changes.ts'
import { findGroup, roleIn } from './decide-group.ts'
import { findInvite, isOpen, lockGroupOf, openInvite } from './decide-invites.ts'
import { type GroupChange, putMember } from './decide-members.ts'
import { type Group, type Importer, type Invite, type LinkPreview, leads, type WaitingList } from './words.ts'

/** The group lets in only those who are approved: the request waits. */
export interface Requested {
  readonly kind: 'requested'
}

/** The link is none any more, or never was. */
const EXPIRED = refused('INVITE_HASH_EXPIRED', 406)

/** The statement counts a use only where one is left; the same decision adds the member. */
const use = sql`
  UPDATE invites SET uses = uses + 1
  WHERE hash = :hash AND is_revoked = 0 AND (expires_at_s = 0 OR expires_at_s > :nowS)
    AND (usage_limit = 0 OR uses < usage_limit)`
const countUse = sql`UPDATE invites SET uses = uses + 1 WHERE hash = :hash`
const keepUse = sql`
  INSERT INTO invite_uses (peer_id, user_id, hash, state, approved_by, at_s)
  VALUES (:peerId, :userId, :hash, :state, :approvedBy, :nowS)
  ON CONFLICT (peer_id, user_id) DO UPDATE
  SET hash = excluded.hash, state = excluded.state, approved_by = excluded.approved_by, at_s = excluded.at_s`
const findUse = sql`SELECT * FROM invite_uses WHERE peer_id = :peerId AND user_id = :userId`
const findAccount = sql`SELECT 1 FROM users WHERE id = :userId`
const removeUse = sql`DELETE FROM invite_uses WHERE peer_id = :peerId AND user_id = :userId AND state = 'requested'`
/** Requests that one call answers. */
const ANSWERED_AT_ONCE = 200
const countWaiting = sql`SELECT count(*) AS n FROM invite_uses WHERE peer_id = :peerId AND state = 'requested'`
const listNewest = sql`
  SELECT user_id FROM invite_uses WHERE peer_id = :peerId AND state = 'requested'
  ORDER BY at_s DESC, user_id DESC LIMIT 3`
const listWaiting = sql`
  SELECT user_id FROM invite_uses WHERE peer_id = :peerId AND state = 'requested'
    AND (CAST(:hash AS TEXT) = '' OR hash = :hash)
  ORDER BY at_s, user_id LIMIT ${ANSWERED_AT_ONCE}`
const IMPORTERS = `i.peer_id = :peerId AND i.state = :state AND (CAST(:hash AS TEXT) = '' OR i.hash = :hash)
    AND (CAST(:named AS TEXT) = '' OR lower(u.first_name || ' ' || u.last_name) LIKE :named ESCAPE '\\'
      OR lower(coalesce(u.username, '')) LIKE :named ESCAPE '\\')`
const countImporters = sql`
  SELECT count(*) AS n FROM invite_uses i JOIN users u ON u.id = i.user_id WHERE ${IMPORTERS}`
const listImporters = sql`
  SELECT i.* FROM invite_uses i JOIN users u ON u.id = i.user_id WHERE ${IMPORTERS}
    AND (CAST(:offsetS AS BIGINT) = 0 OR i.at_s < :offsetS OR (i.at_s = :offsetS AND i.user_id < :offsetUserId))
  ORDER BY i.at_s DESC, i.user_id DESC LIMIT :limit`
const findPreview = sql`
  SELECT title, about, (SELECT count(*) FROM chat_members m
    WHERE m.chat_id = c.chat_id AND m.${IS_IN}) AS member_count
  FROM chats c WHERE c.chat_id = :chatId`
const listKnown = sql`
  SELECT m.user_id FROM chat_members m JOIN contacts k ON k.user_id = :userId AND k.contact_id = m.user_id
    AND k.contact_id > 0
  WHERE m.chat_id = :chatId AND m.${IS_IN} ORDER BY m.user_id LIMIT 5`

/** A group as its link shows it. */
export function* previewOf(
  hash: string,
  userId: bigint,
  nowS: number,
): Decision<(LinkPreview & { readonly needsRequest?: boolean }) | Refused> {
  const invite = yield* findInvite(hash)
  if (invite === undefined) return EXPIRED
  const chatId = -invite.peerId
  const role = yield* roleIn(chatId, userId)
  if (role !== undefined && role !== 'left' && role !== 'kicked') return { kind: 'member', chatId }
  const row = yield* findPreview.row({ chatId })
  if (row === undefined || role === 'kicked' || !isOpen(invite, nowS)) return EXPIRED
  const known = yield* listKnown.rows({ chatId, userId })
  return {
    kind: 'stranger',
    title: text(row, 'title'),
    about: text(row, 'about'),
    memberCount: int(row, 'member_count'),
    knownIds: known.map((each) => long(each, 'user_id')),
    needsRequest: invite.needsRequest,
  }
}

/** Joins a group by a link, or asks to be let in. Who was removed is let in by nobody's link. */
export function* joinByLink(on: GroupGround, hash: string): Decision<GroupChange | Requested | Refused> {
  const { actor, nowS } = on
  const { userId } = actor
  const invite = yield* lockGroupOf(hash)
  const group = invite && (yield* findGroup(-invite.peerId))
  if (invite === undefined || group === undefined || group.isDeactivated) return EXPIRED
  if (group.roles.has(userId)) return refused('USER_ALREADY_PARTICIPANT')
  const { chatId } = group
  if ((yield* roleIn(chatId, userId)) === 'kicked' || !isOpen(invite, nowS)) return EXPIRED
  if (invite.needsRequest) return yield* ask(on, group, invite)
  if (group.roles.size >= on.settings.chatSizeMax) return refused('USERS_TOO_MUCH')
  if ((yield* use.run({ hash, nowS })) === 0) return EXPIRED
  const inviterId = invite.adminId
  const action = { kind: 'chatJoinedByLink', inviterId } as const
  return yield* enter(on, group, { userId, inviterId, hash, approvedBy: 0n, action })
}

function* ask(on: GroupGround, group: Group, { hash, peerId }: Invite): Decision<Requested> {
  const { actor, nowS } = on
  yield* keepUse.send({ peerId, userId: actor.userId, hash, state: 'requested', approvedBy: 0n, nowS })
  yield* tellLeaders(on, group)
  yield* tellBotsOfRequest(on, group.chatId, hash)
  return { kind: 'requested' }
}

/** Somebody who comes into a group by a link. */
interface Comer {
  readonly userId: bigint
  readonly inviterId: bigint
  readonly hash: string
  readonly approvedBy: bigint
  readonly action: ServiceAction
}

function* enter(on: GroupGround, group: Group, comer: Comer): Decision<GroupChange> {
  const { userId, inviterId, hash, approvedBy, action } = comer
  const { chatId } = group
  const boxIds = [...group.roles.keys(), userId]
  yield* lockBoxes(boxIds)
  yield* keepUse.send({ peerId: -chatId, userId, hash, state: 'joined', approvedBy, nowS: on.nowS })
  yield* putMember(on, group, { userId, inviterId, hash })
  yield* countChange(chatId)
  const event = yield* tellGroup(on, { chatId, fromId: userId, boxIds, action })
  yield* tellBoxes(on, chatId, boxIds, 'chatMembers')
  return { kind: 'changed', chatId, events: [event] }
}

/** Tells who leads a group that other people wait to be let in. */
function* tellLeaders(on: GroupGround, group: Group): Decision<void> {
  const leaders = [...group.roles.keys()].filter((id) => leads(group, id))
  yield* lockBoxes(leaders)
  yield* tellBoxes(on, group.chatId, leaders, 'joinRequests', leaders.includes(on.actor.userId))
}

/** Lets somebody in who waits, or sends them away. */
export function* answerRequest(
  on: GroupGround,
  chatId: bigint,
  userId: bigint,
  isApproved: boolean,
): Decision<GroupChange | Refused> {
  const group = yield* openLedGroup(on, chatId)
  if (isRefused(group)) return group
  const request = yield* findUse.row({ peerId: -chatId, userId })
  if (group.roles.has(userId)) return refused('USER_ALREADY_PARTICIPANT')
  if (request === undefined || text(request, 'state') !== 'requested')
    return refused('HIDE_REQUESTER_MISSING')
  return yield* answer(on, group, { userId, hash: text(request, 'hash') }, isApproved)
}

/** All leaders' boxes are among those that are locked: those of the group come together, and no other later. */
function* answer(
  on: GroupGround,
  group: Group,
  { userId, hash }: Pick<Comer, 'userId' | 'hash'>,
  isApproved: boolean,
): Decision<GroupChange | Refused> {
  const { actor } = on
  const { chatId } = group
  if (!isApproved) {
    yield* removeUse.send({ peerId: -chatId, userId })
    yield* tellLeaders(on, group)
    return { kind: 'changed', chatId, events: [] }
  }
  if ((yield* findAccount.row({ userId })) === undefined) return refused('INPUT_USER_DEACTIVATED')
  if (group.roles.size >= on.settings.chatSizeMax) return refused('USERS_TOO_MUCH')
  yield* countUse.send({ hash })
  const invite = yield* findInvite(hash)
  const inviterId = invite?.adminId ?? actor.userId
  const action = { kind: 'chatJoinedByRequest' } as const
  const change = yield* enter(on, group, { userId, inviterId, hash, approvedBy: actor.userId, action })
  yield* tellLeaders(on, group)
  return change
}

/** The people who wait to be let into a group, of one link or of all (`''`). The caller may answer them. */
export function* listRequests(
  on: GroupGround,
  chatId: bigint,
  hash: string,
): Decision<{ readonly kind: 'requests'; readonly userIds: readonly bigint[] } | Refused> {
  const opened = hash === '' ? yield* openLedGroup(on, chatId) : yield* openInvite(on, chatId, hash)
  if (isRefused(opened)) return opened
  const rows = yield* listWaiting.rows({ peerId: -chatId, hash })
  return { kind: 'requests', userIds: rows.map((row) => long(row, 'user_id')) }
}

/** The number of people who wait to be let into a group, and the newest of them. */
export function* findWaiting(peerId: PeerId): Decision<WaitingList> {
  const count = int((yield* countWaiting.row({ peerId })) ?? {}, 'n')
  if (count === 0) return { count, newestIds: [] }
  return { count, newestIds: (yield* listNewest.rows({ peerId })).map((row) => long(row, 'user_id')) }
}

/** People who came by a link, or wait. */
export interface ImportersQuery {
  readonly isWaiting: boolean
  /** `''`: by any link. */
  readonly hash: string
  /** Part of a name, in lower case; `''`: any. */
  readonly named: string
  readonly offsetS: number
  readonly offsetUserId: bigint
  readonly limit: number
}

/** A part of the people who came by a link, the newest first, and the number of all of them. */
export interface ImporterList {
  readonly kind: 'importers'
  readonly importers: readonly Importer[]
  readonly count: number
}

/** Lists people who came by a link, or who wait. */
export function* importersOf(
  on: GroupGround,
  chatId: bigint,
  query: ImportersQuery,
): Decision<ImporterList | Refused> {
  const { isWaiting, hash, named, offsetS, offsetUserId, limit } = query
  const opened = hash === '' ? yield* openLedGroup(on, chatId) : yield* openInvite(on, chatId, hash)
  if (isRefused(opened)) return opened
  const pattern = named === '' ? '' : `%${named.replace(/[\\%_]/g, '\\$&')}%`
  const which = { peerId: -chatId, state: isWaiting ? 'requested' : 'joined', hash, named: pattern }
  const rows = yield* listImporters.rows({ ...which, offsetS, offsetUserId, limit })
  const count = int((yield* countImporters.row(which)) ?? {}, 'n')
  return { kind: 'importers', importers: rows.map((row) => toImporter(row, isWaiting)), count }
}

function toImporter(row: Row, isWaiting: boolean): Importer {
  return {
    userId: long(row, 'user_id'),
    atS: int(row, 'at_s'),
    isWaiting,
    approvedBy: long(row, 'approved_by'),
  }
}
