import { int, type Row, text } from '../../database/columns.ts'
import { type Decision, nudge, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { findMessage } from './decide-chats.ts'
import type { Box, BoxEvent, BoxState, LogSlice } from './words.ts'

/** An event as the log keeps it: without the message, which may be gone by the time somebody asks for it. */
export type LoggedChange =
  | { readonly kind: 'newMessage'; readonly id: number }
  | {
      readonly kind: 'readInbox'
      readonly peerId: string
      readonly maxId: number
      readonly unreadCount: number
    }
  | { readonly kind: 'deleteMessages'; readonly ids: readonly number[] }

/** The place of an event in the log. */
export type Place = Pick<BoxEvent, 'pts' | 'ptsCount'>

/** The state of an account that is gone. */
const NOTHING: BoxState = { pts: 0, unreadCount: 0 }

const allocate = sql`UPDATE users SET pts = pts + :ptsCount WHERE id = :boxId RETURNING pts`
const insert = sql`
  INSERT INTO update_log (user_id, pts, pts_count, event) VALUES (:boxId, :pts, :ptsCount, :event)`
const trim = sql`DELETE FROM update_log WHERE user_id = :boxId AND pts <= :pts`
const findState = sql`
  SELECT pts, (
    SELECT count(*) FROM messages m LEFT JOIN read_inboxes r ON r.user_id = m.user_id AND r.peer_id = m.peer_id
    WHERE m.user_id = users.id AND m.is_out = 0 AND m.id > coalesce(r.max_id, 0)
  ) AS unread FROM users WHERE id = :boxId`
const findAfter = sql`SELECT * FROM update_log WHERE user_id = :boxId AND pts > :pts ORDER BY pts LIMIT :limit`

/** Allocates the next pts and keeps the event under the last of them. Undefined if the box does not exist. */
export function* addEvent(
  { boxId, keptEvents }: Box,
  change: LoggedChange,
  ptsCount: number,
): Decision<Place | undefined> {
  const row = yield* allocate.row({ boxId, ptsCount })
  if (row === undefined) return undefined
  const pts = int(row, 'pts')
  yield* insert.send({ boxId, pts, ptsCount, event: JSON.stringify(change) })
  yield* trim.send({ boxId, pts: pts - keptEvents })
  yield* nudge({ kind: 'box', boxId: String(boxId), pts })
  return { pts, ptsCount }
}

/** The state of a box. */
export function* boxState(boxId: bigint): Decision<BoxState> {
  const row = yield* findState.row({ boxId })
  return row === undefined ? NOTHING : { pts: int(row, 'pts'), unreadCount: int(row, 'unread') }
}

/** Events after `pts`, at most `limit` of them. */
export function* eventsAfter(secret: Secret, boxId: bigint, pts: number, limit: number): Decision<LogSlice> {
  const state = yield* boxState(boxId)
  const rows = yield* findAfter.rows({ boxId, pts, limit: limit + 1 })
  const [first] = rows
  // An event that counts for several is given whole, also to a client that knows a part of it.
  const nextPts = first === undefined ? state.pts : int(first, 'pts') - int(first, 'pts_count')
  if (nextPts > pts) return { ...state, kind: 'trimmed' }
  const heard = rows.slice(0, limit)
  const last = rows.length > limit ? heard.at(-1) : undefined
  const upToPts = last === undefined ? state.pts : int(last, 'pts')
  const events: BoxEvent[] = []
  for (const row of heard) {
    const event = yield* toEvent(secret, boxId, row)
    if (event !== undefined) events.push(event)
  }
  return { ...state, kind: 'events', events, upToPts }
}

/** Undefined if it was a message that is gone. */
function* toEvent(secret: Secret, boxId: bigint, row: Row): Decision<BoxEvent | undefined> {
  const place = { pts: int(row, 'pts'), ptsCount: int(row, 'pts_count') }
  const change: LoggedChange = JSON.parse(text(row, 'event'))
  switch (change.kind) {
    case 'newMessage': {
      const message = yield* findMessage(secret, boxId, change.id)
      return message && { kind: 'newMessage', message, ...place }
    }
    case 'readInbox':
      return { ...change, peerId: BigInt(change.peerId), ...place }
    case 'deleteMessages':
      return { ...change, ...place }
  }
}
