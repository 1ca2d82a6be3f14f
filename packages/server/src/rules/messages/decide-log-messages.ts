import { int, long } from '../../database/columns.ts'
import { type Decision, type Statement, sql } from '../../database/decision.ts'
import { announceEvents } from './decide-box-log.ts'
import type { BoxLimits, Place } from './words.ts'

/** An event about messages, one row of the log for each, in as many boxes as have them. */
export interface MessagesLogged {
  readonly kind: 'deleteMessages' | 'editMessage' | 'pinned' | 'readContents'
  readonly detail?: string
  readonly causedBy?: bigint | undefined
}

/** The statements that count and keep an event about each of some messages. */
export interface LogMessages {
  readonly advance: Statement
  readonly insert: Statement
}

/**
 * Makes the statements that give each of some messages an event in its box, by ascending id.
 *
 * @param which SQL for the messages, which are called `m`
 */
export function loggingOf(which: string): LogMessages {
  return {
    advance: sql`
      UPDATE boxes SET pts = pts + (SELECT count(*) FROM messages m WHERE m.box_id = boxes.box_id AND ${which})
      WHERE box_id IN (SELECT m.box_id FROM messages m WHERE ${which})
      RETURNING box_id, pts, (SELECT count(*) FROM messages m WHERE m.box_id = boxes.box_id AND ${which}) AS n`,
    insert: sql`
      INSERT INTO box_log (box_id, pts, pts_count, kind, message_id, peer_id, detail, caused_by)
      SELECT e.box_id, x.pts - e.n + e.place, 1, CAST(:kind AS TEXT), e.id, e.peer_id, CAST(:detail AS TEXT),
        CAST(:causedBy AS BIGINT)
      FROM (
        SELECT m.box_id, m.id, m.peer_id, count(*) OVER (PARTITION BY m.box_id) AS n,
          row_number() OVER (PARTITION BY m.box_id ORDER BY m.id) AS place
        FROM messages m WHERE ${which}
      ) e JOIN boxes x ON x.box_id = e.box_id`,
  }
}

/**
 * Keeps an event about each of the messages that the statements name, and tells subscribers.
 *
 * @returns the places of the events by box; boxes that have none of the messages are not in it
 */
export function* logMessages(
  { advance, insert }: LogMessages,
  which: Readonly<Record<string, bigint | number | string>>,
  { kind, detail, causedBy }: MessagesLogged,
  limits: BoxLimits,
): Decision<ReadonlyMap<bigint, Place>> {
  const rows = yield* advance.rows(which)
  const places = new Map(
    rows.map((row) => [long(row, 'box_id'), { pts: int(row, 'pts'), ptsCount: int(row, 'n') }]),
  )
  if (places.size === 0) return places
  yield* insert.send({ ...which, kind, detail: detail ?? null, causedBy: causedBy ?? null })
  for (const [boxId, place] of places) yield* announceEvents({ ...limits, boxId }, place)
  return places
}
