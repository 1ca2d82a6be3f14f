import type { Ground } from '../../ground/ground.ts'
import { findPeople } from './decide-people.ts'
import type { SeenPerson } from './words.ts'

/** Users as somebody sees them, in this order. An id that is nobody's is that of a deleted account. */
export async function seePeople(
  { store, clock }: Pick<Ground, 'store' | 'clock'>,
  viewerId: bigint,
  ids: readonly bigint[],
): Promise<SeenPerson[]> {
  if (ids.length === 0) return []
  const nowS = Math.floor(clock.nowMs() / 1000)
  return await store.look(() => findPeople({ viewerId, nowS }, ids))
}
