import { int, long, type Row } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import type { PeerId } from '../messages/words.ts'
import type { PinOutcome } from './decide-dialog-pins.ts'
import type { Owner } from './decide-drafts.ts'

/** Chats inside Saved Messages that may be pinned. */
const MAX_PINNED = 5
/** More chats than anybody saves from. */
const MAX_LISTED = 10_000

/** The newest message of a chat inside Saved Messages. @param peerId SQL for the chat */
const topOf = (peerId: string) => `(
  SELECT max(s.id) FROM messages s WHERE s.box_id = :boxId AND s.saved_peer_id = ${peerId} AND s.saved_peer_id <> 0)`
const WITH_TOPS = `
  JOIN messages m ON m.box_id = :boxId AND m.id = t.top_id
  LEFT JOIN saved_pins p ON p.box_id = :boxId AND p.peer_id = t.peer_id
  ORDER BY place DESC, t.top_id DESC`
const COLUMNS = 't.peer_id, t.top_id, m.date_s, coalesce(p.place, 0) AS place'
/** Goes from chat to chat in the index, and reads no message between: one may have a million. */
const list = sql`
  WITH RECURSIVE chats (peer_id) AS (
    SELECT min(f.saved_peer_id) FROM messages f WHERE f.box_id = :boxId AND f.saved_peer_id <> 0
    UNION ALL
    SELECT (SELECT min(n.saved_peer_id) FROM messages n
      WHERE n.box_id = :boxId AND n.saved_peer_id > c.peer_id AND n.saved_peer_id <> 0)
    FROM chats c WHERE c.peer_id IS NOT NULL
  )
  SELECT ${COLUMNS} FROM (
    SELECT c.peer_id, ${topOf('c.peer_id')} AS top_id FROM chats c WHERE c.peer_id IS NOT NULL LIMIT ${MAX_LISTED}
  ) t ${WITH_TOPS}`
const listSome = sql`
  SELECT ${COLUMNS} FROM (
    SELECT l.listed_id AS peer_id, ${topOf('l.listed_id')} AS top_id FROM ${LISTED_IDS} l
  ) t ${WITH_TOPS}`
const listPinned = sql`
  SELECT ${COLUMNS} FROM (
    SELECT o.peer_id, ${topOf('o.peer_id')} AS top_id FROM saved_pins o WHERE o.box_id = :boxId
  ) t ${WITH_TOPS}`
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
  return (yield* list.rows({ boxId })).map(toSavedDialog)
}

/** Those of these chats that are inside somebody's Saved Messages, in the same order. */
export function* findSavedDialogs(boxId: bigint, peerIds: readonly PeerId[]): Decision<SavedDialog[]> {
  return (yield* listSome.rows({ boxId, ids: idList([...new Set(peerIds)]) })).map(toSavedDialog)
}

/** The pinned chats inside somebody's Saved Messages, in their order. */
export function* listSavedPins(boxId: bigint): Decision<SavedDialog[]> {
  return (yield* listPinned.rows({ boxId })).map(toSavedDialog)
}

function toSavedDialog(row: Row): SavedDialog {
  return {
    peerId: long(row, 'peer_id'),
    topId: int(row, 'top_id'),
    topDateS: int(row, 'date_s'),
    place: int(row, 'place'),
  }
}

/** Pins a chat inside Saved Messages in front of the others, or takes the pin away, and tells the owner's other sessions. */
export function* pinSavedDialog(
  { userId: boxId, authKeyId }: Owner,
  peerId: PeerId,
  isPinned: boolean,
  atS: number,
): Decision<PinOutcome> {
  yield* alone('box', boxId)
  const [dialog] = yield* findSavedDialogs(boxId, [peerId])
  if (dialog === undefined) return isPinned ? 'noMessages' : 'done'
  if (dialog.place > 0 === isPinned) return 'done'
  const pinned = yield* listSavedPins(boxId)
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
  const before = (yield* listSavedPins(boxId)).map(({ peerId }) => peerId)
  const mayBePinned = keepsOthers
    ? before
    : (yield* findSavedDialogs(boxId, peerIds)).map(({ peerId }) => peerId)
  const there = new Set(mayBePinned)
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
