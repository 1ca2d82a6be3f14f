import { int, long } from '../../database/columns.ts'
import { alone, type Decision, type Statement, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { removing } from '../accounts/decide-boxes.ts'
import { boxPts } from './decide-box-log.ts'
import { loggingOf, logMessages } from './decide-log-messages.ts'
import type { Affected, Box, BoxLimits, Place } from './words.ts'

const findListed = sql`SELECT id FROM messages WHERE box_id = :boxId AND id IN ${LISTED_IDS}`

const ofBox = {
  logging: loggingOf(`m.box_id = :boxId AND m.id IN ${LISTED_IDS}`),
  leave: leaving(`m.box_id = :boxId AND m.id IN ${LISTED_IDS}`, 'id'),
  remove: removing(`box_id = :boxId AND id IN ${LISTED_IDS}`),
}
const ofBodies = {
  // Bots are not told: what they have not heard of yet is told as gone.
  logging: loggingOf(`m.body_id IN ${LISTED_IDS}
    AND NOT EXISTS (SELECT 1 FROM bots o WHERE o.user_id = m.box_id AND o.user_id <> :removerId)`),
  leave: leaving(`m.body_id IN ${LISTED_IDS}`, 'body_id'),
  remove: [
    sql`DELETE FROM messages WHERE body_id IN ${LISTED_IDS}`,
    sql`DELETE FROM bodies WHERE body_id IN ${LISTED_IDS}`,
  ],
}

/** Chats that messages go from have fewer, and the newest of those that are left as their newest. */
function leaving(which: string, column: 'id' | 'body_id'): Statement {
  const left = `FROM messages t
    WHERE t.box_id = dialogs.box_id AND t.peer_id = dialogs.peer_id AND t.${column} NOT IN ${LISTED_IDS}
    ORDER BY t.id DESC LIMIT 1`
  return sql`
    UPDATE dialogs SET top_id = coalesce((SELECT t.id ${left}), 0), top_date_s = coalesce((SELECT t.date_s ${left}), 0),
      message_count = message_count - (
        SELECT count(*) FROM messages m WHERE m.box_id = dialogs.box_id AND m.peer_id = dialogs.peer_id AND ${which})
    WHERE (box_id, peer_id) IN (SELECT m.box_id, m.peer_id FROM messages m WHERE ${which})`
}

/**
 * Removes those of these messages that the box has, from this box alone.
 *
 * @param causedBy the key whose call removes them
 */
export function* removeMessages(box: Box, asked: readonly number[], causedBy?: bigint): Decision<Affected> {
  const { boxId } = box
  yield* alone('box', boxId)
  const rows = yield* findListed.rows({ boxId, ids: idList(asked) })
  const ids = rows.map((row) => int(row, 'id')).sort((one, other) => one - other)
  if (ids.length === 0) return { pts: yield* boxPts(boxId), event: undefined }
  const which = { boxId, ids: idList(ids) }
  const place = (yield* logMessages(ofBox.logging, which, { kind: 'deleteMessages', causedBy }, box)).get(
    boxId,
  )
  for (const statement of [ofBox.leave, ...ofBox.remove]) yield* statement.send(which)
  return { pts: place?.pts ?? 0, event: place && { kind: 'deleteMessages', ids, ...place } }
}

/** Removes messages, by their bodies, from every box that has them. Those boxes are locked before. Bots are not told of what others remove. @returns where the events are */
export function* removeEverywhere(
  bodyIds: readonly bigint[],
  limits: BoxLimits,
  { userId: removerId, authKeyId: causedBy }: { readonly userId: bigint; readonly authKeyId: bigint },
): Decision<ReadonlyMap<bigint, Place>> {
  const which = { ids: idList(bodyIds) }
  const places = yield* logMessages(
    ofBodies.logging,
    { ...which, removerId },
    { kind: 'deleteMessages', causedBy },
    limits,
  )
  for (const statement of [ofBodies.leave, ...ofBodies.remove]) yield* statement.send(which)
  return places
}

const findHolders = sql`SELECT DISTINCT m.box_id FROM messages m WHERE m.body_id IN ${LISTED_IDS} ORDER BY m.box_id`

/** The boxes that have any of these bodies, by ascending id. */
export function* holdersOf(bodyIds: readonly bigint[]): Decision<bigint[]> {
  return (yield* findHolders.rows({ ids: idList(bodyIds) })).map((row) => long(row, 'box_id'))
}
