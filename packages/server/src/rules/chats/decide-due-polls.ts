import { long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { lockBoxes } from '../messages/decide-append-message.ts'
import { findPolls, rewritePoll } from '../messages/decide-polls.ts'
import { holdersOfPoll, tellHolders } from './decide-votes.ts'

/** Polls that one look finds. */
const AT_ONCE = 1000

const listDue = sql`
  SELECT poll_id FROM polls WHERE is_closed = 0 AND closes_at_s > 0 AND closes_at_s <= :nowS
  ORDER BY closes_at_s, poll_id LIMIT ${AT_ONCE}`

/** The polls whose time has come. */
export function* findDuePolls(nowS: number): Decision<bigint[]> {
  return (yield* listDue.rows({ nowS })).map((row) => long(row, 'poll_id'))
}

/** Closes a poll whose time has come, unless somebody else has, and tells all who have it. */
export function* closeAtItsTime(secret: Secret, pollId: bigint, nowS: number): Decision<void> {
  yield* alone('poll', pollId)
  const [stored] = yield* findPolls(secret, [pollId])
  if (stored === undefined || stored.isClosed) return
  yield* rewritePoll(secret, { ...stored, isClosed: true })
  const holders = yield* holdersOfPoll(pollId)
  yield* lockBoxes(holders.map((boxId) => ({ boxId })))
  yield* tellHolders(holders, { pollId, atS: nowS, userId: 0n, causedBy: undefined })
}
