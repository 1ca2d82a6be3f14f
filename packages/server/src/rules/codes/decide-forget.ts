import { type Decision, type Statement, sql } from '../../database/decision.ts'
import { READ_TIMES_KEPT_S } from '../messages/decide-read-times.ts'

/** Rows of each table that one run deletes; those of the same millisecond go together. */
const AT_ONCE = 1000
/** Entries that the inbox keeps. */
const INBOX_KEEPS = 10_000

const BY_AGE = [
  olderThan('sends', 'at_ms'),
  olderThan('failures', 'at_ms'),
  olderThan('phone_codes', 'expires_at_ms'),
  olderThan('deliveries', 'created_at_ms'),
  olderThan('bot_queries', 'at_ms'),
]
/** Random ids of messages, by which a client that lost the answer finds what it has sent. */
const SENT_KEPT_S = 86_400
const sent = sql`DELETE FROM sent_messages WHERE at_s < :beforeS
  AND at_s <= coalesce((SELECT at_s FROM sent_messages ORDER BY at_s LIMIT 1 OFFSET ${AT_ONCE}), :beforeS)`
const reads = sql`DELETE FROM reads WHERE at_s < :beforeS
  AND at_s <= coalesce((SELECT at_s FROM reads ORDER BY at_s LIMIT 1 OFFSET ${AT_ONCE}), :beforeS)`
/** Events of bots, for sessions that were away. */
const BOT_EVENTS_KEPT_S = 604_800
const botEvents = sql`DELETE FROM qts_log WHERE at_s < :beforeS
  AND at_s <= coalesce((SELECT at_s FROM qts_log ORDER BY at_s LIMIT 1 OFFSET ${AT_ONCE}), :beforeS)`
const granted = sql`DELETE FROM granted_requests WHERE forget_at_ms <= :nowMs
  AND forget_at_ms <= coalesce((SELECT forget_at_ms FROM granted_requests ORDER BY forget_at_ms LIMIT 1 OFFSET ${AT_ONCE}),
    :nowMs)`
const inbox = sql`DELETE FROM inbox WHERE seq <= (SELECT max(seq) FROM inbox) - ${INBOX_KEEPS}
  AND seq <= (SELECT min(seq) FROM inbox) + ${AT_ONCE}`

function olderThan(table: string, column: string): Statement {
  return sql`DELETE FROM ${table} WHERE ${column} < :beforeMs AND ${column} <= coalesce(
    (SELECT ${column} FROM ${table} ORDER BY ${column} LIMIT 1 OFFSET ${AT_ONCE}), :beforeMs)`
}

/** Deletes a part of the rows that no rule needs any more. Several nodes may do so. @returns whether there may be more */
export function* forgetOldCodes(beforeMs: number, nowMs: number): Decision<boolean> {
  let most = 0
  for (const statement of BY_AGE) most = Math.max(most, yield* statement.run({ beforeMs }))
  most = Math.max(most, yield* granted.run({ nowMs }))
  const nowS = Math.floor(nowMs / 1000)
  most = Math.max(most, yield* sent.run({ beforeS: nowS - SENT_KEPT_S }))
  most = Math.max(most, yield* botEvents.run({ beforeS: nowS - BOT_EVENTS_KEPT_S }))
  most = Math.max(most, yield* reads.run({ beforeS: nowS - READ_TIMES_KEPT_S }))
  return Math.max(most, yield* inbox.run()) >= AT_ONCE
}
