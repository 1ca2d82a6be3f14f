/** Histories of groups that boxes lose. A history may be long: a box loses a part at a time, and a table keeps what is left to do. */
import { int, long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Settings } from '../../ground/settings.ts'
import { boxOf } from '../messages/box-of.ts'
import { listRefs } from '../messages/decide-refs.ts'
import { removeMessages } from '../messages/decide-remove-messages.ts'
import type { BoxEvent, PeerId } from '../messages/words.ts'

/** Messages that one decision takes from a box: others wait for it. */
export const FORGOTTEN_AT_ONCE = 500
/** Histories that one look finds. */
const LISTED_AT_ONCE = 1000

const plan = sql`
  INSERT INTO forgotten_chats (box_id, peer_id, up_to_id)
  SELECT d.box_id, d.peer_id, d.top_id FROM dialogs d
  WHERE d.peer_id = :peerId AND d.top_id > 0 AND d.box_id IN ${LISTED_IDS}
  ON CONFLICT (box_id, peer_id) DO UPDATE SET up_to_id = excluded.up_to_id`
const list = sql`SELECT box_id, peer_id FROM forgotten_chats ORDER BY box_id, peer_id LIMIT ${LISTED_AT_ONCE}`
const find = sql`SELECT up_to_id FROM forgotten_chats WHERE box_id = :boxId AND peer_id = :peerId`
const end = sql`DELETE FROM forgotten_chats WHERE box_id = :boxId AND peer_id = :peerId`

/** A history that a box loses. */
export interface ForgottenChat {
  readonly boxId: bigint
  readonly peerId: PeerId
}

/** Has boxes, which are locked, lose what they have of a chat by now. */
export function* planForgetting(peerId: PeerId, boxIds: readonly bigint[]): Decision<void> {
  yield* plan.send({ peerId, ids: idList(boxIds) })
}

/** Histories of which something may be left. */
export function* listForgotten(): Decision<ForgottenChat[]> {
  return (yield* list.rows()).map((row) => ({ boxId: long(row, 'box_id'), peerId: long(row, 'peer_id') }))
}

/** A part of a history that a box has lost. */
export interface ForgottenPart {
  readonly event: BoxEvent | undefined
  readonly isOver: boolean
}

/** Takes the newest part that is left of a history from its box. @param causedBy the key whose answer has the event */
export function* forgetPart(
  settings: Settings,
  { boxId, peerId }: ForgottenChat,
  causedBy?: bigint,
): Decision<ForgottenPart> {
  yield* alone('box', boxId)
  const row = yield* find.row({ boxId, peerId })
  if (row === undefined) return { event: undefined, isOver: true }
  const stretch = { peerId, maxId: int(row, 'up_to_id'), minDateS: 0, maxDateS: 0 }
  const ids = (yield* listRefs(boxId, stretch, FORGOTTEN_AT_ONCE)).map(({ id }) => id)
  const { event } = yield* removeMessages(boxOf(settings, boxId), ids, causedBy)
  const isOver = ids.length < FORGOTTEN_AT_ONCE
  if (isOver) yield* end.send({ boxId, peerId })
  return { event, isOver }
}
