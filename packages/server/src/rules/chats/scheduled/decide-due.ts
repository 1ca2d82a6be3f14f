import { int, isNull, long, type Row } from '../../../database/columns.ts'
import { type Decision, sql } from '../../../database/decision.ts'
import type { PeerId } from '../../messages/words.ts'
import { WHEN_ONLINE_S } from './decide-queue.ts'

/** Queues that one look finds. */
export const QUEUES_AT_ONCE = 1000

/** A queue with the time of its first message comes early. */
const listDue = sql`
  SELECT box_id, peer_id, first_at_s FROM (
    SELECT box_id, peer_id, min(due_at_s) AS first_at_s FROM scheduled WHERE due_at_s <= :nowS GROUP BY box_id, peer_id
  ) q
  WHERE (first_at_s, box_id, peer_id)
    > (CAST(:afterS AS BIGINT), CAST(:afterBoxId AS BIGINT), CAST(:afterPeerId AS BIGINT))
  ORDER BY first_at_s, box_id, peer_id LIMIT :limit`
const IS_FOR_ONLINE = `s.due_at_s = ${WHEN_ONLINE_S}`
const IS_ONLINE = 'EXISTS (SELECT 1 FROM users u WHERE u.id = s.peer_id AND u.online_until_s > :nowS)'
const listForOnline = sql`
  SELECT DISTINCT s.box_id, s.peer_id, ${WHEN_ONLINE_S} AS first_at_s FROM scheduled s
  WHERE ${IS_FOR_ONLINE} AND (s.box_id, s.peer_id) > (CAST(:afterBoxId AS BIGINT), CAST(:afterPeerId AS BIGINT))
    AND ${IS_ONLINE} ORDER BY s.box_id, s.peer_id LIMIT :limit`
const listForOne = sql`
  SELECT DISTINCT s.box_id, s.peer_id, ${WHEN_ONLINE_S} AS first_at_s FROM scheduled s
  WHERE s.peer_id = :userId AND ${IS_FOR_ONLINE} AND s.box_id > :afterBoxId AND ${IS_ONLINE}
  ORDER BY s.box_id LIMIT :limit`
const findNext = sql`
  SELECT (SELECT min(due_at_s) FROM scheduled WHERE due_at_s < ${WHEN_ONLINE_S}) AS sends_at_s,
    (SELECT min(closes_at_s) FROM polls WHERE is_closed = 0 AND closes_at_s > 0) AS closes_at_s,
    (SELECT count(*) FROM (SELECT 1 AS one FROM scheduled WHERE due_at_s = ${WHEN_ONLINE_S} LIMIT 1) w) AS waits_for_online`

/** A queue with messages to send. */
export interface DueQueue {
  readonly boxId: bigint
  readonly peerId: PeerId
  /** The time of its first message. */
  readonly firstAtS: number
}

/** Queues with messages whose time has come, after another one. */
export function* findDueQueues(nowS: number, after?: DueQueue): Decision<DueQueue[]> {
  return (yield* listDue.rows({ nowS, ...placeOf(after), limit: QUEUES_AT_ONCE })).map(toQueue)
}

/** Queues with messages whose other one has come online, after another one. */
export function* findQueuesForOnline(nowS: number, after?: DueQueue): Decision<DueQueue[]> {
  const { afterBoxId, afterPeerId } = placeOf(after)
  return (yield* listForOnline.rows({ nowS, afterBoxId, afterPeerId, limit: QUEUES_AT_ONCE })).map(toQueue)
}

/** Queues with messages that wait until this person is online, who is, after another one. */
export function* findQueuesForOne(userId: bigint, nowS: number, after?: DueQueue): Decision<DueQueue[]> {
  const { afterBoxId } = placeOf(after)
  return (yield* listForOne.rows({ userId, nowS, afterBoxId, limit: QUEUES_AT_ONCE })).map(toQueue)
}

function placeOf(after: DueQueue | undefined) {
  return {
    afterS: after?.firstAtS ?? 0,
    afterBoxId: after?.boxId ?? 0n,
    // Groups have negative ids.
    afterPeerId: after?.peerId ?? BEFORE_ALL_PEERS,
  }
}

const BEFORE_ALL_PEERS = -(2n ** 62n)

function toQueue(row: Row): DueQueue {
  return { boxId: long(row, 'box_id'), peerId: long(row, 'peer_id'), firstAtS: int(row, 'first_at_s') }
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
