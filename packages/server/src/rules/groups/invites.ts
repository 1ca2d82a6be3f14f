import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { accepted, refusal } from '../refusal.ts'
import {
  type AdminLinks,
  countInvites,
  editInvite,
  type InviteChanged,
  type InviteList,
  type InvitesQuery,
  listInvites,
  makeInvite,
  openInvite,
  removeInvite,
  removeRevokedInvites,
} from './decide-invites.ts'
import { groupGround } from './groups.ts'
import { MAX_LINK_TITLE, MAX_ROWS, MAX_USES } from './limits.ts'
import { hashOf, newHash } from './link.ts'
import type { Invite, InviteOptions } from './words.ts'

/**
 * Makes a link to a group.
 *
 * @param replacesPermanent the caller's permanent link ends, and this is the new one
 * @throws {RpcError} USAGE_LIMIT_INVALID, EXPIRE_DATE_INVALID, CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN,
 *   CHAT_ADMIN_REQUIRED
 */
export async function exportInvite(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  options: InviteOptions,
  replacesPermanent: boolean,
): Promise<Invite> {
  const ground = groupGround(on, caller)
  const checked = { ...cleanOptions(options, ground.nowS), replacesPermanent, hash: newHash(on.random) }
  if (options.needsRequest && options.usageLimit > 0) throw refusal('USAGE_LIMIT_INVALID')
  return accepted(await on.store.decide(() => makeInvite(ground, chatId, checked))).invite
}

/** A change of a link. */
export interface EditInvite extends Partial<InviteOptions> {
  readonly link: string
  /** The link ends. */
  readonly isRevoked: boolean
}

/**
 * Changes a link, or ends it: a permanent one is replaced.
 *
 * @throws {RpcError} INVITE_HASH_EXPIRED, CHAT_INVITE_PERMANENT, USAGE_LIMIT_INVALID, EXPIRE_DATE_INVALID,
 *   CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED
 */
export async function changeInvite(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  { link, isRevoked, ...options }: EditInvite,
): Promise<InviteChanged> {
  const ground = groupGround(on, caller)
  const change = {
    ...cleanOptions(options, ground.nowS),
    isRevoked,
    hash: requireHash(link),
    newHash: newHash(on.random),
  }
  return accepted(await on.store.decide(() => editInvite(ground, chatId, change)))
}

/** A link to a group. @throws {RpcError} INVITE_HASH_EXPIRED, CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED */
export async function inviteOf(on: Ground, caller: Caller, chatId: bigint, link: string): Promise<Invite> {
  const ground = groupGround(on, caller)
  const hash = requireHash(link)
  return accepted(await on.store.decide(() => openInvite(ground, chatId, hash)))
}

/** Removes a link that has ended. @throws {RpcError} INVITE_REVOKED_MISSING, and as {@link inviteOf} */
export async function deleteInvite(on: Ground, caller: Caller, chatId: bigint, link: string): Promise<void> {
  const ground = groupGround(on, caller)
  const hash = requireHash(link)
  accepted(await on.store.decide(() => removeInvite(ground, chatId, hash)))
}

/** Removes all links of somebody's that have ended. @throws {RpcError} ADMIN_ID_INVALID, and as {@link inviteOf} */
export async function deleteRevokedInvites(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  adminId: bigint,
): Promise<void> {
  const ground = groupGround(on, caller)
  accepted(await on.store.decide(() => removeRevokedInvites(ground, chatId, adminId)))
}

/** Lists somebody's links to a group. @throws {RpcError} ADMIN_ID_INVALID, and as {@link inviteOf} */
export async function invitesOf(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  query: InvitesQuery,
): Promise<InviteList> {
  const ground = groupGround(on, caller)
  const limit = Math.min(MAX_ROWS, Math.max(0, query.limit))
  return accepted(await on.store.decide(() => listInvites(ground, chatId, { ...query, limit })))
}

/** Counts the links of everybody who has one. @throws {RpcError} as {@link inviteOf} */
export async function adminsWithInvites(
  on: Ground,
  caller: Caller,
  chatId: bigint,
): Promise<readonly AdminLinks[]> {
  const ground = groupGround(on, caller)
  return accepted(await on.store.decide(() => countInvites(ground, chatId))).admins
}

/** Options as they are kept. @throws {RpcError} USAGE_LIMIT_INVALID, EXPIRE_DATE_INVALID */
function cleanOptions<T extends Partial<InviteOptions>>(options: T, nowS: number): T {
  const { usageLimit = 0, expiresAtS = 0, title } = options
  if (usageLimit < 0 || usageLimit > MAX_USES) throw refusal('USAGE_LIMIT_INVALID')
  if (expiresAtS !== 0 && expiresAtS <= nowS) throw refusal('EXPIRE_DATE_INVALID')
  if (title === undefined) return options
  return { ...options, title: [...title.trim()].slice(0, MAX_LINK_TITLE).join('') }
}

function requireHash(link: string): string {
  const hash = hashOf(link)
  if (hash === undefined) throw refusal('INVITE_HASH_EXPIRED', { code: 400 })
  return hash
}
