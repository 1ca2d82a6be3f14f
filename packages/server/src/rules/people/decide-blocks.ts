import { int, long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { addBotEvent } from '../messages/decide-bot-log.ts'
import type { Changer } from './decide-profiles.ts'
import { tellOwn } from './decide-told-people.ts'
import type { BlockedList } from './words.ts'

const add = sql`
  INSERT INTO blocks (user_id, peer_id, at_s) VALUES (:userId, :peerId, :nowS) ON CONFLICT (user_id, peer_id) DO NOTHING`
const remove = sql`DELETE FROM blocks WHERE user_id = :userId AND peer_id = :peerId`
/** A bot that the user has started. */
const findStarted = sql`
  SELECT 1 FROM bots b JOIN dialogs d ON d.box_id = b.user_id AND d.peer_id = :userId WHERE b.user_id = :peerId`
const count = sql`SELECT count(*) AS n FROM blocks WHERE user_id = :userId`
const listAll = sql`SELECT peer_id FROM blocks WHERE user_id = :userId ORDER BY peer_id`
const list = sql`
  SELECT peer_id, at_s FROM blocks WHERE user_id = :userId
  ORDER BY at_s DESC, peer_id DESC LIMIT :limit OFFSET :offset`
const findBetween = sql`
  SELECT user_id FROM blocks
  WHERE (user_id = :userId AND peer_id = :otherId) OR (user_id = :otherId AND peer_id = :userId)`

/** Blocks a peer, or ends that. The owner's other sessions are told. @returns false if it was so already */
export function* setBlocked(
  { userId, authKeyId, nowS }: Changer,
  peerId: bigint,
  isBlocked: boolean,
): Decision<boolean> {
  const written = isBlocked ? yield* add.run({ userId, peerId, nowS }) : yield* remove.run({ userId, peerId })
  if (written === 0) return false
  yield* tellOwn(userId, { kind: 'peerBlocked', subject: peerId, atS: nowS }, authKeyId)
  if ((yield* findStarted.row({ userId, peerId })) !== undefined) {
    yield* addBotEvent(peerId, { kind: 'stopped', userId, isStopped: isBlocked }, nowS)
  }
  return true
}

/** Has an account block these people, and nobody else. The owner's other sessions are told of each change. */
export function* replaceBlocks(by: Changer, wanted: ReadonlySet<bigint>): Decision<void> {
  yield* alone('box', by.userId)
  const before = new Set((yield* listAll.rows({ userId: by.userId })).map((row) => long(row, 'peer_id')))
  const changed = [...new Set([...wanted, ...before])].filter((id) => wanted.has(id) !== before.has(id))
  // By ascending id, as every decision that writes to several bots.
  changed.sort((one, other) => (one < other ? -1 : 1))
  for (const peerId of changed) yield* setBlocked(by, peerId, wanted.has(peerId))
}

/** A part of the blocks of an account, the newest first. */
export function* listBlocked(userId: bigint, offset: number, limit: number): Decision<BlockedList> {
  const rows = yield* list.rows({ userId, offset, limit })
  return {
    blocked: rows.map((row) => ({ peerId: long(row, 'peer_id'), atS: int(row, 'at_s') })),
    count: int((yield* count.row({ userId })) ?? {}, 'n'),
  }
}

/** Which of two accounts has blocked the other; both may have. */
export function* findBlocks(
  userId: bigint,
  otherId: bigint,
): Decision<{ readonly isBlocking: boolean; readonly isBlocked: boolean }> {
  const rows = yield* findBetween.rows({ userId, otherId })
  const blockers = new Set(rows.map((row) => long(row, 'user_id')))
  return { isBlocking: blockers.has(userId), isBlocked: blockers.has(otherId) }
}
