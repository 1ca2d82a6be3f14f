import { int, long } from '../../database/columns.ts'
import { type Decision, nudge, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Secret } from '../../database/secret.ts'
import { withSeenEvents } from './decide-seen.ts'
import { type LoggedChange, toColumns, toEvents } from './event-rows.ts'
import { withEvents } from './fresh-events.ts'
import { MESSAGE_COLUMNS } from './message-rows.ts'
import type { Box, BoxEvent, BoxState, LogSlice, Place } from './words.ts'

/** The state of an account that is gone. */
const NOTHING: BoxState = { pts: 0, unreadCount: 0 }

/** A log keeps so much of its limit more than the limit. */
const PARTS = 256

const advance = sql`UPDATE boxes SET pts = pts + 1 WHERE box_id = :boxId RETURNING pts`
const insert = sql`
  INSERT INTO box_log (box_id, pts, pts_count, kind, message_id, peer_id, detail, caused_by)
  VALUES (:boxId, :pts, 1, :kind, :messageId, :peerId, :detail, :causedBy)`
const trim = sql`DELETE FROM box_log WHERE box_id = :boxId AND pts <= :pts`
const findBoxPts = sql`SELECT pts FROM boxes WHERE box_id = :boxId`
/**
 * Only chats whose newest message is above the mark can have unread ones. Bots read nothing, ever: to count what they have not read
 * would take longer with each message.
 */
const findState = sql`
  SELECT pts, CASE WHEN EXISTS (SELECT 1 FROM bots WHERE user_id = boxes.box_id) THEN 0 ELSE (
    SELECT count(*) FROM dialogs d JOIN messages m ON m.box_id = d.box_id AND m.peer_id = d.peer_id
    WHERE d.box_id = boxes.box_id AND d.top_id > d.read_inbox_max_id AND m.id > d.read_inbox_max_id AND m.is_out = 0
  ) END AS unread FROM boxes WHERE box_id = :boxId`
const listEnds = sql`
  SELECT x.box_id, x.pts, x.side_seq, coalesce(b.qts, 0) AS qts FROM boxes x
  JOIN ${LISTED_IDS} l ON l.listed_id = x.box_id LEFT JOIN bots b ON b.user_id = x.box_id`
const findAfter = sql`
  SELECT l.pts AS log_pts, l.pts_count, l.kind AS log_kind, l.message_id, l.peer_id AS log_peer_id, l.detail, l.caused_by,
    ${MESSAGE_COLUMNS}, m.random_id
  FROM box_log l
  LEFT JOIN messages m ON l.kind IN ('newMessage', 'editMessage') AND m.box_id = l.box_id AND m.id = l.message_id
  LEFT JOIN bodies b ON b.body_id = m.body_id
  WHERE l.box_id = :boxId AND l.pts > :pts ORDER BY l.pts LIMIT :limit`

/**
 * Allocates the next pts of a box and keeps the event under it. Undefined if the box does not exist.
 *
 * @param causedBy the key whose call changes the box: its sessions learn of it from the answer
 */
export function* addEvent(
  box: Box,
  change: Exclude<LoggedChange, { readonly ids: unknown }>,
  causedBy: bigint | undefined,
): Decision<Place | undefined> {
  const { boxId } = box
  const row = yield* advance.row({ boxId })
  if (row === undefined) return undefined
  const pts = int(row, 'pts')
  const columns = toColumns(change)
  yield* insert.send({ ...columns, boxId, pts, causedBy: causedBy ?? null })
  const place = { pts, ptsCount: 1 }
  yield* announceEvents(box, place)
  return place
}

/**
 * Drops events beyond the limit of a box, and tells subscribers how far its log goes now.
 *
 * @param events those events, if they are known as the log would give them: subscribers here need not read it then
 */
export function* announceEvents(
  { boxId, keptEvents }: Box,
  { pts, ptsCount }: Place,
  events?: readonly BoxEvent[],
): Decision<void> {
  if (pts > keptEvents && isTimeToTrim(keptEvents, pts, ptsCount)) {
    yield* trim.send({ boxId, pts: pts - keptEvents })
  }
  const news = { kind: 'box', boxId: String(boxId), pts, ...(ptsCount > 1 && { ptsCount }) } as const
  yield* nudge(events === undefined ? news : withEvents(news, events))
}

/** A long log is shortened now and then: a text in a group would else take a statement more for each of its boxes. */
function isTimeToTrim(keptEvents: number, pts: number, ptsCount: number): boolean {
  const every = Math.ceil(keptEvents / PARTS)
  return Math.floor(pts / every) > Math.floor((pts - ptsCount) / every)
}

/** The state of a box. */
export function* boxState(boxId: bigint): Decision<BoxState> {
  const row = yield* findState.row({ boxId })
  return row === undefined ? NOTHING : { pts: int(row, 'pts'), unreadCount: int(row, 'unread') }
}

/** The pts of a box; 0 if the account is gone. */
export function* boxPts(boxId: bigint): Decision<number> {
  const row = yield* findBoxPts.row({ boxId })
  return row === undefined ? 0 : int(row, 'pts')
}

/** The ends of the logs of a box. */
export interface BoxEnds {
  readonly pts: number
  readonly sideSeq: number
}

/** The ends of all logs of an account. */
export interface AccountEnds extends BoxEnds {
  /** Of a bot; otherwise 0. */
  readonly qts: number
}

/** The ends of the logs of these boxes, without boxes that do not exist. */
export function* findEnds(boxIds: readonly bigint[]): Decision<Map<bigint, AccountEnds>> {
  const rows = yield* listEnds.rows({ ids: idList(boxIds) })
  return new Map(
    rows.map((row) => [
      long(row, 'box_id'),
      { pts: int(row, 'pts'), sideSeq: int(row, 'side_seq'), qts: int(row, 'qts') },
    ]),
  )
}

/** Events after `pts`, at most `limit` rows of the log. */
export function* eventsAfter(secret: Secret, boxId: bigint, pts: number, limit: number): Decision<LogSlice> {
  const upTo = yield* boxPts(boxId)
  const rows = yield* findAfter.rows({ boxId, pts, limit: limit + 1 })
  const [first] = rows
  // In a log of before migration 8, an event that counts for several is given whole, also to who knows a part of it.
  const nextPts = first === undefined ? upTo : int(first, 'log_pts') - int(first, 'pts_count')
  if (nextPts > pts) return { kind: 'trimmed', pts: upTo, keptAfterPts: nextPts }
  const heard = rows.slice(0, limit)
  const last = rows.length > limit ? heard.at(-1) : undefined
  const upToPts = last === undefined ? upTo : int(last, 'log_pts')
  const events = yield* withSeenEvents(secret, boxId, yield* toEvents(secret, boxId, heard))
  return { kind: 'events', events, upToPts, pts: upTo }
}
