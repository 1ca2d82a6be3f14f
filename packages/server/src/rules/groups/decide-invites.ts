import { bool, int, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { PeerId } from '../messages/words.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import { type GroupGround, openLedGroup } from './decide-changes.ts'
import type { Group, Invite, InviteOptions } from './words.ts'

/** A permanent link to make. */
export interface NewPermanent {
  readonly peerId: PeerId
  readonly adminId: bigint
  readonly hash: string
  readonly nowS: number
}

/** A change of a link. `revoked` ends it: a permanent one is replaced. */
export interface InviteChange extends Partial<InviteOptions> {
  readonly hash: string
  readonly isRevoked: boolean
  /** Of the link that takes the place of a permanent one. */
  readonly newHash: string
}

/** A link as it is after a change, with the one that took its place. */
export interface InviteChanged {
  readonly kind: 'changed'
  readonly invite: Invite
  readonly replacement: Invite | undefined
}

const COLUMNS = `i.*, (SELECT count(*) FROM invite_uses u
  WHERE u.hash = i.hash AND u.peer_id = i.peer_id AND u.state = 'requested') AS waiting`
const PERMANENT = `peer_id = :peerId AND admin_id = :adminId AND is_permanent = 1 AND is_revoked = 0`

const find = sql`SELECT ${COLUMNS} FROM invites i WHERE i.hash = :hash`
const findPermanent = sql`SELECT ${COLUMNS} FROM invites i WHERE ${PERMANENT}`
const insert = sql`
  INSERT INTO invites (hash, peer_id, admin_id, title, created_at_s, expires_at_s, usage_limit, needs_request,
    is_permanent)
  VALUES (:hash, :peerId, :adminId, :title, :nowS, :expiresAtS, :usageLimit, :needsRequest, :isPermanent)`
const insertPermanent = sql`
  INSERT INTO invites (hash, peer_id, admin_id, created_at_s, is_permanent)
  SELECT CAST(:hash AS TEXT), CAST(:peerId AS BIGINT), CAST(:adminId AS BIGINT), CAST(:nowS AS BIGINT), 1
  WHERE NOT EXISTS (SELECT 1 FROM invites WHERE ${PERMANENT})`
const revoke = sql`UPDATE invites SET is_revoked = 1 WHERE hash = :hash`
const change = sql`
  UPDATE invites SET title = :title, expires_at_s = :expiresAtS, usage_limit = :usageLimit,
    needs_request = :needsRequest WHERE hash = :hash`
const remove = sql`DELETE FROM invites WHERE hash = :hash`
const removeRevoked = sql`
  DELETE FROM invites WHERE peer_id = :peerId AND admin_id = :adminId AND is_revoked = 1`
const OF_ADMIN = 'i.peer_id = :peerId AND i.admin_id = :adminId AND i.is_revoked = :isRevoked'
const count = sql`SELECT count(*) AS n FROM invites i WHERE ${OF_ADMIN}`
const list = sql`
  SELECT ${COLUMNS} FROM invites i WHERE ${OF_ADMIN}
    AND (CAST(:offsetS AS BIGINT) = 0 OR i.created_at_s < :offsetS
      OR (i.created_at_s = :offsetS AND i.hash < :offsetHash))
  ORDER BY i.created_at_s DESC, i.hash DESC LIMIT :limit`
const countByAdmin = sql`
  SELECT admin_id, count(CASE WHEN is_revoked = 0 THEN 1 END) AS n, count(CASE WHEN is_revoked = 1 THEN 1 END) AS ended
  FROM invites WHERE peer_id = :peerId GROUP BY admin_id ORDER BY admin_id`

/** Gives somebody who leads a group a permanent link, if they have none. */
export function* putPermanent({ peerId, adminId, hash, nowS }: NewPermanent): Decision<void> {
  yield* insertPermanent.send({ peerId, adminId, hash, nowS })
}

/** The permanent link of somebody. */
export function* findPermanentInvite(peerId: PeerId, adminId: bigint): Decision<Invite | undefined> {
  return toOptional(yield* findPermanent.row({ peerId, adminId }))
}

/** A link, whatever has become of it. */
export function* findInvite(hash: string): Decision<Invite | undefined> {
  return toOptional(yield* find.row({ hash }))
}

/**
 * Makes a link to a group.
 *
 * @param replacesPermanent the link takes the place of the permanent one
 */
export function* makeInvite(
  on: GroupGround,
  chatId: bigint,
  options: InviteOptions & { readonly hash: string; readonly replacesPermanent: boolean },
): Decision<InviteChanged | Refused> {
  const group = yield* openLedGroup(on, chatId)
  if (isRefused(group)) return group
  const { hash, replacesPermanent, needsRequest, ...others } = options
  const [peerId, adminId] = [-chatId, on.actor.userId]
  if (replacesPermanent) {
    const old = yield* findPermanentInvite(peerId, adminId)
    if (old !== undefined) yield* revoke.send({ hash: old.hash })
  }
  const flags = { needsRequest: Number(needsRequest), isPermanent: Number(replacesPermanent) }
  yield* insert.send({ ...others, ...flags, hash, peerId, adminId, nowS: on.nowS })
  return yield* changed(hash)
}

/** Changes a link, or ends it. */
export function* editInvite(
  on: GroupGround,
  chatId: bigint,
  { hash, isRevoked, newHash, ...options }: InviteChange,
): Decision<InviteChanged | Refused> {
  const invite = yield* openInvite(on, chatId, hash)
  if (isRefused(invite)) return invite
  if (isRevoked) return yield* endInvite(on, invite, newHash)
  if (invite.isPermanent) return refused('CHAT_INVITE_PERMANENT')
  if (invite.isRevoked) return refused('INVITE_HASH_EXPIRED', 400)
  const after = { ...invite, ...options }
  if (after.needsRequest && after.usageLimit > 0) return refused('USAGE_LIMIT_INVALID')
  const { title, expiresAtS, usageLimit } = after
  yield* change.send({ hash, title, expiresAtS, usageLimit, needsRequest: Number(after.needsRequest) })
  return yield* changed(hash)
}

function* endInvite(
  { nowS }: GroupGround,
  invite: Invite,
  newHash: string,
): Decision<InviteChanged | Refused> {
  const { hash, peerId, adminId, isPermanent } = invite
  if (invite.isRevoked) return refused('INVITE_HASH_EXPIRED', 400)
  yield* revoke.send({ hash })
  if (!isPermanent) return yield* changed(hash)
  yield* putPermanent({ peerId, adminId, hash: newHash, nowS })
  return yield* changed(hash, newHash)
}

function* changed(hash: string, replacement?: string): Decision<InviteChanged> {
  const invite = toInvite((yield* find.row({ hash })) ?? {})
  const other = replacement === undefined ? undefined : toOptional(yield* find.row({ hash: replacement }))
  return { kind: 'changed', invite, replacement: other }
}

/** Locks a group for somebody who leads it, and finds a link there: their own, or anybody's for the creator. */
export function* openInvite(on: GroupGround, chatId: bigint, hash: string): Decision<Invite | Refused> {
  const group = yield* openLedGroup(on, chatId)
  if (isRefused(group)) return group
  const invite = yield* findInvite(hash)
  if (invite?.peerId !== -chatId) return refused('INVITE_HASH_EXPIRED', 400)
  return maySee(group, on.actor.userId, invite.adminId) ? invite : refused('CHAT_ADMIN_REQUIRED', 400)
}

function maySee(group: Group, userId: bigint, adminId: bigint): boolean {
  return userId === adminId || group.roles.get(userId) === 'creator'
}

/** Removes a link that has ended. */
export function* removeInvite(
  on: GroupGround,
  chatId: bigint,
  hash: string,
): Decision<{ readonly kind: 'removed' } | Refused> {
  const invite = yield* openInvite(on, chatId, hash)
  if (isRefused(invite)) return invite
  if (!invite.isRevoked) return refused('INVITE_REVOKED_MISSING')
  yield* remove.send({ hash })
  return { kind: 'removed' }
}

/** Removes all links of somebody's that have ended. */
export function* removeRevokedInvites(
  on: GroupGround,
  chatId: bigint,
  adminId: bigint,
): Decision<{ readonly kind: 'removed' } | Refused> {
  const opened = yield* openLinksOf(on, chatId, adminId)
  if (isRefused(opened)) return opened
  yield* removeRevoked.send({ peerId: -chatId, adminId })
  return { kind: 'removed' }
}

/** Links of one person to a group. */
export interface InvitesQuery {
  readonly adminId: bigint
  readonly isRevoked: boolean
  /** Only links from before this one; 0 and no hash: all. */
  readonly offsetS: number
  readonly offsetHash: string
  readonly limit: number
}

/** A part of somebody's links, the newest first, and the number of all of them. */
export interface InviteList {
  readonly kind: 'invites'
  readonly invites: readonly Invite[]
  readonly count: number
}

/** Lists somebody's links to a group. */
export function* listInvites(
  on: GroupGround,
  chatId: bigint,
  query: InvitesQuery,
): Decision<InviteList | Refused> {
  const { adminId, isRevoked, offsetS, offsetHash, limit } = query
  const opened = yield* openLinksOf(on, chatId, adminId)
  if (isRefused(opened)) return opened
  const which = { peerId: -chatId, adminId, isRevoked: Number(isRevoked) }
  const rows = yield* list.rows({ ...which, offsetS, offsetHash, limit })
  const counted = int((yield* count.row(which)) ?? {}, 'n')
  return { kind: 'invites', invites: rows.map(toInvite), count: counted }
}

function* openLinksOf(on: GroupGround, chatId: bigint, adminId: bigint): Decision<Group | Refused> {
  const group = yield* openLedGroup(on, chatId)
  if (isRefused(group)) return group
  if (!maySee(group, on.actor.userId, adminId)) return refused('CHAT_ADMIN_REQUIRED', 400)
  if (group.roles.get(adminId) === 'member') return refused('ADMIN_ID_INVALID')
  return group
}

/** The number of somebody's links to a group. */
export interface AdminLinks {
  readonly adminId: bigint
  readonly count: number
  readonly revokedCount: number
}

/** Counts the links of everybody who has one. The creator may ask. */
export function* countInvites(
  on: GroupGround,
  chatId: bigint,
): Decision<{ readonly kind: 'counts'; readonly admins: readonly AdminLinks[] } | Refused> {
  const group = yield* openLedGroup(on, chatId)
  if (isRefused(group)) return group
  if (group.roles.get(on.actor.userId) !== 'creator') return refused('CHAT_ADMIN_REQUIRED', 400)
  const rows = yield* countByAdmin.rows({ peerId: -chatId })
  return {
    kind: 'counts',
    admins: rows.map((row) => ({
      adminId: long(row, 'admin_id'),
      count: int(row, 'n'),
      revokedCount: int(row, 'ended'),
    })),
  }
}

/** Tells whether a link still brings people in. */
export function isOpen({ isRevoked, expiresAtS, usageLimit, uses }: Invite, nowS: number): boolean {
  const isInTime = expiresAtS === 0 || expiresAtS > nowS
  return !isRevoked && isInTime && (usageLimit === 0 || uses < usageLimit)
}

/** Locks the group of a link. @returns the link as it is then; undefined if there is none */
export function* lockGroupOf(hash: string): Decision<Invite | undefined> {
  const before = yield* findInvite(hash)
  if (before === undefined) return undefined
  yield* alone('chat', -before.peerId)
  return yield* findInvite(hash)
}

function toOptional(row: Row | undefined): Invite | undefined {
  return row === undefined ? undefined : toInvite(row)
}

function toInvite(row: Row): Invite {
  return {
    hash: text(row, 'hash'),
    peerId: long(row, 'peer_id'),
    adminId: long(row, 'admin_id'),
    title: text(row, 'title'),
    createdAtS: int(row, 'created_at_s'),
    expiresAtS: int(row, 'expires_at_s'),
    usageLimit: int(row, 'usage_limit'),
    uses: int(row, 'uses'),
    waiting: int(row, 'waiting'),
    needsRequest: bool(row, 'needs_request'),
    isPermanent: bool(row, 'is_permanent'),
    isRevoked: bool(row, 'is_revoked'),
  }
}
