/**
 * Messages of groups in the boxes of people who are not there any more. They stay as they were when their owner went: before a
 * body changes, these boxes get a copy of it.
 */
import { int, long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { IS_IN } from '../../database/roles.ts'

/** SQL: a message of a basic group whose members do not include the owner of the box. @param m the name of the table */
export function isLeftBehind(m: string): string {
  return `${m}.peer_id < 0 AND ${m}.peer_id > -1000000000000 AND NOT EXISTS (
    SELECT 1 FROM chat_members cm
    WHERE cm.chat_id = -${m}.peer_id AND cm.user_id = ${m}.box_id AND cm.${IS_IN})`
}

const count = sql`
  SELECT m.body_id, count(*) AS n FROM messages m
  WHERE m.body_id IN ${LISTED_IDS} AND ${isLeftBehind('m')} GROUP BY m.body_id ORDER BY m.body_id`
const copyBody = sql`
  INSERT INTO bodies (holders, sealed_body, seal_id, edited_at_s, poll_id, media_id, has_reactions)
  SELECT CAST(:n AS BIGINT), b.sealed_body, b.seal_id, b.edited_at_s, b.poll_id, b.media_id, b.has_reactions FROM bodies b
  WHERE b.body_id = :bodyId RETURNING body_id`
const copyReactions = sql`
  INSERT INTO reactions (body_id, user_id, place, reaction, at_s)
  SELECT CAST(:copyId AS BIGINT), r.user_id, r.place, r.reaction, r.at_s FROM reactions r WHERE r.body_id = :bodyId`
const move = sql`
  UPDATE messages SET body_id = :copyId WHERE body_id = :bodyId AND ${isLeftBehind('messages')}`
const letGo = sql`UPDATE bodies SET holders = holders - :n WHERE body_id = :bodyId`

/**
 * Gives people who have left a group copies of these bodies, which are about to change for its members. The boxes that have
 * them are locked before.
 */
export function* leaveBehind(bodyIds: readonly bigint[]): Decision<void> {
  if (bodyIds.length === 0) return
  for (const row of yield* count.rows({ ids: idList(bodyIds) })) {
    const [bodyId, n] = [long(row, 'body_id'), int(row, 'n')]
    const copyId = long((yield* copyBody.row({ bodyId, n })) ?? {}, 'body_id')
    yield* copyReactions.send({ copyId, bodyId })
    yield* move.send({ copyId, bodyId })
    yield* letGo.send({ bodyId, n })
  }
}
