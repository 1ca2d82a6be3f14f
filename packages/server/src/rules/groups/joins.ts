import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import type { BoxEvent } from '../messages/words.ts'
import { accepted, isRefused, refusal } from '../refusal.ts'
import {
  answerRequest,
  type ImporterList,
  type ImportersQuery,
  importersOf,
  joinByLink,
  listRequests,
  previewOf,
} from './decide-joins.ts'
import type { GroupChange } from './decide-members.ts'
import { groupGround } from './groups.ts'
import { MAX_ROWS } from './limits.ts'
import { hashOf } from './link.ts'
import type { LinkPreview } from './words.ts'

/** Shows a group to who has a link. @throws {RpcError} INVITE_HASH_EMPTY, INVITE_HASH_INVALID, INVITE_HASH_EXPIRED */
export async function checkInvite(
  { store, clock }: Ground,
  { state }: Caller,
  hash: string,
): Promise<LinkPreview> {
  const userId = requireUserId(state)
  const known = requireHash(hash)
  const nowS = Math.floor(clock.nowMs() / 1000)
  return accepted(await store.look(() => previewOf(known, userId, nowS)))
}

/**
 * Joins a group by a link.
 *
 * @throws {RpcError} INVITE_HASH_EMPTY, INVITE_HASH_INVALID, INVITE_HASH_EXPIRED, INVITE_REQUEST_SENT,
 *   USER_ALREADY_PARTICIPANT, USERS_TOO_MUCH
 */
export async function importInvite(on: Ground, caller: Caller, hash: string): Promise<GroupChange> {
  const ground = groupGround(on, caller)
  const known = requireHash(hash)
  const outcome = accepted(await on.store.decide(() => joinByLink(ground, known)))
  if (outcome.kind === 'requested') throw refusal('INVITE_REQUEST_SENT')
  return outcome
}

/**
 * Lets somebody into a group who waits, or sends them away.
 *
 * @throws {RpcError} HIDE_REQUESTER_MISSING, USER_ALREADY_PARTICIPANT, USERS_TOO_MUCH, INPUT_USER_DEACTIVATED,
 *   CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED
 */
export async function answerJoinRequest(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  userId: bigint,
  isApproved: boolean,
): Promise<GroupChange> {
  const ground = groupGround(on, caller)
  return accepted(await on.store.decide(() => answerRequest(ground, chatId, userId, isApproved)))
}

/**
 * Lets in everybody who waits, or sends all of them away. People who cannot be let in any more are left out.
 *
 * @param link by which they asked; undefined: by any
 * @throws {RpcError} INVITE_HASH_EXPIRED, CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED
 */
export async function answerAllJoinRequests(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  link: string | undefined,
  isApproved: boolean,
): Promise<GroupChange> {
  const ground = groupGround(on, caller)
  const hash = link === undefined ? '' : hashOf(link)
  if (hash === undefined) throw refusal('INVITE_HASH_EXPIRED', { code: 400 })
  const { userIds } = accepted(await on.store.decide(() => listRequests(ground, chatId, hash)))
  const events: BoxEvent[] = []
  for (const userId of userIds) {
    // Each is told in a message of their own.
    const each = groupGround(on, caller)
    const outcome = await on.store.decide(() => answerRequest(each, chatId, userId, isApproved))
    if (!isRefused(outcome) || !SKIPPED.has(outcome.name)) events.push(...accepted(outcome).events)
  }
  return { kind: 'changed', chatId, events }
}

/** Refusals that are about one of those who wait. */
const SKIPPED: ReadonlySet<string> = new Set([
  'HIDE_REQUESTER_MISSING',
  'USER_ALREADY_PARTICIPANT',
  'USERS_TOO_MUCH',
  'INPUT_USER_DEACTIVATED',
])

/** People who came to a group by a link, or who wait. */
export interface Importers extends Omit<ImportersQuery, 'hash' | 'named'> {
  readonly link: string | undefined
  readonly named: string | undefined
}

/**
 * Lists people who came to a group by a link, or who wait.
 *
 * @throws {RpcError} SEARCH_WITH_LINK_NOT_SUPPORTED, INVITE_HASH_EXPIRED, CHAT_ID_INVALID, CHAT_WRITE_FORBIDDEN,
 *   CHAT_ADMIN_REQUIRED
 */
export async function listImporters(
  on: Ground,
  caller: Caller,
  chatId: bigint,
  { link, named = '', ...query }: Importers,
): Promise<ImporterList> {
  const ground = groupGround(on, caller)
  if (link !== undefined && named !== '') throw refusal('SEARCH_WITH_LINK_NOT_SUPPORTED')
  const hash = link === undefined ? '' : hashOf(link)
  if (hash === undefined) throw refusal('INVITE_HASH_EXPIRED', { code: 400 })
  const limit = Math.min(MAX_ROWS, Math.max(0, query.limit))
  const asked = { ...query, hash, limit, named: named.trim().toLowerCase() }
  return accepted(await on.store.decide(() => importersOf(ground, chatId, asked)))
}

/** A hash as clients send it: some send the whole link. @throws {RpcError} INVITE_HASH_EMPTY, INVITE_HASH_INVALID */
function requireHash(sent: string): string {
  if (sent === '') throw refusal('INVITE_HASH_EMPTY')
  const hash = hashOf(sent)
  if (hash === undefined) throw refusal('INVITE_HASH_INVALID')
  return hash
}
