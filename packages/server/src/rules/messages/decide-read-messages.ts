import { int } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { addEvent, boxState } from './decide-box-log.ts'
import type { Affected, Box } from './words.ts'

const markRead = sql`
  INSERT INTO dialogs (box_id, peer_id, read_inbox_max_id)
  SELECT box_id, peer_id, max(id) FROM messages
  WHERE box_id = :boxId AND peer_id = :peerId AND is_out = 0 AND (CAST(:maxId AS BIGINT) = 0 OR id <= :maxId)
  GROUP BY box_id, peer_id
  ON CONFLICT (box_id, peer_id) DO UPDATE SET read_inbox_max_id = excluded.read_inbox_max_id
    WHERE excluded.read_inbox_max_id > dialogs.read_inbox_max_id
  RETURNING read_inbox_max_id`
const countUnread = sql`
  SELECT count(*) AS n FROM messages WHERE box_id = :boxId AND peer_id = :peerId AND is_out = 0 AND id > :maxId`

/**
 * Marks messages of others up to `maxId` as read; 0: all of them.
 *
 * @param causedBy the key whose call reads them
 */
export function* readMessages(
  box: Box,
  peerId: bigint,
  maxId: number,
  causedBy?: bigint,
): Decision<Affected> {
  const { boxId } = box
  yield* alone('box', boxId)
  const marked = yield* markRead.row({ boxId, peerId, maxId })
  if (marked === undefined) return { pts: (yield* boxState(boxId)).pts, event: undefined }
  const readUpTo = int(marked, 'read_inbox_max_id')
  const unreadCount = int((yield* countUnread.row({ boxId, peerId, maxId: readUpTo })) ?? {}, 'n')
  const change = { kind: 'readInbox', peerId, maxId: readUpTo, unreadCount } as const
  const place = yield* addEvent(box, change, 1, causedBy)
  return { pts: place?.pts ?? 0, event: place && { ...change, ...place } }
}
