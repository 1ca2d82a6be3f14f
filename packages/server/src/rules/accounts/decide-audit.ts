import { int, isNull, long, type Row, text } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { AuditEntry, AuditEvent, AuditStore } from './words.ts'

/**
 * Entries that are kept of refusals, as many of everything else, and for how long. Apart, because anybody can be refused
 * as often as they like: what happened to accounts must not be pushed out by that.
 */
const KEPT = 50_000
const KEPT_MS = 90 * 24 * 60 * 60 * 1000
/** How often what is too old is looked for. */
const TRIM_EVERY = 64n
/** How often they are counted, which takes longer. */
const COUNT_EVERY = 1024n

/** What puts an entry in the trail; inside a write, with what the entry is about. */
export function prepareAudit(db: Database): (entry: AuditEntry) => void {
  const insert = db.prepare(
    `INSERT INTO audit (at_ms, action, phone, user_id, ip, api_id, detail)
     VALUES (:atMs, :action, ifnull(:phone, (SELECT phone FROM users WHERE id = :userId AND NOT is_bot)), :userId, :ip,
       :apiId, :detail) RETURNING id`,
  )
  const trim = db.prepare('DELETE FROM audit WHERE at_ms < ?')
  const trimToKept = ["action = 'refused'", "action <> 'refused'"].map((which) =>
    db.prepare(
      `DELETE FROM audit WHERE ${which} AND id <= (
         SELECT id FROM audit WHERE ${which} ORDER BY id DESC LIMIT 1 OFFSET ${KEPT})`,
    ),
  )
  return ({ atMs, action, phone = null, userId = null, ip = null, apiId = null, detail = null }) => {
    const row = insert.get({ atMs, action, phone, userId, ip, apiId, detail })
    const id = row === undefined ? 0n : long(row, 'id')
    if (id % TRIM_EVERY === 0n) trim.run(atMs - KEPT_MS)
    if (id % COUNT_EVERY === 0n) for (const statement of trimToKept) statement.run()
  }
}

/** The trail on this database. */
export function createAuditStore(db: Database): AuditStore {
  const write = prepareAudit(db)
  const of = `(:phone IS NULL OR phone = :phone) AND (:userId IS NULL OR user_id = :userId)`
  const after = db.prepare(`SELECT * FROM audit WHERE ${of} AND id > :afterId ORDER BY id LIMIT :limit`)
  const newest = db.prepare(`SELECT * FROM audit WHERE ${of} ORDER BY id DESC LIMIT :limit`)
  return {
    note: (entry) => db.defer(() => write(entry)),
    list: ({ phone = null, userId = null, afterId, limit }) =>
      // In its turn, so that what was deferred is there, too.
      db.write(() => {
        const rows =
          afterId === undefined
            ? newest.all({ phone, userId, limit }).reverse()
            : after.all({ phone, userId, afterId, limit })
        return rows.map(toEvent)
      }),
  }
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
