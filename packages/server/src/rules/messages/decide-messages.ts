import { int } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { countUnread } from './decide-chats.ts'
import { addEvent, boxState, type LoggedChange } from './decide-update-log.ts'
import type { Affected, Box, BoxChange } from './words.ts'

const removeOne = sql`DELETE FROM messages WHERE user_id = :boxId AND id = :id`
const markRead = sql`
  INSERT INTO read_inboxes (user_id, peer_id, max_id)
  SELECT user_id, peer_id, max(id) FROM messages
  WHERE user_id = :boxId AND peer_id = :peerId AND is_out = 0 AND (CAST(:maxId AS BIGINT) = 0 OR id <= :maxId)
  GROUP BY user_id, peer_id
  ON CONFLICT (user_id, peer_id) DO UPDATE SET max_id = excluded.max_id WHERE excluded.max_id > read_inboxes.max_id
  RETURNING max_id`

/** Marks messages of others up to `maxId` as read; 0: all of them. */
export function* readMessages(box: Box, peerId: bigint, maxId: number): Decision<Affected> {
  const { boxId } = box
  yield* alone('box', boxId)
  const marked = yield* markRead.row({ boxId, peerId, maxId })
  if (marked === undefined) return yield* unaffected(boxId)
  const unreadCount = yield* countUnread(boxId, peerId)
  const change = { kind: 'readInbox', peerId, maxId: int(marked, 'max_id'), unreadCount } as const
  return yield* affected(box, change, { ...change, peerId: String(peerId) }, 1)
}

/** Removes those of these messages that the box has. */
export function* removeMessages(box: Box, ids: readonly number[]): Decision<Affected> {
  const { boxId } = box
  yield* alone('box', boxId)
  const removed: number[] = []
  for (const id of ids) if ((yield* removeOne.run({ boxId, id })) > 0) removed.push(id)
  if (removed.length === 0) return yield* unaffected(boxId)
  const change = { kind: 'deleteMessages', ids: removed } as const
  return yield* affected(box, change, change, removed.length)
}

function* unaffected(boxId: bigint): Decision<Affected> {
  return { pts: (yield* boxState(boxId)).pts, event: undefined }
}

/** No event if the account is gone. */
function* affected(box: Box, change: BoxChange, logged: LoggedChange, ptsCount: number): Decision<Affected> {
  const place = yield* addEvent(box, logged, ptsCount)
  return { pts: place?.pts ?? 0, event: place && { ...change, ...place } }
}
