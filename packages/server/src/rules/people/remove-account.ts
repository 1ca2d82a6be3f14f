import type { Ground } from '../../ground/ground.ts'
import { removePerson } from './decide-farewells.ts'

/** Removes an account and signs all its sessions out with USER_DEACTIVATED. @returns false where there is no such account */
export async function removeAccount({ store, clock }: Ground, userId: bigint): Promise<boolean> {
  // An id comes from a URL, too: one with more than 64 bits names nothing.
  if (BigInt.asIntN(64, userId) !== userId) return false
  const nowS = Math.floor(clock.nowMs() / 1000)
  return (await store.decide(() => removePerson(userId, nowS))) !== undefined
}
