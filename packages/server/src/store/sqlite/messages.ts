import type { Affected, AppendOutcome, Box, BoxChange, MessageStore, NewMessage } from '../port.ts'
import type { Secret } from '../secret.ts'
import { createChats } from './chats.ts'
import { int } from './columns.ts'
import type { Database } from './database.ts'
import { createMessageRows } from './message-rows.ts'
import { createUpdateLog, type LoggedChange } from './update-log.ts'

/** Messages in their boxes. Each write is one with its event in the log. */
export function createMessageStore(db: Database, secret: Secret): MessageStore {
  const log = createUpdateLog(db)
  const rows = createMessageRows(secret)
  const chats = createChats(db, rows)
  const findSent = db.prepare(
    'SELECT * FROM messages WHERE user_id = :userId AND from_id = :fromId AND random_id = :randomId',
  )
  const allocateId = db.prepare(
    'UPDATE users SET last_message_id = last_message_id + 1 WHERE id = ? RETURNING last_message_id',
  )
  const insert = db.prepare(
    `INSERT INTO messages (user_id, id, peer_id, from_id, is_out, date_s, random_id, sealed_content)
     VALUES (:userId, :id, :peerId, :fromId, :isOut, :dateS, :randomId, :sealed) RETURNING *`,
  )
  const trim = db.prepare('DELETE FROM messages WHERE user_id = ? AND id <= ?')
  const removeOne = db.prepare('DELETE FROM messages WHERE user_id = ? AND id = ? RETURNING id')
  const markRead = db.prepare(
    `INSERT INTO read_inboxes (user_id, peer_id, max_id)
     SELECT user_id, peer_id, max(id) FROM messages
     WHERE user_id = :userId AND peer_id = :peerId AND NOT is_out AND (:maxId = 0 OR id <= :maxId) GROUP BY user_id
     ON CONFLICT DO UPDATE SET max_id = excluded.max_id WHERE excluded.max_id > max_id RETURNING max_id`,
  )

  function append(box: Box, { text, entities, isOut, ...message }: NewMessage): AppendOutcome {
    const { userId } = box
    const sent = findSent.get({ userId, fromId: message.fromId, randomId: message.randomId })
    if (sent !== undefined) return { kind: 'repeated', message: rows.toMessage(sent) }
    const allocated = allocateId.get(userId)
    if (allocated === undefined) return { kind: 'noBox' }
    const id = int(allocated, 'last_message_id')
    const sealed = rows.seal(userId, id, { text, entities })
    const row = insert.get({ ...message, userId, id, isOut: Number(isOut), sealed })
    trim.run(userId, id - box.keptMessages)
    const place = log.add(box, { kind: 'newMessage', id }, 1)
    if (row === undefined || place === undefined) throw new Error(`the box of ${userId} went away`)
    return { kind: 'appended', event: { kind: 'newMessage', message: rows.toMessage(row), ...place } }
  }

  /** What was done, and nothing where there is no such account any more. */
  function affected(box: Box, change: BoxChange, logged: LoggedChange, ptsCount: number): Affected {
    const place = log.add(box, logged, ptsCount)
    return { pts: place?.pts ?? 0, event: place && { ...change, ...place } }
  }

  return {
    append: (box, message) => db.write(() => append(box, message)),
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
