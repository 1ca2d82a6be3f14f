import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import type { PeerId } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import {
  orderPins,
  type PinOrder,
  type PinOutcome,
  pinDialog,
  pinnedIn,
  placeOf,
} from './decide-dialog-pins.ts'
import { nowS, ownerOf } from './drafts.ts'
import type { FolderId } from './words.ts'

/**
 * Pins a chat of the caller's to the top of its folder, or takes the pin away.
 *
 * @throws {RpcError} PEER_HISTORY_EMPTY, PINNED_DIALOGS_TOO_MUCH
 */
export async function setDialogPinned(
  { store, clock }: Ground,
  caller: Caller,
  peerId: PeerId,
  isPinned: boolean,
): Promise<void> {
  const owner = ownerOf(caller)
  const atS = nowS(clock)
  checkPinned(await store.decide(() => pinDialog(owner, peerId, isPinned, atS)))
}

/** Puts the caller's pinned chats of a folder in order. @throws {RpcError} PINNED_DIALOGS_TOO_MUCH */
export async function orderPinnedDialogs(
  { store, clock }: Ground,
  caller: Caller,
  order: PinOrder,
): Promise<void> {
  const owner = ownerOf(caller)
  const atS = nowS(clock)
  checkPinned(await store.decide(() => orderPins(owner, order, atS)))
}

/** The pinned chats of a folder of somebody's, in their order. */
export async function pinnedDialogIds(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
  folderId: FolderId,
): Promise<readonly PeerId[]> {
  return await store.look(() => pinnedIn(userId, folderId))
}

/** The place of a chat in somebody's lists; undefined if it is in none. */
export async function dialogPlace(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
  peerId: PeerId,
): Promise<{ readonly folderId: number; readonly isPinned: boolean } | undefined> {
  return await store.look(() => placeOf(userId, peerId))
}

/** @throws {RpcError} PEER_HISTORY_EMPTY, PINNED_DIALOGS_TOO_MUCH */
export function checkPinned(outcome: PinOutcome): void {
  if (outcome === 'noMessages') throw refusal('PEER_HISTORY_EMPTY')
  if (outcome === 'tooMany') throw refusal('PINNED_DIALOGS_TOO_MUCH')
}
