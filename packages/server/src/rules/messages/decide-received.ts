import { int } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { withSeen } from './decide-seen.ts'
import { MESSAGE_COLUMNS, messagesIn, WITH_BODIES } from './message-rows.ts'
import type { Message, PeerId } from './words.ts'

const OF_CHAT = '(CAST(:peerId AS BIGINT) = 0 OR m.peer_id = :peerId)'
const OF_AUTHOR = '(CAST(:fromId AS BIGINT) = 0 OR m.from_id = :fromId)'

const findNext = sql`
  SELECT ${MESSAGE_COLUMNS} FROM ${WITH_BODIES}
  WHERE m.box_id = :boxId AND m.id > :afterId AND m.is_out = 0 AND ${OF_CHAT} AND ${OF_AUTHOR} ORDER BY m.id LIMIT 1`
const findLastSent = sql`
  SELECT coalesce(max(m.id), 0) AS id FROM messages m WHERE m.box_id = :boxId AND m.is_out = 1 AND ${OF_CHAT}`
const findNewest = sql`SELECT coalesce(max(id), 0) AS id FROM messages WHERE box_id = :boxId`

/** Selects messages that others have written. */
export interface ReceivedFilter {
  /** Undefined: any chat. */
  readonly peerId?: PeerId | undefined
  /** Undefined: any author. */
  readonly fromId?: bigint | undefined
  /** Undefined: after the last message in the chat that the owner of the box wrote. */
  readonly afterId?: number | undefined
}

/** The first message of others in a box after another message; undefined if there is none yet. */
export function* nextReceived(
  secret: Secret,
  boxId: bigint,
  { peerId = 0n, fromId = 0n, afterId: given }: ReceivedFilter,
): Decision<Message | undefined> {
  const afterId = given ?? int((yield* findLastSent.row({ boxId, peerId })) ?? {}, 'id')
  const row = yield* findNext.row({ boxId, peerId, fromId, afterId })
  if (row === undefined) return undefined
  const [message] = yield* withSeen(secret, boxId, yield* messagesIn(secret, boxId, [row]))
  return message
}

/** The id of the newest message of a box; 0 if it has none. */
export function* newestId(boxId: bigint): Decision<number> {
  return int((yield* findNewest.row({ boxId })) ?? {}, 'id')
}
