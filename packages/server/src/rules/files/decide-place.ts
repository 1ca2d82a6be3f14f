import { text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'

const find = sql`SELECT number FROM file_store WHERE id = 1`
const keep = sql`
  INSERT INTO file_store (id, number) VALUES (1, :number)
  ON CONFLICT (id) DO UPDATE SET number = excluded.number`
const anyBlob = sql`SELECT 1 AS one FROM blobs LIMIT 1`

/**
 * Notes the number of the place that has the files. As long as there are none, another place may take over.
 *
 * @returns the number of the place that has them, which may be another one
 */
export function* noteFilePlace(number: string): Decision<string> {
  yield* alone('file place')
  const row = yield* find.row()
  if (row !== undefined && (yield* anyBlob.row()) !== undefined) return text(row, 'number')
  yield* keep.send({ number })
  return number
}
