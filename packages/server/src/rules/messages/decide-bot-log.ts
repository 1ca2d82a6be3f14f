import { int, type Row, text } from '../../database/columns.ts'
import { type Decision, nudge, sql } from '../../database/decision.ts'
import type { BotEvent, BotLogSlice, LoggedBotEvent } from '../bots/words.ts'
import { toLongs, withoutLongs } from './body-json.ts'

/** The first event of a bot is the second: a qts of 1 says that there was none. */
export const FIRST_QTS = 1

const advance = sql`UPDATE bots SET qts = qts + 1 WHERE user_id = :botId RETURNING qts`
const insert = sql`
  INSERT INTO qts_log (owner_id, qts, kind, detail, at_s) VALUES (:botId, :qts, :kind, :detail, :atS)`
const find = sql`SELECT qts FROM bots WHERE user_id = :botId`
const listAfter = sql`SELECT * FROM qts_log WHERE owner_id = :botId AND qts > :qts ORDER BY qts LIMIT :limit`

/**
 * Keeps an event of a bot under its next qts, and tells subscribers. Nothing happens for an account that is no bot. The
 * rows of bots are locked last of all, by ascending id.
 */
export function* addBotEvent(botId: bigint, event: BotEvent, atS: number): Decision<void> {
  const row = yield* advance.row({ botId })
  if (row === undefined) return
  const qts = int(row, 'qts')
  const { kind, ...detail } = event
  yield* insert.send({ botId, qts, kind, detail: withoutLongs(detail), atS })
  yield* nudge({ kind: 'botEvent', botId: String(botId), qts })
}

/** The qts of an account; that of one that is no bot never moves. */
export function* findQts(botId: bigint): Decision<number> {
  const row = yield* find.row({ botId })
  return row === undefined ? FIRST_QTS : int(row, 'qts')
}

/** Events of a bot after a qts, at most `limit`. Those that are gone since are left out. */
export function* botEventsAfter(botId: bigint, qts: number, limit: number): Decision<BotLogSlice> {
  const now = yield* findQts(botId)
  const rows = yield* listAfter.rows({ botId, qts, limit })
  const last = rows.length < limit ? undefined : rows.at(-1)
  return { events: rows.map(toBotEvent), upToQts: last === undefined ? now : int(last, 'qts'), qts: now }
}

function toBotEvent(row: Row): LoggedBotEvent {
  const detail = JSON.parse(text(row, 'detail'), toLongs)
  return { ...detail, kind: text(row, 'kind'), qts: int(row, 'qts'), atS: int(row, 'at_s') }
}
