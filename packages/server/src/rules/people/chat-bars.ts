import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { hideBar } from './decide-chat-bars.ts'
import { changerOf } from './profiles.ts'

/** Hides the bar above the caller's chat with a peer for good. */
export async function hideChatBar(on: Ground, caller: Caller, peerId: bigint): Promise<void> {
  const by = changerOf(on, caller, requireUserId(caller.state))
  await on.store.decide(() => hideBar(by, peerId))
}
