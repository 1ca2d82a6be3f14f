import { int, isNull, long, type Row, text } from '../../database/columns.ts'
import { type Decision, type Statement, sql } from '../../database/decision.ts'
import type { AuditEntry, AuditEvent, AuditQuery } from './words.ts'

/**
 * Entries that are kept of refusals, as many of everything else, and for how long. Apart, because anybody can be refused
 * as often as they like: what happened to accounts must not be pushed out by that.
 */
const KEPT = 50_000
const KEPT_MS = 90 * 24 * 60 * 60 * 1000
/** Entries between two searches for entries that are too old. */
const TRIM_EVERY = 64n
/** Entries between two counts, which take longer. */
const COUNT_EVERY = 1024n

const insert = sql`
  INSERT INTO audit (at_ms, action, phone, user_id, ip, api_id, detail)
  VALUES (:atMs, :action, coalesce(:phone, (SELECT phone FROM users WHERE id = :userId AND is_bot = 0)), :userId, :ip,
    :apiId, :detail) RETURNING id`
const trim = sql`DELETE FROM audit WHERE at_ms < :beforeMs`
const trimToKept = [trimTo("action = 'refused'"), trimTo("action <> 'refused'")]
const OF_SUBJECT = `(CAST(:phone AS TEXT) IS NULL OR phone = :phone)
  AND (CAST(:userId AS BIGINT) IS NULL OR user_id = :userId)`
const findAfter = sql`SELECT * FROM audit WHERE ${OF_SUBJECT} AND id > :afterId ORDER BY id LIMIT :limit`
const findNewest = sql`SELECT * FROM audit WHERE ${OF_SUBJECT} ORDER BY id DESC LIMIT :limit`

function trimTo(which: string): Statement {
  return sql`DELETE FROM audit WHERE ${which} AND id <= (
    SELECT id FROM audit WHERE ${which} ORDER BY id DESC LIMIT 1 OFFSET ${KEPT})`
}

/** Puts an entry in the trail, in the decision that the entry is about. */
export function* addAuditEntry(entry: AuditEntry): Decision<void> {
  const { atMs, action, phone = null, userId = null, ip = null, apiId = null, detail = null } = entry
  const row = yield* insert.row({ atMs, action, phone, userId, ip, apiId, detail })
  const id = row === undefined ? 0n : long(row, 'id')
  if (id % TRIM_EVERY === 0n) yield* trim.send({ beforeMs: atMs - KEPT_MS })
  if (id % COUNT_EVERY === 0n) for (const statement of trimToKept) yield* statement.send()
}

/** Entries of the trail, in the order they came. */
export function* listAuditEntries(query: AuditQuery): Decision<AuditEvent[]> {
  const { phone = null, userId = null, afterId, limit } = query
  const rows =
    afterId === undefined
      ? (yield* findNewest.rows({ phone, userId, limit })).toReversed()
      : yield* findAfter.rows({ phone, userId, afterId, limit })
  return rows.map(toEvent)
}

function toEvent(row: Row): AuditEvent {
  const optional = (column: string): string | undefined =>
    isNull(row, column) ? undefined : text(row, column)
  return {
    id: int(row, 'id'),
    atMs: int(row, 'at_ms'),
    action: text(row, 'action'),
    phone: optional('phone'),
    userId: isNull(row, 'user_id') ? undefined : long(row, 'user_id'),
    ip: optional('ip'),
    apiId: isNull(row, 'api_id') ? undefined : int(row, 'api_id'),
    detail: optional('detail'),
  }
}
