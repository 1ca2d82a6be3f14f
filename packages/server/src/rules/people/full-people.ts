import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { findFullPerson } from './decide-full-people.ts'
import type { FullPerson } from './words.ts'

/** A profile as the caller sees it. */
export async function fullPersonOf(
  { store }: Ground,
  { state }: Caller,
  userId: bigint,
): Promise<FullPerson> {
  const viewerId = requireUserId(state)
  return await store.look(() => findFullPerson(store.secret, viewerId, userId))
}
