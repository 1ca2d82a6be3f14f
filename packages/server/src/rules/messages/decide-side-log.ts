import { int, isNull, long, type Row, text } from '../../database/columns.ts'
import { type Decision, nudge, sql } from '../../database/decision.ts'
import type { LoggedSideEvent, SideEvent } from './words.ts'

const advance = sql`UPDATE boxes SET side_seq = side_seq + 1 WHERE box_id = :boxId RETURNING side_seq, pts`
const keep = sql`
  INSERT INTO side_log (box_id, kind, subject, seq, at_s, detail, caused_by)
  VALUES (:boxId, :kind, :subject, :seq, :atS, :detail, :causedBy)
  ON CONFLICT (box_id, kind, subject) DO UPDATE
  SET seq = excluded.seq, at_s = excluded.at_s, detail = excluded.detail, caused_by = excluded.caused_by`
const drop = sql`DELETE FROM side_log WHERE box_id = :boxId AND kind = :kind AND subject = :subject`
const listAfter = sql`SELECT * FROM side_log WHERE box_id = :boxId AND seq > :seq ORDER BY seq LIMIT :limit`
const listBelow = sql`
  SELECT * FROM side_log WHERE box_id = :boxId AND seq < :belowSeq ORDER BY seq DESC LIMIT :limit`

/** Changes that one look reads: a box keeps one for each of its messages with reactions, and most callers missed few. */
const AT_ONCE = 100
/** A change may be so much older than one before it: its call began earlier, or at a node whose clock is behind. */
const DISORDER_S = 60

/**
 * Keeps a change of a box that has no pts, in place of the one before of its kind about its subject, and tells subscribers.
 * Where the box is locked, its lock comes before. Nothing happens if the account is gone.
 *
 * @param causedBy the key whose call changes the box: its sessions learn of it from the answer
 */
export function* addSideEvent(boxId: bigint, event: SideEvent, causedBy: bigint | undefined): Decision<void> {
  const row = yield* advance.row({ boxId })
  if (row === undefined) return
  const { kind, subject, detail = '', atS } = event
  const sideSeq = int(row, 'side_seq')
  yield* keep.send({ boxId, kind, subject, detail, atS, seq: sideSeq, causedBy: causedBy ?? null })
  yield* nudge({ kind: 'box', boxId: String(boxId), pts: int(row, 'pts'), sideSeq })
}

/** Forgets a change that nobody needs to be told of any more. */
export function* dropSideEvent(boxId: bigint, kind: string, subject: bigint): Decision<void> {
  yield* drop.send({ boxId, kind, subject })
}

/** The changes of a box without pts that came after this number, oldest first. */
export function* sideEventsAfter(boxId: bigint, seq: number, limit: number): Decision<LoggedSideEvent[]> {
  return (yield* listAfter.rows({ boxId, seq, limit })).map(toSideEvent)
}

/** The newest changes of a box without pts since this second, oldest first. */
export function* sideEventsSince(boxId: bigint, sinceS: number, limit: number): Decision<LoggedSideEvent[]> {
  const found: LoggedSideEvent[] = []
  for (let belowSeq = Number.MAX_SAFE_INTEGER; found.length < limit; ) {
    const read = (yield* listBelow.rows({ boxId, belowSeq, limit: AT_ONCE })).map(toSideEvent)
    found.push(...read.filter(({ atS }) => atS >= sinceS))
    const last = read.at(-1)
    if (last === undefined || read.length < AT_ONCE || last.atS < sinceS - DISORDER_S) break
    belowSeq = last.seq
  }
  return found.slice(0, limit).toReversed()
}

function toSideEvent(row: Row): LoggedSideEvent {
  return {
    seq: int(row, 'seq'),
    kind: text(row, 'kind'),
    subject: long(row, 'subject'),
    detail: text(row, 'detail'),
    atS: int(row, 'at_s'),
    ...(isNull(row, 'caused_by') ? {} : { causedBy: long(row, 'caused_by') }),
  }
}
