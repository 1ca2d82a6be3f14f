import { int, long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import type { PeerId } from '../messages/words.ts'
import type { PinOutcome } from './decide-dialog-pins.ts'
import type { Owner } from './decide-drafts.ts'

/** Chats inside Saved Messages that may be pinned. */
const MAX_PINNED = 5
/** More chats than anybody saves from. */
const MAX_LISTED = 10_000

const list = sql`
  SELECT t.saved_peer_id, t.top_id, m.date_s, coalesce(p.place, 0) AS place FROM (
    SELECT saved_peer_id, max(id) AS top_id FROM messages WHERE box_id = :boxId AND saved_peer_id <> 0
    GROUP BY saved_peer_id
  ) t
  JOIN messages m ON m.box_id = :boxId AND m.id = t.top_id
  LEFT JOIN saved_pins p ON p.box_id = :boxId AND p.peer_id = t.saved_peer_id
  ORDER BY place DESC, t.top_id DESC LIMIT ${MAX_LISTED}`
const put = sql`
  INSERT INTO saved_pins (box_id, peer_id, place) VALUES (:boxId, :peerId, :place)
  ON CONFLICT (box_id, peer_id) DO UPDATE SET place = excluded.place`
const take = sql`DELETE FROM saved_pins WHERE box_id = :boxId AND peer_id = :peerId`
const takeAll = sql`DELETE FROM saved_pins WHERE box_id = :boxId`

/** A chat inside Saved Messages: what was saved from one chat. */
export interface SavedDialog {
  readonly peerId: PeerId
  readonly topId: number
  readonly topDateS: number
  /** 0: it is not pinned; the highest comes first. */
  readonly place: number
}

/** The chats inside somebody's Saved Messages: the pinned ones in their order, then the others, the latest first. */
export function* listSavedDialogs(boxId: bigint): Decision<SavedDialog[]> {
  return (yield* list.rows({ boxId })).map((row) => ({
    peerId: long(row, 'saved_peer_id'),
    topId: int(row, 'top_id'),
    topDateS: int(row, 'date_s'),
    place: int(row, 'place'),
  }))
}

/** Pins a chat inside Saved Messages in front of the others, or takes the pin away, and tells the owner's other sessions. */
export function* pinSavedDialog(
  { userId: boxId, authKeyId }: Owner,
  peerId: PeerId,
  isPinned: boolean,
  atS: number,
): Decision<PinOutcome> {
  yield* alone('box', boxId)
  const dialogs = yield* listSavedDialogs(boxId)
  const dialog = dialogs.find((each) => each.peerId === peerId)
  if (dialog === undefined) return isPinned ? 'noMessages' : 'done'
  if (dialog.place > 0 === isPinned) return 'done'
  const pinned = dialogs.filter(({ place }) => place > 0)
  if (isPinned && pinned.length >= MAX_PINNED) return 'tooMany'
  if (isPinned)
    yield* put.send({ boxId, peerId, place: Math.max(0, ...pinned.map(({ place }) => place)) + 1 })
  else yield* take.send({ boxId, peerId })
  yield* addSideEvent(boxId, { kind: 'savedDialogPinned', subject: peerId, atS }, authKeyId)
  return 'done'
}

/** A new order of the pinned chats inside Saved Messages. */
export interface SavedPinOrder {
  readonly peerIds: readonly PeerId[]
  /** Chats that are pinned and not named here stay pinned, behind the others. */
  readonly keepsOthers: boolean
}

/** Puts the pinned chats inside Saved Messages in order, and tells the owner's other sessions. Chats without messages are left out. */
export function* orderSavedPins(
  { userId: boxId, authKeyId }: Owner,
  { peerIds, keepsOthers }: SavedPinOrder,
  atS: number,
): Decision<PinOutcome> {
  yield* alone('box', boxId)
  const dialogs = yield* listSavedDialogs(boxId)
  const before = dialogs.filter(({ place }) => place > 0).map(({ peerId }) => peerId)
  const there = new Set(keepsOthers ? before : dialogs.map(({ peerId }) => peerId))
  const named = new Set(peerIds.filter((peerId) => there.has(peerId)))
  const after = keepsOthers ? [...named, ...before.filter((peerId) => !named.has(peerId))] : [...named]
  if (after.length > MAX_PINNED) return 'tooMany'
  if (after.join() === before.join()) return 'done'
  yield* takeAll.send({ boxId })
  for (const [index, peerId] of after.entries()) {
    yield* put.send({ boxId, peerId, place: after.length - index })
  }
  yield* addSideEvent(boxId, { kind: 'pinnedSavedDialogs', subject: 0n, atS }, authKeyId)
  return 'done'
}
