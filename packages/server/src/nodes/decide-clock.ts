import { int } from '../database/columns.ts'
import { type Decision, nudge, sql } from '../database/decision.ts'

const find = sql`SELECT ahead_ms FROM test_clock WHERE id = 1`
const add = sql`
  INSERT INTO test_clock (id, ahead_ms) VALUES (1, :ms)
  ON CONFLICT (id) DO UPDATE SET ahead_ms = test_clock.ahead_ms + excluded.ahead_ms RETURNING ahead_ms`

/** Moves the test clock of all nodes. @returns how far it is ahead now */
export function* advanceClock(ms: number): Decision<number> {
  const row = yield* add.row({ ms })
  yield* nudge({ kind: 'clock' })
  return row === undefined ? ms : int(row, 'ahead_ms')
}

/** Lead of the test clock of all nodes. */
export function* findClock(): Decision<number> {
  const row = yield* find.row()
  return row === undefined ? 0 : int(row, 'ahead_ms')
}
