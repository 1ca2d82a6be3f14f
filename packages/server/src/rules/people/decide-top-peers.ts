import { bool, int, long, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { PeerId } from '../messages/words.ts'
import type { TopCategory } from './words.ts'

/** Messages that count: the newest. */
const MAX_COUNTED = 2000

const list = sql`
  SELECT m.peer_id, m.date_s, coalesce(u.is_bot, 0) AS is_bot FROM (
    SELECT peer_id, date_s FROM messages
    WHERE box_id = :userId AND is_out = 1 AND kind <> 'service' ORDER BY id DESC LIMIT ${MAX_COUNTED}) m
  LEFT JOIN users u ON u.id = m.peer_id
  WHERE m.peer_id <> :userId AND (m.peer_id < 0 OR u.id IS NOT NULL)`
const reset = sql`
  INSERT INTO top_peer_resets (user_id, category, peer_id, at_s) VALUES (:userId, :category, :peerId, :nowS)
  ON CONFLICT (user_id, category, peer_id) DO UPDATE SET at_s = excluded.at_s`
const findResets = sql`SELECT category, peer_id, at_s FROM top_peer_resets WHERE user_id = :userId`

/** A message that somebody wrote, as far as it counts. */
export interface WrittenTo {
  readonly category: TopCategory
  readonly peerId: PeerId
  readonly dateS: number
}

/** The newest messages that an account wrote to others. */
export function* listWritten(userId: bigint): Decision<WrittenTo[]> {
  return (yield* list.rows({ userId })).map((row) => {
    const peerId = long(row, 'peer_id')
    const category = peerId < 0n ? 'groups' : bool(row, 'is_bot') ? 'bots' : 'correspondents'
    return { category, peerId, dateS: int(row, 'date_s') }
  })
}

/** Has the past of a chat count no more. */
export function* resetTopPeer(
  userId: bigint,
  category: TopCategory,
  peerId: PeerId,
  nowS: number,
): Decision<void> {
  yield* reset.send({ userId, category, peerId, nowS })
}

/** The seconds up to which chats do not count, by category and peer. */
export function* listResets(userId: bigint): Decision<ReadonlyMap<string, number>> {
  const rows = yield* findResets.rows({ userId })
  return new Map(rows.map((row) => [`${text(row, 'category')} ${long(row, 'peer_id')}`, int(row, 'at_s')]))
}
