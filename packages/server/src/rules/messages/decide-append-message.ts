import { int, isNull, long, type Row } from '../../database/columns.ts'
import { alone, type Decision, type Statement, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Secret } from '../../database/secret.ts'
import { removing } from '../accounts/decide-boxes.ts'
import { announceEvent } from './decide-box-log.ts'
import { sealBody, toMessage } from './message-rows.ts'
import type { AppendOutcome, Box, NewMessage } from './words.ts'

/** The subquery needs nothing but an index; SQLite would read the whole box for the same conditions in the join. */
const findSent = sql`
  SELECT m.*, b.sealed_body FROM boxes x
  LEFT JOIN messages m ON m.box_id = x.box_id AND m.id = (
    SELECT max(s.id) FROM messages s WHERE s.box_id = :boxId AND s.from_id = :fromId AND s.random_id = :randomId)
  LEFT JOIN bodies b ON b.body_id = m.body_id WHERE x.box_id = :boxId`
const insertBody = sql`INSERT INTO bodies (holders, sealed_body) VALUES (:holders, :sealed) RETURNING body_id`
const trim = removing('box_id = :boxId AND id <= :id')

/** Three statements write to any number of boxes. A single box, the common case, needs no list. */
const toOne = writing('box_id = :ids')
const toMany = writing(`box_id IN ${LISTED_IDS}`)

/** The boxes of others are on the other side of a chat with one person, and in the same chat as a group. */
function writing(which: string): { readonly [K in 'advance' | 'insert' | 'log']: Statement } {
  return {
    advance: sql`
      UPDATE boxes SET pts = pts + 1, last_id = last_id + 1 WHERE ${which} RETURNING box_id, pts, last_id`,
    insert: sql`
      INSERT INTO messages (box_id, id, peer_id, from_id, is_out, date_s, random_id, pts, body_id)
      SELECT box_id, last_id, CASE WHEN box_id = :homeId THEN CAST(:peerId AS BIGINT) ELSE CAST(:othersPeerId AS BIGINT) END,
        CAST(:fromId AS BIGINT), CASE WHEN box_id = :homeId THEN CAST(:isOut AS BIGINT) ELSE 0 END, CAST(:dateS AS BIGINT),
        CAST(:randomId AS BIGINT), pts, CAST(:bodyId AS BIGINT)
      FROM boxes WHERE ${which}`,
    log: sql`
      INSERT INTO box_log (box_id, pts, pts_count, kind, message_id, caused_by)
      SELECT box_id, pts, 1, 'newMessage', last_id, CAST(:causedBy AS BIGINT) FROM boxes WHERE ${which}`,
  }
}

/**
 * Puts a message in a box, once for each random id.
 *
 * @param causedBy the key whose call sends it: its sessions learn of it from the answer
 */
export function* appendMessage(
  secret: Secret,
  box: Box,
  message: NewMessage,
  causedBy?: bigint,
): Decision<AppendOutcome> {
  return yield* appendToBoxes(secret, [box], message, causedBy)
}

/**
 * Puts one message in several boxes, its body once: those of the two people of a chat, or of a group's members. The first
 * box is the sender's, where `peerId` and `isOut` hold and the random id is looked for. A box whose account is gone is
 * left out.
 */
export function* appendToBoxes(
  secret: Secret,
  boxes: readonly [Box, ...Box[]],
  message: NewMessage,
  causedBy?: bigint,
): Decision<AppendOutcome> {
  const [{ boxId: homeId }] = boxes
  const { peerId, fromId, isOut, dateS, randomId, text, entities } = message
  for (const boxId of boxes.map((box) => box.boxId).sort(byId)) yield* alone('box', boxId)
  const sent = yield* findSent.row({ boxId: homeId, fromId, randomId })
  if (sent === undefined) return { kind: 'noBox' }
  if (!isNull(sent, 'id')) {
    const place = { pts: int(sent, 'pts'), ptsCount: 1 }
    return { kind: 'repeated', event: { kind: 'newMessage', message: toMessage(secret, sent), ...place } }
  }
  const [write, ids] =
    boxes.length === 1 ? [toOne, homeId] : [toMany, idList(boxes.map(({ boxId }) => boxId))]
  const advanced = yield* write.advance.rows({ ids })
  const sealed = sealBody(secret, message)
  const body = (yield* insertBody.row({ holders: advanced.length, sealed })) ?? {}
  const bodyId = long(body, 'body_id')
  const othersPeerId = peerId > 0n ? fromId : peerId
  const about = { homeId, peerId, othersPeerId, fromId, isOut: Number(isOut), dateS, randomId }
  yield* write.insert.send({ ...about, bodyId, ids })
  yield* write.log.send({ causedBy: causedBy ?? null, ids })
  const places = new Map(advanced.map((row) => [long(row, 'box_id'), countersOf(row)]))
  for (const box of boxes) yield* bound(box, places.get(box.boxId))
  const { id, pts } = places.get(homeId) ?? countersOf({})
  const event = { kind: 'newMessage', message: { id, peerId, fromId, isOut, dateS, text, entities } } as const
  return { kind: 'appended', event: { ...event, pts, ptsCount: 1 } }
}

/** The counters of a box after it got the message. */
interface Counters {
  readonly id: number
  readonly pts: number
}

function countersOf(row: Row): Counters {
  return { id: int(row, 'last_id'), pts: int(row, 'pts') }
}

/** Drops what is beyond the limits of a box, and tells its subscribers. */
function* bound(box: Box, counters: Counters | undefined): Decision<void> {
  if (counters === undefined) return
  const { boxId, keptMessages } = box
  const id = counters.id - keptMessages
  if (id > 0) for (const statement of trim) yield* statement.send({ boxId, id })
  yield* announceEvent(box, counters.pts)
}

function byId(one: bigint, other: bigint): number {
  return one < other ? -1 : Number(one > other)
}
