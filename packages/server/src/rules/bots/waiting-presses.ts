import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { waitingPresses } from './decide-waiting-presses.ts'
import type { PressQuery } from './words.ts'

/** The presses that wait for the answer of the caller, a bot, the oldest first. */
export async function pressesWaitingFor(
  { store, clock }: Ground,
  { state }: Caller,
): Promise<readonly PressQuery[]> {
  const botId = requireUserId(state)
  return await store.look(() => waitingPresses(store.secret, botId, clock.nowMs()))
}
