import type { Ground } from '../../ground/ground.ts'
import { isInGroup } from './decide-peers.ts'

/** Tells whether a basic group is one that somebody is in, or was in: its messages are in their box. */
export async function isGroupOf({ store }: Ground, userId: bigint, chatId: bigint): Promise<boolean> {
  return await store.look(() => isInGroup(userId, chatId))
}
