import { int } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { sealContent, toMessage } from './decide-message-rows.ts'
import { addEvent } from './decide-update-log.ts'
import type { AppendOutcome, Box, NewMessage } from './words.ts'

const findSent = sql`SELECT * FROM messages WHERE user_id = :boxId AND from_id = :fromId AND random_id = :randomId`
const allocateId = sql`
  UPDATE users SET last_message_id = last_message_id + 1 WHERE id = :boxId RETURNING last_message_id`
const insert = sql`
  INSERT INTO messages (user_id, id, peer_id, from_id, is_out, date_s, random_id, pts, sealed_content)
  VALUES (:boxId, :id, :peerId, :fromId, :isOut, :dateS, :randomId, :pts, :sealed)`
const trim = sql`DELETE FROM messages WHERE user_id = :boxId AND id <= :id`

/** Puts a message in a box, once for each random id. */
export function* appendMessage(secret: Secret, box: Box, message: NewMessage): Decision<AppendOutcome> {
  const { boxId } = box
  const { text, entities, isOut, randomId, ...about } = message
  yield* alone('box', boxId)
  const sent = yield* findSent.row({ boxId, fromId: message.fromId, randomId })
  if (sent !== undefined) {
    const place = { pts: int(sent, 'pts'), ptsCount: 1 }
    return { kind: 'repeated', event: { kind: 'newMessage', message: toMessage(secret, sent), ...place } }
  }
  const allocated = yield* allocateId.row({ boxId })
  if (allocated === undefined) return { kind: 'noBox' }
  const id = int(allocated, 'last_message_id')
  const place = yield* addEvent(box, { kind: 'newMessage', id }, 1)
  if (place === undefined) return { kind: 'noBox' }
  const sealed = sealContent(secret, boxId, id, message)
  yield* insert.send({ ...about, boxId, id, isOut: Number(isOut), randomId, pts: place.pts, sealed })
  yield* trim.send({ boxId, id: id - box.keptMessages })
  return {
    kind: 'appended',
    event: { kind: 'newMessage', message: { id, ...about, isOut, text, entities }, ...place },
  }
}

/** Bridge for decisions that are still closures. */
export function prepareAppendMessage(
  db: Database,
  secret: Secret,
): (box: Box, message: NewMessage) => AppendOutcome {
  return (box, message) => db.decide(appendMessage(secret, box, message))
}
