import { bool, long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { addSideEvent } from '../messages/decide-side-log.ts'
import type { PeerId } from '../messages/words.ts'
import type { Owner } from './decide-drafts.ts'

const mark = sql`
  INSERT INTO dialogs (box_id, peer_id, is_marked_unread) VALUES (:boxId, :peerId, 1)
  ON CONFLICT (box_id, peer_id) DO UPDATE SET is_marked_unread = 1 WHERE dialogs.is_marked_unread = 0`
const unmark = sql`
  UPDATE dialogs SET is_marked_unread = 0 WHERE box_id = :boxId AND peer_id = :peerId AND is_marked_unread = 1`
const listMarked = sql`
  SELECT peer_id FROM dialogs WHERE box_id = :boxId AND is_marked_unread = 1 ORDER BY peer_id LIMIT :limit`
const find = sql`SELECT is_marked_unread FROM dialogs WHERE box_id = :boxId AND peer_id = :peerId`

/** More chats than anybody marks. */
const MAX_MARKED = 1000

/** Marks a chat as unread, or takes the mark away, and tells the owner's other sessions. */
export function* markDialog(
  { userId, authKeyId }: Owner,
  peerId: PeerId,
  isUnread: boolean,
  atS: number,
): Decision<void> {
  yield* alone('box', userId)
  if ((yield* (isUnread ? mark : unmark).run({ boxId: userId, peerId })) === 0) return
  yield* addSideEvent(userId, { kind: 'dialogUnreadMark', subject: peerId, atS }, authKeyId)
}

/** The chats that somebody has marked as unread. */
export function* listMarkedDialogs(userId: bigint): Decision<PeerId[]> {
  const rows = yield* listMarked.rows({ boxId: userId, limit: MAX_MARKED })
  return rows.map((row) => long(row, 'peer_id'))
}

/** Tells whether a chat is marked as unread. */
export function* isDialogMarked(userId: bigint, peerId: PeerId): Decision<boolean> {
  const row = yield* find.row({ boxId: userId, peerId })
  return row !== undefined && bool(row, 'is_marked_unread')
}
