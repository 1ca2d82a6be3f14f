import { int } from '../../database/columns.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareCancelCode } from '../codes/decide-code-holder.ts'
import { prepareAppendMessage } from './decide-append-message.ts'
import { createChats } from './decide-chats.ts'
import { createMessageRows } from './decide-message-rows.ts'
import { createUpdateLog, type LoggedChange } from './decide-update-log.ts'
import type { Affected, Box, BoxChange, MessageStore } from './words.ts'

/** Messages in their boxes. Each write is one with its event in the log. */
export function createMessageStore(db: Database, secret: Secret): MessageStore {
  const log = createUpdateLog(db)
  const rows = createMessageRows(secret)
  const chats = createChats(db, rows)
  const append = prepareAppendMessage(db, rows, log)
  const cancelCode = prepareCancelCode(db)
  const removeOne = db.prepare('DELETE FROM messages WHERE user_id = ? AND id = ? RETURNING id')
  const markRead = db.prepare(
    `INSERT INTO read_inboxes (user_id, peer_id, max_id)
     SELECT user_id, peer_id, max(id) FROM messages
     WHERE user_id = :userId AND peer_id = :peerId AND NOT is_out AND (:maxId = 0 OR id <= :maxId) GROUP BY user_id
     ON CONFLICT DO UPDATE SET max_id = excluded.max_id WHERE excluded.max_id > max_id RETURNING max_id`,
  )

  /** What was done, and nothing where there is no such account any more. */
  function affected(box: Box, change: BoxChange, logged: LoggedChange, ptsCount: number): Affected {
    const place = log.add(box, logged, ptsCount)
    return { pts: place?.pts ?? 0, event: place && { ...change, ...place } }
  }

  return {
    append: (box, message, leak) =>
      db.write(() => {
        const appended = append(box, message)
        if (appended.kind !== 'appended' || leak === undefined) return appended
        const ended = leak.codes.filter((code) => cancelCode(code, leak.nowMs))
        const notice = ended.length > 0 ? append(box, leak.notice) : undefined
        return notice?.kind === 'appended' ? { ...appended, notice: notice.event } : appended
      }),
    read: (box, peerId, maxId) =>
      db.write(() => {
        const { userId } = box
        const marked = markRead.get({ userId, peerId, maxId })
        if (marked === undefined) return { pts: log.state(userId).pts, event: undefined }
        const unreadCount = chats.unreadCount(userId, peerId)
        const change = { kind: 'readInbox', peerId, maxId: int(marked, 'max_id'), unreadCount } as const
        return affected(box, change, { ...change, peerId: String(peerId) }, 1)
      }),
    remove: (box, ids) =>
      db.write(() => {
        const { userId } = box
        const removed = ids.filter((id) => removeOne.get(userId, id) !== undefined)
        if (removed.length === 0) return { pts: log.state(userId).pts, event: undefined }
        const change = { kind: 'deleteMessages', ids: removed } as const
        return affected(box, change, change, removed.length)
      }),
    state: (userId) => db.read(() => log.state(userId)),
    eventsAfter: (userId, pts, limit) =>
      db.read(() => log.eventsAfter(userId, pts, limit, (id) => chats.find(userId, id))),
    find: (userId, ids) => db.read(() => ids.flatMap((id) => chats.find(userId, id) ?? [])),
    history: (userId, query) => db.read(() => chats.history(userId, query)),
    dialogs: (userId, query) => db.read(() => chats.dialogs(userId, query)),
    dialogsWith: (userId, peerIds) => db.read(() => peerIds.map((peerId) => chats.dialog(userId, peerId))),
  }
}
