import { int, long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { lockBoxes } from './decide-append-message.ts'
import { boxPts } from './decide-box-log.ts'
import { loggingOf, logMessages } from './decide-log-messages.ts'
import type { Affected, Box, PeerId } from './words.ts'

/** One's own recording waits for somebody else. */
const IS_UNSEEN =
  '((has_unread_content = 1 AND is_out = 0) OR has_unread_reactions = 1 OR has_unread_votes = 1)'
const UNSEEN = `m.box_id = :boxId AND m.id IN ${LISTED_IDS} AND ${IS_UNSEEN}`

const logging = loggingOf(UNSEEN)
const findUnseen = sql`SELECT m.id FROM messages m WHERE ${UNSEEN} ORDER BY m.id`
const see = sql`
  UPDATE messages SET has_unread_content = CASE WHEN is_out = 1 THEN has_unread_content ELSE 0 END,
    has_unread_reactions = 0, has_unread_votes = 0
  WHERE box_id = :boxId AND id IN ${LISTED_IDS} AND ${IS_UNSEEN}`

/** Recordings of others that the reader has not listened to, and the same in the boxes of those who sent them. */
const UNHEARD = `r.box_id = :boxId AND r.id IN ${LISTED_IDS} AND r.is_out = 0 AND r.has_unread_content = 1
  AND r.kind IN ('voice', 'round')`
const SENT = `m.is_out = 1 AND m.has_unread_content = 1 AND m.body_id IN (SELECT r.body_id FROM messages r WHERE ${UNHEARD})`
const findSenders = sql`SELECT DISTINCT r.from_id FROM messages r WHERE ${UNHEARD}`
const loggingSent = loggingOf(SENT)
const hear = sql`
  UPDATE messages SET has_unread_content = 0
  WHERE is_out = 1 AND has_unread_content = 1 AND body_id IN (SELECT r.body_id FROM messages r WHERE ${UNHEARD})`
const listMentions = sql`
  SELECT id FROM messages WHERE box_id = :boxId AND peer_id = :peerId AND is_mentioned = 1 AND has_unread_content = 1
  ORDER BY id LIMIT :limit`

/** Mentions seen at once; a client asks again for the rest. */
const MENTIONS_AT_ONCE = 1000

/**
 * Marks the contents of messages as seen: mentions, recordings, reactions to own messages, and votes in own polls. Those who sent
 * recordings learn that somebody has listened.
 */
export function* readContents(box: Box, asked: readonly number[], causedBy?: bigint): Decision<Affected> {
  const { boxId } = box
  const which = { boxId, ids: idList(asked) }
  const senders = (yield* findSenders.rows(which)).map((row) => ({ boxId: long(row, 'from_id') }))
  yield* lockBoxes([box, ...senders])
  if (senders.length > 0) {
    yield* logMessages(loggingSent, which, { kind: 'readContents' }, box)
    yield* hear.send(which)
  }
  const ids = (yield* findUnseen.rows(which)).map((row) => int(row, 'id'))
  if (ids.length === 0) return { pts: yield* boxPts(boxId), event: undefined }
  const place = (yield* logMessages(logging, which, { kind: 'readContents', causedBy }, box)).get(boxId)
  yield* see.send(which)
  return { pts: place?.pts ?? 0, event: place && { kind: 'readContents', ids, ...place } }
}

/** Marks all mentions of a chat as seen; those beyond a bound are left for the next call. */
export function* readMentions(
  box: Box,
  peerId: PeerId,
  causedBy?: bigint,
): Decision<Affected & { readonly left: number }> {
  const { boxId } = box
  const rows = yield* listMentions.rows({ boxId, peerId, limit: MENTIONS_AT_ONCE + 1 })
  const ids = rows.slice(0, MENTIONS_AT_ONCE).map((row) => int(row, 'id'))
  return { ...(yield* readContents(box, ids, causedBy)), left: rows.length - ids.length }
}
