import { int, long } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { MessageRows } from './decide-message-rows.ts'
import type { Dialog, DialogsQuery, HistoryQuery, HistorySlice, Message } from './words.ts'

/** What there is to see in a box; inside a read or a write. */
export interface Chats {
  find(userId: bigint, id: number): Message | undefined
  unreadCount(userId: bigint, peerId: bigint): number
  dialog(userId: bigint, peerId: bigint): Dialog
  dialogs(userId: bigint, query: DialogsQuery): { dialogs: Dialog[]; count: number }
  history(userId: bigint, query: HistoryQuery): HistorySlice
}

/** Of a chat, those that come before an offset, and all: 0 is no limit. */
const IN_RANGE = `user_id = :userId AND peer_id = :peerId
  AND (:maxId = 0 OR id < :maxId) AND id > :minId`

/** Chats, read from their rows. */
export function createChats(db: Database, { toMessage }: MessageRows): Chats {
  const findOne = db.prepare('SELECT * FROM messages WHERE user_id = ? AND id = ?')
  const findTop = db.prepare(
    'SELECT * FROM messages WHERE user_id = ? AND peer_id = ? ORDER BY id DESC LIMIT 1',
  )
  const findRead = db.prepare('SELECT max_id FROM read_inboxes WHERE user_id = ? AND peer_id = ?')
  const countUnread = db.prepare(
    'SELECT count(*) AS n FROM messages WHERE user_id = ? AND peer_id = ? AND NOT is_out AND id > ?',
  )
  const countChats = db.prepare('SELECT count(DISTINCT peer_id) AS n FROM messages WHERE user_id = ?')
  const listChats = db.prepare(
    `SELECT t.peer_id FROM (
       SELECT peer_id, max(id) AS top FROM messages WHERE user_id = :userId GROUP BY peer_id
     ) t JOIN messages m ON m.user_id = :userId AND m.id = t.top
     WHERE (:offsetId = 0 OR t.top < :offsetId) AND (:offsetDateS = 0 OR m.date_s < :offsetDateS)
     ORDER BY t.top DESC LIMIT :limit`,
  )
  const countRange = db.prepare(
    `SELECT count(*) AS n, count(CASE WHEN (:offsetId > 0 AND id >= :offsetId)
       OR (:offsetDateS > 0 AND date_s >= :offsetDateS) THEN 1 END) AS passed FROM messages WHERE ${IN_RANGE}`,
  )
  const listRange = db.prepare(
    `SELECT * FROM messages WHERE ${IN_RANGE} ORDER BY id DESC LIMIT :limit OFFSET :skipped`,
  )

  function find(userId: bigint, id: number): Message | undefined {
    const row = findOne.get(userId, id)
    return row && toMessage(row)
  }

  function readMaxId(userId: bigint, peerId: bigint): number {
    const row = findRead.get(userId, peerId)
    return row === undefined ? 0 : int(row, 'max_id')
  }

  function unreadCount(userId: bigint, peerId: bigint): number {
    return int(countUnread.get(userId, peerId, readMaxId(userId, peerId)) ?? {}, 'n')
  }

  function dialog(userId: bigint, peerId: bigint): Dialog {
    const top = findTop.get(userId, peerId)
    return {
      peerId,
      topMessage: top && toMessage(top),
      readInboxMaxId: readMaxId(userId, peerId),
      unreadCount: unreadCount(userId, peerId),
    }
  }

  return {
    find,
    unreadCount,
    dialog,
    dialogs(userId, query) {
      const peerIds = listChats.all({ userId, ...query }).map((row) => long(row, 'peer_id'))
      return {
        dialogs: peerIds.map((peerId) => dialog(userId, peerId)),
        count: int(countChats.get(userId) ?? {}, 'n'),
      }
    },
    history(userId, { peerId, offsetId, offsetDateS, addOffset, limit, maxId, minId }) {
      const range = { userId, peerId, maxId, minId }
      const counted = countRange.get({ ...range, offsetId, offsetDateS }) ?? {}
      // The stretch may begin before the newest message; what lies there is empty.
      const from = int(counted, 'passed') + addOffset
      const skipped = Math.max(0, from)
      const left = Math.max(0, limit + Math.min(0, from))
      const messages = listRange.all({ ...range, limit: left, skipped }).map(toMessage)
      return { messages, count: int(counted, 'n'), skipped }
    },
  }
}
