import { int, long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import type { PeerId } from '../messages/words.ts'
import type { Owner } from './decide-drafts.ts'
import type { FolderId } from './words.ts'

const find = sql`
  SELECT d.top_id, d.pinned_place, d.folder_id,
    (SELECT count(*) FROM dialogs p
      WHERE p.box_id = d.box_id AND p.folder_id = d.folder_id AND p.pinned_place > 0 AND p.top_id > 0) AS pinned,
    (SELECT coalesce(max(p.pinned_place), 0) FROM dialogs p
      WHERE p.box_id = d.box_id AND p.folder_id = d.folder_id AND p.pinned_place > 0) AS last_place
  FROM dialogs d WHERE d.box_id = :boxId AND d.peer_id = :peerId`
const place = sql`UPDATE dialogs SET pinned_place = :place WHERE box_id = :boxId AND peer_id = :peerId`
const listPinned = sql`
  SELECT peer_id FROM dialogs
  WHERE box_id = :boxId AND folder_id = :folderId AND pinned_place > 0 AND top_id > 0
  ORDER BY pinned_place DESC, peer_id`
const unpinAll = sql`
  UPDATE dialogs SET pinned_place = 0 WHERE box_id = :boxId AND folder_id = :folderId AND pinned_place > 0`
const isIn = sql`
  SELECT 1 AS found FROM dialogs
  WHERE box_id = :boxId AND peer_id = :peerId AND folder_id = :folderId AND top_id > 0`

/** Chats that may be pinned in the list, and in the archive. */
export const MAX_PINNED: Readonly<Record<FolderId, number>> = { 0: 5, 1: 100 }

/** The outcome of pinning a chat. */
export type PinOutcome = 'done' | 'noMessages' | 'tooMany'

/** Pins a chat in front of the others, or takes the pin away, and tells the owner's other sessions. */
export function* pinDialog(
  { userId, authKeyId }: Owner,
  peerId: PeerId,
  isPinned: boolean,
  atS: number,
): Decision<PinOutcome> {
  yield* alone('box', userId)
  const row = yield* find.row({ boxId: userId, peerId })
  if (row === undefined || int(row, 'top_id') === 0) return isPinned ? 'noMessages' : 'done'
  if (int(row, 'pinned_place') > 0 === isPinned) return 'done'
  const folderId = int(row, 'folder_id') === 1 ? 1 : 0
  if (isPinned && int(row, 'pinned') >= MAX_PINNED[folderId]) return 'tooMany'
  yield* place.send({ boxId: userId, peerId, place: isPinned ? int(row, 'last_place') + 1 : 0 })
  yield* addSideEvent(userId, { kind: 'dialogPinned', subject: peerId, atS }, authKeyId)
  return 'done'
}

/** A new order of the pinned chats of a folder. */
export interface PinOrder {
  readonly folderId: FolderId
  readonly peerIds: readonly PeerId[]
  /** Chats that are pinned and not named here stay pinned, behind the others. */
  readonly keepsOthers: boolean
}

/** Puts the pinned chats of a folder in order, and tells the owner's other sessions. Chats of other folders are left out. */
export function* orderPins(owner: Owner, order: PinOrder, atS: number): Decision<PinOutcome> {
  const { userId, authKeyId } = owner
  const { folderId } = order
  yield* alone('box', userId)
  const before = yield* pinnedIn(userId, folderId)
  const after = yield* pinsAfter(userId, before, order)
  if (after.length > MAX_PINNED[folderId]) return 'tooMany'
  if (after.join() === before.join()) return 'done'
  yield* unpinAll.send({ boxId: userId, folderId })
  for (const [index, peerId] of after.entries()) {
    yield* place.send({ boxId: userId, peerId, place: after.length - index })
  }
  yield* addSideEvent(userId, { kind: 'pinnedDialogs', subject: BigInt(folderId), atS }, authKeyId)
  return 'done'
}

function* pinsAfter(
  userId: bigint,
  before: readonly PeerId[],
  { folderId, peerIds, keepsOthers }: PinOrder,
): Decision<PeerId[]> {
  const named = new Set<PeerId>()
  for (const peerId of peerIds) {
    const isHere = keepsOthers
      ? before.includes(peerId)
      : (yield* isIn.row({ boxId: userId, peerId, folderId })) !== undefined
    if (isHere) named.add(peerId)
  }
  return keepsOthers ? [...named, ...before.filter((peerId) => !named.has(peerId))] : [...named]
}

/** The pinned chats of a folder, in their order. */
export function* pinnedIn(userId: bigint, folderId: FolderId): Decision<PeerId[]> {
  const rows = yield* listPinned.rows({ boxId: userId, folderId })
  return rows.map((row) => long(row, 'peer_id'))
}

/** The place of a chat: its folder, and whether it is pinned there. */
export function* placeOf(
  userId: bigint,
  peerId: PeerId,
): Decision<{ folderId: number; isPinned: boolean } | undefined> {
  const row = yield* find.row({ boxId: userId, peerId })
  return row && { folderId: int(row, 'folder_id'), isPinned: int(row, 'pinned_place') > 0 }
}
