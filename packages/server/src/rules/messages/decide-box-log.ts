import { int, isNull, long, type Row, text } from '../../database/columns.ts'
import { type Decision, nudge, sql } from '../../database/decision.ts'
import { StoreError } from '../../database/errors.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Secret } from '../../database/secret.ts'
import { toMessage } from './message-rows.ts'
import type { Box, BoxChange, BoxEvent, BoxState, LogSlice, Place } from './words.ts'

/** A change as the log keeps it: without the message, which may be gone by the time somebody asks for it. */
type LoggedChange = Exclude<BoxChange, { kind: 'newMessage' }>

/** The state of an account that is gone. */
const NOTHING: BoxState = { pts: 0, unreadCount: 0 }

const advance = sql`UPDATE boxes SET pts = pts + :ptsCount WHERE box_id = :boxId RETURNING pts`
const insert = sql`
  INSERT INTO box_log (box_id, pts, pts_count, kind, message_id, peer_id, detail, caused_by)
  VALUES (:boxId, :pts, :ptsCount, :kind, :messageId, :peerId, :detail, :causedBy)`
const trim = sql`DELETE FROM box_log WHERE box_id = :boxId AND pts <= :pts`
const findState = sql`
  SELECT pts, (
    SELECT count(*) FROM messages m LEFT JOIN dialogs r ON r.box_id = m.box_id AND r.peer_id = m.peer_id
    WHERE m.box_id = boxes.box_id AND m.is_out = 0 AND m.id > coalesce(r.read_inbox_max_id, 0)
  ) AS unread FROM boxes WHERE box_id = :boxId`
const listPts = sql`SELECT box_id, pts FROM boxes JOIN ${LISTED_IDS} l ON l.listed_id = box_id`
const findAfter = sql`
  SELECT l.pts AS log_pts, l.pts_count, l.kind AS log_kind, l.message_id, l.peer_id AS read_peer_id, l.detail, l.caused_by,
    m.*, b.sealed_body
  FROM box_log l
  LEFT JOIN messages m ON l.kind = 'newMessage' AND m.box_id = l.box_id AND m.id = l.message_id
  LEFT JOIN bodies b ON b.body_id = m.body_id
  WHERE l.box_id = :boxId AND l.pts > :pts ORDER BY l.pts LIMIT :limit`

/**
 * Allocates the next pts of a box and keeps the event under the last of them. Undefined if the box does not exist.
 *
 * @param causedBy the key whose call changes the box: its sessions learn of it from the answer
 */
export function* addEvent(
  box: Box,
  change: LoggedChange,
  ptsCount: number,
  causedBy: bigint | undefined,
): Decision<Place | undefined> {
  const { boxId } = box
  const row = yield* advance.row({ boxId, ptsCount })
  if (row === undefined) return undefined
  const pts = int(row, 'pts')
  yield* insert.send({ ...toColumns(change), boxId, pts, ptsCount, causedBy: causedBy ?? null })
  yield* announceEvent(box, pts)
  return { pts, ptsCount }
}

/** Drops events beyond the limit of a box, and tells subscribers how far its log goes now. */
export function* announceEvent({ boxId, keptEvents }: Box, pts: number): Decision<void> {
  if (pts > keptEvents) yield* trim.send({ boxId, pts: pts - keptEvents })
  yield* nudge({ kind: 'box', boxId: String(boxId), pts })
}

function toColumns(change: LoggedChange) {
  const { kind } = change
  switch (kind) {
    case 'readInbox':
      return { kind, messageId: change.maxId, peerId: change.peerId, detail: String(change.unreadCount) }
    case 'deleteMessages':
      return { kind, messageId: null, peerId: null, detail: JSON.stringify(change.ids) }
  }
}

/** The state of a box. */
export function* boxState(boxId: bigint): Decision<BoxState> {
  const row = yield* findState.row({ boxId })
  return row === undefined ? NOTHING : { pts: int(row, 'pts'), unreadCount: int(row, 'unread') }
}

/** The last pts of each of these boxes, without those that do not exist. */
export function* findPts(boxIds: readonly bigint[]): Decision<Map<bigint, number>> {
  const rows = yield* listPts.rows({ ids: idList(boxIds) })
  return new Map(rows.map((row) => [long(row, 'box_id'), int(row, 'pts')]))
}

/** Events after `pts`, at most `limit` of them. */
export function* eventsAfter(secret: Secret, boxId: bigint, pts: number, limit: number): Decision<LogSlice> {
  const state = yield* boxState(boxId)
  const rows = yield* findAfter.rows({ boxId, pts, limit: limit + 1 })
  const [first] = rows
  // An event that counts for several is given whole, also to a client that knows a part of it.
  const nextPts = first === undefined ? state.pts : int(first, 'log_pts') - int(first, 'pts_count')
  if (nextPts > pts) return { ...state, kind: 'trimmed' }
  const heard = rows.slice(0, limit)
  const last = rows.length > limit ? heard.at(-1) : undefined
  const upToPts = last === undefined ? state.pts : int(last, 'log_pts')
  const events = heard.flatMap((row) => toEvent(secret, row) ?? [])
  return { ...state, kind: 'events', events, upToPts }
}

function toEvent(secret: Secret, row: Row): BoxEvent | undefined {
  const change = toChange(secret, row)
  return (
    change && {
      ...change,
      pts: int(row, 'log_pts'),
      ptsCount: int(row, 'pts_count'),
      ...(isNull(row, 'caused_by') ? {} : { causedBy: long(row, 'caused_by') }),
    }
  )
}

/** Undefined if it was a message that is gone. */
function toChange(secret: Secret, row: Row): BoxChange | undefined {
  const kind = text(row, 'log_kind')
  switch (kind) {
    case 'newMessage':
      return isNull(row, 'id') ? undefined : { kind, message: toMessage(secret, row) }
    case 'readInbox': {
      const [peerId, maxId] = [long(row, 'read_peer_id'), int(row, 'message_id')]
      return { kind, peerId, maxId, unreadCount: Number(text(row, 'detail')) }
    }
    case 'deleteMessages':
      return { kind, ids: JSON.parse(text(row, 'detail')) }
    default:
      throw new StoreError('STORE_FAILED', `an event of an unknown kind is in the log: ${kind}`)
  }
}
