import { long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { findPress, PRESS_WAITS_MS } from './decide-presses.ts'
import type { PressQuery } from './words.ts'

const listWaiting = sql`
  SELECT query_id FROM bot_queries WHERE bot_id = :botId AND at_ms > :sinceMs AND sealed_answer IS NULL
  ORDER BY at_ms, query_id LIMIT :limit`

/** Presses that wait for a bot, looked through at once. */
const MAX_WAITING = 1000

/** The presses that wait for a bot's answer, the oldest first. */
export function* waitingPresses(secret: Secret, botId: bigint, nowMs: number): Decision<PressQuery[]> {
  const rows = yield* listWaiting.rows({ botId, sinceMs: nowMs - PRESS_WAITS_MS, limit: MAX_WAITING })
  const presses: PressQuery[] = []
  for (const row of rows) {
    const press = yield* findPress(secret, botId, long(row, 'query_id'), nowMs)
    if (press !== undefined) presses.push(press)
  }
  return presses
}
