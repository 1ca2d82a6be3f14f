import { text } from '../database/columns.ts'
import { type Decision, sql } from '../database/decision.ts'

const now = sql`SELECT CAST(CURRENT_TIMESTAMP AS TEXT) AS now`

/**
 * The time of the database, in Unix milliseconds. Only for comparison with this machine's: decisions are given theirs.
 *
 * SQLite has `2026-01-01 12:00:00`, in UTC; PostgreSQL `2026-01-01 12:00:00.123456+00`, in the zone of the session.
 */
export function* databaseTimeMs(): Decision<number> {
  const row = yield* now.row()
  const [, date = '', time = '', zone = ''] = /^(\S+) ([\d:.]+)(.*)$/.exec(row ? text(row, 'now') : '') ?? []
  const offset = zone === '' ? 'Z' : /^[+-]\d\d$/.test(zone) ? `${zone}:00` : zone
  return Date.parse(`${date}T${time.replace(/(\.\d{3})\d+$/, '$1')}${offset}`)
}
