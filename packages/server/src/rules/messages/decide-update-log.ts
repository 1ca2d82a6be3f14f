import { int, type Row, text } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { Box, BoxEvent, BoxState, LogSlice, Message } from './words.ts'

/** An event as the log has it: a message is in the box, and may be gone from there by the time it is asked for. */
export type LoggedChange =
  | { readonly kind: 'newMessage'; readonly id: number }
  | {
      readonly kind: 'readInbox'
      readonly peerId: string
      readonly maxId: number
      readonly unreadCount: number
    }
  | { readonly kind: 'deleteMessages'; readonly ids: readonly number[] }

/** The log of what happened in boxes. */
export interface UpdateLog {
  /** Inside a write: allocates the next pts and keeps the event under the last of them. Undefined: no such account. */
  add(box: Box, change: LoggedChange, ptsCount: number): { pts: number; ptsCount: number } | undefined
  /** Inside a read or a write. */
  state(userId: bigint): BoxState
  /** Inside a read. @param find a message of the box; undefined where it is gone */
  eventsAfter(userId: bigint, pts: number, limit: number, find: (id: number) => Message | undefined): LogSlice
}

/** What an account that is gone has, too. */
const NOTHING: BoxState = { pts: 0, unreadCount: 0 }

/** The log, on these tables. */
export function createUpdateLog(db: Database): UpdateLog {
  const allocate = db.prepare('UPDATE users SET pts = pts + :ptsCount WHERE id = :userId RETURNING pts')
  const insert = db.prepare(
    'INSERT INTO update_log (user_id, pts, pts_count, event) VALUES (:userId, :pts, :ptsCount, :event)',
  )
  const trim = db.prepare('DELETE FROM update_log WHERE user_id = ? AND pts <= ?')
  const findState = db.prepare(
    `SELECT pts, (
       SELECT count(*) FROM messages m LEFT JOIN read_inboxes r ON r.user_id = m.user_id AND r.peer_id = m.peer_id
       WHERE m.user_id = users.id AND NOT m.is_out AND m.id > ifnull(r.max_id, 0)
     ) AS unread FROM users WHERE id = ?`,
  )
  const findAfter = db.prepare('SELECT * FROM update_log WHERE user_id = ? AND pts > ? ORDER BY pts LIMIT ?')

  function state(userId: bigint): BoxState {
    const row = findState.get(userId)
    return row === undefined ? NOTHING : { pts: int(row, 'pts'), unreadCount: int(row, 'unread') }
  }

  return {
    state,
    add({ userId, keptEvents }, change, ptsCount) {
      const row = allocate.get({ userId, ptsCount })
      if (row === undefined) return undefined
      const pts = int(row, 'pts')
      insert.run({ userId, pts, ptsCount, event: JSON.stringify(change) })
      trim.run(userId, pts - keptEvents)
      return { pts, ptsCount }
    },
    eventsAfter(userId, pts, limit, find) {
      const stands = state(userId)
      const rows = findAfter.all(userId, pts, limit + 1)
      const [first] = rows
      // An event that counts for several is given whole, to who has heard of a part of it, too.
      const nextPts = first === undefined ? stands.pts : int(first, 'pts') - int(first, 'pts_count')
      if (nextPts > pts) return { ...stands, kind: 'trimmed' }
      const heard = rows.slice(0, limit)
      const last = rows.length > limit ? heard.at(-1) : undefined
      const upToPts = last === undefined ? stands.pts : int(last, 'pts')
      return { ...stands, kind: 'events', events: heard.flatMap((row) => toEvent(row, find) ?? []), upToPts }
    },
  }
}

/** Undefined where it was a message that is gone. */
function toEvent(row: Row, find: (id: number) => Message | undefined): BoxEvent | undefined {
  const place = { pts: int(row, 'pts'), ptsCount: int(row, 'pts_count') }
  const change: LoggedChange = JSON.parse(text(row, 'event'))
  switch (change.kind) {
    case 'newMessage': {
      const message = find(change.id)
      return message && { kind: 'newMessage', message, ...place }
    }
    case 'readInbox':
      return { ...change, peerId: BigInt(change.peerId), ...place }
    case 'deleteMessages':
      return { ...change, ...place }
  }
}
