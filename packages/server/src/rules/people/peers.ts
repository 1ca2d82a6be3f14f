import type { Ground } from '../../ground/ground.ts'
import { isInGroup, listMetUsers } from './decide-peers.ts'

/** Tells whether a basic group is one that somebody is in, or was in: its messages are in their box. */
export async function isGroupOf({ store }: Ground, userId: bigint, chatId: bigint): Promise<boolean> {
  return await store.look(() => isInGroup(userId, chatId))
}

/** Finds, of these users, the contacts of an account; for a bot, those whom it has a chat with, or with whom it is in a group now. */
export async function metUsers(
  { store }: Ground,
  viewerId: bigint,
  userIds: readonly bigint[],
): Promise<ReadonlySet<bigint>> {
  if (userIds.length === 0) return new Set()
  return new Set(await store.look(() => listMetUsers(viewerId, userIds)))
}
