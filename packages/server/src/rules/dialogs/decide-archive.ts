import { int, long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Archive } from './words.ts'

const findTop = sql`
  SELECT peer_id, top_id FROM dialogs WHERE box_id = :boxId AND folder_id = 1 AND top_id > 0
  ORDER BY top_date_s DESC, top_id DESC LIMIT 1`
const MUTED = 'CASE WHEN is_muted = 1 AND unread > 0 THEN'
const HEARD = 'CASE WHEN is_muted = 0 AND unread > 0 THEN'
const countUnread = sql`
  SELECT count(${MUTED} 1 END) AS muted_chats, coalesce(sum(${MUTED} unread END), 0) AS muted_messages,
    count(${HEARD} 1 END) AS heard_chats, coalesce(sum(${HEARD} unread END), 0) AS heard_messages
  FROM (
    SELECT CASE WHEN coalesce(d.mute_until_s, n.mute_until_s, 0) > :nowS THEN 1 ELSE 0 END AS is_muted, (
      SELECT count(*) FROM messages m
      WHERE m.box_id = d.box_id AND m.peer_id = d.peer_id AND m.is_out = 0 AND m.id > d.read_inbox_max_id
    ) AS unread
    FROM dialogs d
    LEFT JOIN notify_defaults n ON n.user_id = d.box_id
      AND n.kind = CASE WHEN d.peer_id > 0 THEN 'users' ELSE 'groups' END
    WHERE d.box_id = :boxId AND d.folder_id = 1 AND d.top_id > 0
  ) c`

/** The content of the archive; undefined if it is empty. */
export function* findArchive(boxId: bigint, nowS: number): Decision<Archive | undefined> {
  const top = yield* findTop.row({ boxId })
  if (top === undefined) return undefined
  const counted = (yield* countUnread.row({ boxId, nowS })) ?? {}
  return {
    topPeerId: long(top, 'peer_id'),
    topId: int(top, 'top_id'),
    mutedChats: int(counted, 'muted_chats'),
    mutedMessages: int(counted, 'muted_messages'),
    heardChats: int(counted, 'heard_chats'),
    heardMessages: int(counted, 'heard_messages'),
  }
}
