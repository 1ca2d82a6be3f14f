import { isNull, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'

const findLowest = sql`SELECT min(phone) AS phone FROM users WHERE phone BETWEEN :first AND :last`

/** The lowest number that an account has between two numbers of the same length; undefined if none has one. */
export function* lowestNumberBetween(first: string, last: string): Decision<string | undefined> {
  const row = yield* findLowest.row({ first, last })
  return row === undefined || isNull(row, 'phone') ? undefined : text(row, 'phone')
}
