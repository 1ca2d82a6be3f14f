import { int } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { boxPts } from './decide-box-log.ts'
import { loggingOf, logMessages } from './decide-log-messages.ts'
import type { Affected, Box, PeerId } from './words.ts'

const IS_UNSEEN = '(has_unread_content = 1 OR has_unread_reactions = 1 OR has_unread_votes = 1)'
const UNSEEN = `m.box_id = :boxId AND m.id IN ${LISTED_IDS} AND ${IS_UNSEEN}`

const logging = loggingOf(UNSEEN)
const findUnseen = sql`SELECT m.id FROM messages m WHERE ${UNSEEN} ORDER BY m.id`
const see = sql`
  UPDATE messages SET has_unread_content = 0, has_unread_reactions = 0, has_unread_votes = 0
  WHERE box_id = :boxId AND id IN ${LISTED_IDS} AND ${IS_UNSEEN}`
const listMentions = sql`
  SELECT id FROM messages WHERE box_id = :boxId AND peer_id = :peerId AND is_mentioned = 1 AND has_unread_content = 1
  ORDER BY id LIMIT :limit`

/** Mentions seen at once; a client asks again for the rest. */
const MENTIONS_AT_ONCE = 1000

/** Marks the contents of messages as seen: mentions, recordings, reactions to own messages, and votes in own polls. */
export function* readContents(box: Box, asked: readonly number[], causedBy?: bigint): Decision<Affected> {
  const { boxId } = box
  yield* alone('box', boxId)
  const which = { boxId, ids: idList(asked) }
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
  yield* alone('box', boxId)
  const rows = yield* listMentions.rows({ boxId, peerId, limit: MENTIONS_AT_ONCE + 1 })
  const ids = rows.slice(0, MENTIONS_AT_ONCE).map((row) => int(row, 'id'))
  return { ...(yield* readContents(box, ids, causedBy)), left: rows.length - ids.length }
}
