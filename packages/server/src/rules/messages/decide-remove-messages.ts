import { int } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { removing } from '../accounts/decide-boxes.ts'
import { addEvent, boxState } from './decide-box-log.ts'
import type { Affected, Box } from './words.ts'

const LISTED = `box_id = :boxId AND id IN ${LISTED_IDS}`
const findListed = sql`SELECT id FROM messages WHERE ${LISTED}`
const removeListed = removing(LISTED)

/**
 * Removes those of these messages that the box has.
 *
 * @param causedBy the key whose call removes them
 */
export function* removeMessages(box: Box, asked: readonly number[], causedBy?: bigint): Decision<Affected> {
  const { boxId } = box
  yield* alone('box', boxId)
  const rows = yield* findListed.rows({ boxId, ids: idList(asked) })
  const there = new Set(rows.map((row) => int(row, 'id')))
  const ids = [...new Set(asked)].filter((id) => there.has(id))
  if (ids.length === 0) return { pts: (yield* boxState(boxId)).pts, event: undefined }
  for (const statement of removeListed) yield* statement.send({ boxId, ids: idList(ids) })
  const change = { kind: 'deleteMessages', ids } as const
  const place = yield* addEvent(box, change, ids.length, causedBy)
  return { pts: place?.pts ?? 0, event: place && { ...change, ...place } }
}
