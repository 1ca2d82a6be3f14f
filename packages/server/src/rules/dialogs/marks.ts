import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import type { PeerId } from '../messages/words.ts'
import { isDialogMarked, listMarkedDialogs, markDialog } from './decide-marks.ts'
import { nowS, ownerOf } from './drafts.ts'

/** Marks a chat of the caller's as unread, or takes the mark away. */
export async function setMarkedUnread(
  { store, clock }: Ground,
  caller: Caller,
  peerId: PeerId,
  isUnread: boolean,
): Promise<void> {
  const owner = ownerOf(caller)
  const atS = nowS(clock)
  await store.decide(() => markDialog(owner, peerId, isUnread, atS))
}

/** The chats that the caller has marked as unread. */
export async function markedUnread({ store }: Ground, { state }: Caller): Promise<readonly PeerId[]> {
  const userId = requireUserId(state)
  return await store.look(() => listMarkedDialogs(userId))
}

/** Tells whether somebody has marked a chat as unread. */
export async function isMarkedUnread(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
  peerId: PeerId,
): Promise<boolean> {
  return await store.look(() => isDialogMarked(userId, peerId))
}
