import { int, isNull, long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { withSeen } from './decide-seen.ts'
import { MESSAGE_COLUMNS, messagesIn, WITH_BODIES } from './message-rows.ts'
import type { AppendOutcome, Message, NewMessage } from './words.ts'

const find = sql`
  SELECT x.pts AS box_pts, s.peer_id, s.id, s.pts FROM boxes x
  LEFT JOIN sent_messages s ON s.box_id = x.box_id AND s.from_id = :fromId AND s.random_id = :randomId
  WHERE x.box_id = :boxId`
const findNow = sql`SELECT ${MESSAGE_COLUMNS} FROM ${WITH_BODIES} WHERE m.box_id = :boxId AND m.id = :id`
const keep = sql`
  INSERT INTO sent_messages (box_id, from_id, random_id, peer_id, id, pts, at_s)
  VALUES (:boxId, :fromId, :randomId, :peerId, :id, :pts, :atS)`

/**
 * Looks for a message that its sender repeats, by its random id.
 *
 * @returns undefined if it is new
 */
export function* findSent(
  secret: Secret,
  boxId: bigint,
  message: NewMessage,
): Decision<Exclude<AppendOutcome, { kind: 'appended' }> | undefined> {
  const { fromId, randomId, peerId } = message
  const sent = yield* find.row({ boxId, fromId, randomId })
  if (sent === undefined) return { kind: 'noBox' }
  if (isNull(sent, 'id')) return undefined
  if (long(sent, 'peer_id') !== peerId) return { kind: 'otherChat' }
  const [id, pts] = [int(sent, 'id'), int(sent, 'pts')]
  const place = { pts, ptsCount: 1, ...randomIdOf(message) }
  const row = yield* findNow.row({ boxId, id })
  if (row !== undefined) {
    const [now = withId(message, id)] = yield* withSeen(
      secret,
      boxId,
      yield* messagesIn(secret, boxId, [row]),
    )
    return { kind: 'repeated', event: { kind: 'newMessage', message: now, ...place } }
  }
  return {
    kind: 'deleted',
    event: { kind: 'newMessage', message: withId(message, id), ...place },
    deletion: { kind: 'deleteMessages', ids: [id], pts: int(sent, 'box_pts'), ptsCount: 0 },
  }
}

/** Keeps the random id of a message that was sent. */
export function* keepSent(
  boxId: bigint,
  { fromId, randomId, peerId, dateS }: NewMessage,
  { id, pts }: { readonly id: number; readonly pts: number },
): Decision<void> {
  yield* keep.send({ boxId, fromId, randomId, peerId, id, pts, atS: dateS })
}

/** A message as the box has it. */
export function withId({ randomId: _, ...message }: NewMessage, id: number): Message {
  return { id, ...message }
}

/** The random id in the event of a message, for its sender's own sessions. */
export function randomIdOf({ isOut, randomId }: NewMessage): { readonly randomId?: bigint } {
  return isOut ? { randomId } : {}
}
