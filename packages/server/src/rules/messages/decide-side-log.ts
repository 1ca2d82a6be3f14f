import { int, isNull, long, type Row, text } from '../../database/columns.ts'
import { type Decision, nudge, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { LoggedSideEvent, SideEvent } from './words.ts'

const advance = sql`
  UPDATE boxes SET side_seq = side_seq + 1 WHERE box_id IN ${LISTED_IDS} RETURNING box_id, side_seq, pts`
const advanceOne = sql`UPDATE boxes SET side_seq = side_seq + 1 WHERE box_id = :boxId RETURNING side_seq, pts`
const REPLACING = `ON CONFLICT (box_id, kind, subject) DO UPDATE
  SET seq = excluded.seq, at_s = excluded.at_s, detail = excluded.detail, caused_by = excluded.caused_by`
const keepOne = sql`
  INSERT INTO side_log (box_id, kind, subject, seq, at_s, detail, caused_by)
  VALUES (:boxId, :kind, :subject, :seq, :atS, :detail, :causedBy) ${REPLACING}`
const CHANGE = `x.side_seq, CAST(:atS AS BIGINT), CAST(:detail AS TEXT),
  CASE WHEN x.box_id = :causedIn THEN CAST(:causedBy AS BIGINT) END FROM boxes x`
const keep = sql`
  INSERT INTO side_log (box_id, kind, subject, seq, at_s, detail, caused_by)
  SELECT x.box_id, CAST(:kind AS TEXT), CAST(:subject AS BIGINT), ${CHANGE}
  WHERE x.box_id IN ${LISTED_IDS} ${REPLACING}`
const keepOfBody = sql`
  INSERT INTO side_log (box_id, kind, subject, seq, at_s, detail, caused_by)
  SELECT x.box_id, CAST(:kind AS TEXT), m.id, ${CHANGE}
  JOIN messages m ON m.box_id = x.box_id WHERE m.body_id = :bodyId AND x.box_id IN ${LISTED_IDS} ${REPLACING}`
const trim = sql`
  DELETE FROM side_log WHERE box_id = :boxId AND seq IN (
    SELECT s.seq FROM side_log s WHERE s.box_id = :boxId AND s.seq <= :upToSeq ORDER BY s.seq LIMIT :limit)`
const drop = sql`DELETE FROM side_log WHERE box_id = :boxId AND kind = :kind AND subject = :subject`
const listAfter = sql`SELECT * FROM side_log WHERE box_id = :boxId AND seq > :seq ORDER BY seq LIMIT :limit`
const listBelow = sql`
  SELECT * FROM side_log WHERE box_id = :boxId AND seq < :belowSeq ORDER BY seq DESC LIMIT :limit`

/** Changes that one look reads: a box keeps one for each of its messages with reactions, and most callers missed few. */
const AT_ONCE = 100
/** A change may be so much older than one before it: its call began earlier, or at a node whose clock is behind. */
const DISORDER_S = 60

/** Changes that a box keeps, as the log of events does, whoever they are about: a difference tells of the newest tenth. */
export const KEPT_CHANGES = 10_000
/** A box drops older ones at every so many changes, and not more at once. */
const TRIM_EVERY = 50
const TRIMMED_AT_ONCE = 1000

/**
 * Keeps a change of a box that has no pts, in place of the one before of its kind about its subject, and tells subscribers.
 * Where the box is locked, its lock comes before. Nothing happens if the account is gone.
 *
 * @param causedBy the key whose call changes the box: its sessions learn of it from the answer
 */
export function* addSideEvent(boxId: bigint, event: SideEvent, causedBy: bigint | undefined): Decision<void> {
  const row = yield* advanceOne.row({ boxId })
  if (row === undefined) return
  yield* keepOne.send({
    boxId,
    subject: event.subject,
    seq: int(row, 'side_seq'),
    ...columnsOf(event, causedBy),
  })
  yield* tell(boxId, row)
}

/** Somebody whose call changes boxes. The sessions of the key learn of the change in their own box from the answer. */
export interface ChangedBy {
  readonly userId: bigint
  readonly authKeyId: bigint | undefined
}

/** Keeps one change of many boxes as {@link addSideEvent} does, in as many statements as of one. Their locks come before. */
export function* addSideEvents(boxIds: readonly bigint[], event: SideEvent, by?: ChangedBy): Decision<void> {
  if (boxIds.length === 0) return
  const ids = idList(boxIds)
  const rows = yield* advance.rows({ ids })
  yield* keep.send({
    ids,
    subject: event.subject,
    causedIn: by?.userId ?? 0n,
    ...columnsOf(event, by?.authKeyId),
  })
  for (const row of rows) yield* tell(long(row, 'box_id'), row)
}

/** Keeps a change of a message in the boxes that have it; the subject is its id in each. Their locks come before. */
export function* addMessageSideEvents(
  boxIds: readonly bigint[],
  { bodyId, ...event }: Omit<SideEvent, 'subject'> & { readonly bodyId: bigint },
  by?: ChangedBy,
): Decision<void> {
  if (boxIds.length === 0) return
  const ids = idList(boxIds)
  const rows = yield* advance.rows({ ids })
  yield* keepOfBody.send({ ids, bodyId, causedIn: by?.userId ?? 0n, ...columnsOf(event, by?.authKeyId) })
  for (const row of rows) yield* tell(long(row, 'box_id'), row)
}

function columnsOf({ kind, detail = '', atS }: Omit<SideEvent, 'subject'>, causedBy: bigint | undefined) {
  return { kind, detail, atS, causedBy: causedBy ?? null }
}

/** Drops the oldest changes of a box now and then, and tells subscribers of the newest. */
function* tell(boxId: bigint, row: Row): Decision<void> {
  const sideSeq = int(row, 'side_seq')
  const upToSeq = sideSeq - KEPT_CHANGES
  if (upToSeq > 0 && sideSeq % TRIM_EVERY === 0) yield* trim.send({ boxId, upToSeq, limit: TRIMMED_AT_ONCE })
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
