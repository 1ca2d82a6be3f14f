import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import {
  type CommonGroups,
  countOnlineMembers,
  findCommonGroups,
  findFullGroup,
} from './decide-full-group.ts'
import { findMembers, findRights, type GroupRights, roleIn } from './decide-group.ts'
import { findInvite } from './decide-invites.ts'
import { findWaiting } from './decide-joins.ts'
import { MAX_ROWS } from './limits.ts'
import type { FullGroup, Invite, MemberList, WaitingList } from './words.ts'

/** A group as its page shows it to the caller. @throws {RpcError} CHAT_ID_INVALID */
export async function fullGroup({ store }: Ground, { state }: Caller, chatId: bigint): Promise<FullGroup> {
  const userId = requireUserId(state)
  const full = await store.look(() => findFullGroup(userId, chatId))
  if (full === undefined) throw refusal('CHAT_ID_INVALID')
  return full
}

/** Checks that the caller is in these groups, or was. @throws {RpcError} CHAT_ID_INVALID */
export async function checkGroups(
  { store }: Ground,
  { state }: Caller,
  chatIds: readonly bigint[],
): Promise<void> {
  const userId = requireUserId(state)
  const areKnown = await store.look(function* () {
    for (const chatId of chatIds) if ((yield* roleIn(chatId, userId)) === undefined) return false
    return true
  })
  if (!areKnown) throw refusal('CHAT_ID_INVALID')
}

/** Lists groups that the caller and somebody else are in. @throws {RpcError} USER_ID_INVALID for oneself */
export async function commonGroups(
  { store }: Ground,
  { state }: Caller,
  otherId: bigint,
  { maxId, limit }: { readonly maxId: bigint; readonly limit: number },
): Promise<CommonGroups> {
  const userId = requireUserId(state)
  if (otherId === userId) throw refusal('USER_ID_INVALID')
  const page = { maxId, limit: Math.min(MAX_ROWS, Math.max(0, limit)) }
  return await store.look(() => findCommonGroups(userId, otherId, page))
}

/** The number of members of a group who are online. */
export async function onlineMembers({ store, clock }: Ground, chatId: bigint): Promise<number> {
  const nowS = Math.floor(clock.nowMs() / 1000)
  return await store.look(() => countOnlineMembers(chatId, nowS))
}

/** The members of a group, for who is in it. */
export async function membersIn(
  { store }: Pick<Ground, 'store'>,
  chatId: bigint,
): Promise<MemberList | undefined> {
  return await store.look(() => findMembers(chatId))
}

/** The people who wait to be let into a group, for who leads it. */
export async function waitingFor({ store }: Pick<Ground, 'store'>, chatId: bigint): Promise<WaitingList> {
  return await store.look(() => findWaiting(-chatId))
}

/** Things that the members of a group must not do. */
export async function rightsOf(
  { store }: Pick<Ground, 'store'>,
  chatId: bigint,
): Promise<GroupRights | undefined> {
  return await store.look(() => findRights(chatId))
}

/** A link as it is now; undefined if it is gone. */
export async function linkNamed({ store }: Pick<Ground, 'store'>, hash: string): Promise<Invite | undefined> {
  return await store.look(() => findInvite(hash))
}
