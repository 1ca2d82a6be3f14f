import { int } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { MessageRows } from './decide-message-rows.ts'
import type { UpdateLog } from './decide-update-log.ts'
import type { AppendOutcome, Box, NewMessage } from './words.ts'

/** What puts a message in a box, once for each random id; inside a write. */
export function prepareAppendMessage(
  db: Database,
  rows: MessageRows,
  log: UpdateLog,
): (box: Box, message: NewMessage) => AppendOutcome {
  const findSent = db.prepare(
    'SELECT * FROM messages WHERE user_id = :userId AND from_id = :fromId AND random_id = :randomId',
  )
  const allocateId = db.prepare(
    'UPDATE users SET last_message_id = last_message_id + 1 WHERE id = ? RETURNING last_message_id',
  )
  const insert = db.prepare(
    `INSERT INTO messages (user_id, id, peer_id, from_id, is_out, date_s, random_id, pts, sealed_content)
     VALUES (:userId, :id, :peerId, :fromId, :isOut, :dateS, :randomId, :pts, :sealed)`,
  )
  const trim = db.prepare('DELETE FROM messages WHERE user_id = ? AND id <= ?')
  return (box, message) => {
    const { userId } = box
    const { text, entities, isOut, randomId, ...about } = message
    const sent = findSent.get({ userId, fromId: message.fromId, randomId })
    if (sent !== undefined) {
      const place = { pts: int(sent, 'pts'), ptsCount: 1 }
      return { kind: 'repeated', event: { kind: 'newMessage', message: rows.toMessage(sent), ...place } }
    }
    const allocated = allocateId.get(userId)
    if (allocated === undefined) return { kind: 'noBox' }
    const id = int(allocated, 'last_message_id')
    const place = log.add(box, { kind: 'newMessage', id }, 1)
    if (place === undefined) return { kind: 'noBox' }
    const sealed = rows.seal(userId, id, message)
    insert.run({ ...about, userId, id, isOut: Number(isOut), randomId, pts: place.pts, sealed })
    trim.run(userId, id - box.keptMessages)
    return {
      kind: 'appended',
      event: { kind: 'newMessage', message: { id, ...about, isOut, text, entities }, ...place },
    }
  }
}
