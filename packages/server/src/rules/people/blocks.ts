import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { SERVICE_USER } from '../accounts/service-user.ts'
import { refusal } from '../refusal.ts'
import { listBlocked, replaceBlocks, setBlocked } from './decide-blocks.ts'
import { changerOf } from './profiles.ts'
import type { BlockedList } from './words.ts'

const MAX_AT_ONCE = 100
/** People that a whole list has. */
const MAX_LISTED = 1000

/** Blocks a user, or ends that. @throws {RpcError} CONTACT_ID_INVALID for oneself, a group, or the service user */
export async function block(on: Ground, caller: Caller, peerId: bigint, isBlocked: boolean): Promise<void> {
  const userId = requireUserId(caller.state)
  if (!isBlockable(userId, peerId)) throw refusal('CONTACT_ID_INVALID')
  const by = changerOf(on, caller, userId)
  await on.store.decide(() => setBlocked(by, peerId, isBlocked))
}

/** Has the caller block these people, and nobody else; groups, oneself and the service user are left out. @throws {RpcError} LIMIT_INVALID */
export async function blockOnly(on: Ground, caller: Caller, peerIds: readonly bigint[]): Promise<void> {
  if (peerIds.length > MAX_LISTED) throw refusal('LIMIT_INVALID')
  const userId = requireUserId(caller.state)
  const by = changerOf(on, caller, userId)
  const wanted = new Set(peerIds.filter((peerId) => isBlockable(userId, peerId)))
  await on.store.decide(() => replaceBlocks(by, wanted))
}

/** Lists those whom the caller has blocked, the newest first. */
export async function blockedOf(
  { store }: Ground,
  { state }: Caller,
  offset: number,
  limit: number,
): Promise<BlockedList> {
  const userId = requireUserId(state)
  return await store.look(() => listBlocked(userId, Math.max(0, offset), bounded(limit)))
}

function isBlockable(userId: bigint, peerId: bigint): boolean {
  return peerId > 0n && peerId !== userId && peerId !== SERVICE_USER.id
}

function bounded(limit: number): number {
  return Math.min(MAX_AT_ONCE, Math.max(0, limit))
}
