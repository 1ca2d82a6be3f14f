import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { PRESS_WAITS_MS, toQuery } from './decide-presses.ts'
import type { PressQuery } from './words.ts'

/** Presses that wait for a bot, looked through at once. */
const MAX_WAITING = 1000

const listWaiting = sql`
  SELECT * FROM bot_queries WHERE bot_id = :botId AND at_ms > :sinceMs AND sealed_answer IS NULL
  ORDER BY at_ms, query_id LIMIT ${MAX_WAITING}`

/** The presses that wait for a bot's answer, the oldest first. */
export function* waitingPresses(secret: Secret, botId: bigint, nowMs: number): Decision<PressQuery[]> {
  const rows = yield* listWaiting.rows({ botId, sinceMs: nowMs - PRESS_WAITS_MS })
  return rows.map((row) => toQuery(secret, row))
}
