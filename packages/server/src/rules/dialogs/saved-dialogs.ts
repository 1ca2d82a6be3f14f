import type { Decision } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findMessages } from '../messages/decide-history.ts'
import type { DialogsOffset, Message, PeerId } from '../messages/words.ts'
import {
  findSavedDialogs,
  listSavedDialogs,
  listSavedPins,
  orderSavedPins,
  pinSavedDialog,
  type SavedDialog,
  type SavedPinOrder,
} from './decide-saved-dialogs.ts'
import { checkPinned } from './dialog-pins.ts'
import { nowS, ownerOf } from './drafts.ts'

/** A page of the chats inside Saved Messages. */
export interface SavedDialogsQuery {
  readonly excludesPinned: boolean
  /** The page begins after this place in the list. */
  readonly offset: DialogsOffset
  readonly limit: number
}

/** Chats inside Saved Messages with their newest messages, and the number of all of them. */
export interface SavedDialogList {
  readonly dialogs: readonly SavedDialog[]
  readonly messages: readonly Message[]
  readonly count: number
}

const MAX_AT_ONCE = 100

/** A page of the chats inside the caller's Saved Messages: the pinned ones, then the others, the latest first. */
export async function savedDialogsOf(
  { store }: Ground,
  caller: Caller,
  { excludesPinned, offset, limit }: SavedDialogsQuery,
): Promise<SavedDialogList> {
  const { userId } = ownerOf(caller)
  return await store.look(function* () {
    const all = yield* listSavedDialogs(userId)
    const listed = excludesPinned ? all.filter(({ place }) => place === 0) : all
    const begin = placeAfter(listed, offset)
    const page = listed.slice(begin, begin + Math.min(MAX_AT_ONCE, Math.max(0, limit)))
    return { ...(yield* withTops(store.secret, userId, page)), count: listed.length }
  })
}

/** An offset is the last chat of the page before, or what its newest message was then: no later one has been seen. */
function placeAfter(listed: readonly SavedDialog[], { peerId, id, dateS }: DialogsOffset): number {
  if (id === 0 && dateS === 0) return 0
  const last = listed.findIndex((each) => each.peerId === peerId && (id === 0 || each.topId === id))
  if (last >= 0) return last + 1
  const isSeen = ({ place, topId, topDateS }: SavedDialog) =>
    place > 0 || (id > 0 ? topId >= id : topDateS >= dateS)
  const next = listed.findIndex((each) => !isSeen(each))
  return next < 0 ? listed.length : next
}

function* withTops(
  secret: Secret,
  userId: bigint,
  dialogs: readonly SavedDialog[],
): Decision<Omit<SavedDialogList, 'count'>> {
  const topIds = dialogs.map(({ topId }) => topId)
  return { dialogs, messages: yield* findMessages(secret, userId, topIds) }
}

/** The chats inside the caller's Saved Messages with these peers, or the pinned ones. Chats without messages are left out. */
export async function someSavedDialogs(
  { store }: Ground,
  caller: Caller,
  which: readonly PeerId[] | 'pinned',
): Promise<SavedDialogList> {
  const { userId } = ownerOf(caller)
  return await store.look(function* () {
    const chosen = which === 'pinned' ? yield* listSavedPins(userId) : yield* findSavedDialogs(userId, which)
    return { ...(yield* withTops(store.secret, userId, chosen)), count: chosen.length }
  })
}

/** The pinned chats inside somebody's Saved Messages, in their order. */
export async function savedPinsOf(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
): Promise<readonly PeerId[]> {
  const pinned = await store.look(() => listSavedPins(userId))
  return pinned.map(({ peerId }) => peerId)
}

/** Pins a chat inside the caller's Saved Messages, or takes the pin away. @throws {RpcError} PEER_HISTORY_EMPTY, PINNED_DIALOGS_TOO_MUCH */
export async function setSavedDialogPinned(
  { store, clock }: Ground,
  caller: Caller,
  peerId: PeerId,
  isPinned: boolean,
): Promise<void> {
  const [owner, atS] = [ownerOf(caller), nowS(clock)]
  checkPinned(await store.decide(() => pinSavedDialog(owner, peerId, isPinned, atS)))
}

/** Puts the pinned chats inside the caller's Saved Messages in order. @throws {RpcError} PINNED_DIALOGS_TOO_MUCH */
export async function orderSavedDialogs(
  { store, clock }: Ground,
  caller: Caller,
  order: SavedPinOrder,
): Promise<void> {
  const [owner, atS] = [ownerOf(caller), nowS(clock)]
  checkPinned(await store.decide(() => orderSavedPins(owner, order, atS)))
}
