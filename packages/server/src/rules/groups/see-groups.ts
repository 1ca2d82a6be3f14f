import type { Ground } from '../../ground/ground.ts'
import { findSeenGroups } from './decide-group.ts'
import type { SeenGroup } from './words.ts'

/** Groups as somebody sees them, in this order. */
export async function seeGroups(
  { store }: Pick<Ground, 'store'>,
  viewerId: bigint,
  chatIds: readonly bigint[],
): Promise<SeenGroup[]> {
  if (chatIds.length === 0) return []
  return await store.look(() => findSeenGroups(viewerId, chatIds))
}
