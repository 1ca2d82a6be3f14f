import { long, type Row } from '../../database/columns.ts'
import { type Decision, type Params, type Statement, sql } from '../../database/decision.ts'

/**
 * The chat inside Saved Messages of all those whose privacy hides who they are. Clients have its id built in, so that no account
 * may have it.
 */
export const HIDDEN_AUTHOR_ID = 2_666_000n

const remove = sql`DELETE FROM users WHERE id = ${String(HIDDEN_AUTHOR_ID)}`

/** Puts an account in the store, under the next id that accounts may have. @param insert gives the row, or none where there is one already */
export function* insertAccount(insert: Statement, values: Params): Decision<Row | undefined> {
  const row = yield* insert.row(values)
  if (row === undefined || long(row, 'id') !== HIDDEN_AUTHOR_ID) return row
  yield* remove.send()
  return yield* insert.row(values)
}
