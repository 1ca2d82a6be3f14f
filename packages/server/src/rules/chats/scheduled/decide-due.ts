import { int, isNull, long } from '../../../database/columns.ts'
import { type Decision, sql } from '../../../database/decision.ts'
import type { PeerId } from '../../messages/words.ts'
import { WHEN_ONLINE_S } from './decide-queue.ts'

/** Queues that one look finds. */
const AT_ONCE = 1000

/** A queue with the time of its first message comes early. */
const listDue = sql`
  SELECT box_id, peer_id, min(due_at_s) AS first_at_s FROM scheduled WHERE due_at_s <= :nowS
  GROUP BY box_id, peer_id ORDER BY first_at_s, box_id, peer_id LIMIT ${AT_ONCE}`
const listForOnline = sql`
  SELECT DISTINCT s.box_id, s.peer_id FROM scheduled s
  JOIN users u ON u.id = s.peer_id AND u.online_until_s > :nowS
  WHERE s.due_at_s = ${WHEN_ONLINE_S} ORDER BY s.box_id, s.peer_id LIMIT ${AT_ONCE}`
const findNext = sql`
  SELECT (SELECT min(due_at_s) FROM scheduled WHERE due_at_s < ${WHEN_ONLINE_S}) AS sends_at_s,
    (SELECT min(closes_at_s) FROM polls WHERE is_closed = 0 AND closes_at_s > 0) AS closes_at_s,
    (SELECT count(*) FROM (SELECT 1 AS one FROM scheduled WHERE due_at_s = ${WHEN_ONLINE_S} LIMIT 1) w) AS waits_for_online`

/** A queue with messages to send. */
export interface DueQueue {
  readonly boxId: bigint
  readonly peerId: PeerId
}

/** The queues with messages whose time has come, or whose other one has come online. */
export function* findDueQueues(nowS: number): Decision<DueQueue[]> {
  const rows = [...(yield* listDue.rows({ nowS })), ...(yield* listForOnline.rows({ nowS }))]
  return rows.map((row) => ({ boxId: long(row, 'box_id'), peerId: long(row, 'peer_id') }))
}

/** The work that the clock has for later. */
export interface DueLater {
  /** The time of the next; undefined: there is none. */
  readonly nextAtS: number | undefined
  /** Messages wait until somebody is online. */
  readonly waitsForOnline: boolean
}

/** The work that the clock has for later: messages to send, polls to close. */
export function* findDueLater(): Decision<DueLater> {
  const row = (yield* findNext.row()) ?? {}
  const times = ['sends_at_s', 'closes_at_s'].flatMap((column) =>
    isNull(row, column) ? [] : int(row, column),
  )
  return {
    nextAtS: times.length === 0 ? undefined : Math.min(...times),
    waitsForOnline: long(row, 'waits_for_online') > 0n,
  }
}
