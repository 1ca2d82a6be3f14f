import { int } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'

const find = sql`
  SELECT own.id FROM messages other JOIN messages own ON own.body_id = other.body_id AND own.box_id = :boxId
  WHERE other.box_id = :otherId AND other.id = :id`

/** The id that a box has a message of another box under; undefined if it has none. */
export function* ownIdOf(
  boxId: bigint,
  other: { readonly boxId: bigint; readonly id: number },
): Decision<number | undefined> {
  const row = yield* find.row({ boxId, otherId: other.boxId, id: other.id })
  return row && int(row, 'id')
}
