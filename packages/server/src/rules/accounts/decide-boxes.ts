import { alone, type Decision, type Statement, sql } from '../../database/decision.ts'

const insert = sql`INSERT INTO boxes (box_id) VALUES (:boxId)`
const emptyBox = removing('box_id = :boxId')
const remove = sql`DELETE FROM boxes WHERE box_id = :boxId`

/** Makes the message box of a new account, in the decision that makes the account. */
export function* createBox(boxId: bigint): Decision<void> {
  yield* insert.send({ boxId })
}

/** Removes a box with its log and its messages, in the decision that removes its account. */
export function* removeBox(boxId: bigint): Decision<void> {
  yield* alone('box', boxId)
  for (const statement of emptyBox) yield* statement.send({ boxId })
  yield* remove.send({ boxId })
}

/**
 * Makes the statements that remove messages of one box, with the bodies that no other box holds.
 *
 * @param which SQL for the messages; names the box
 */
export function removing(which: string): readonly Statement[] {
  const bodyIds = `SELECT body_id FROM messages WHERE ${which}`
  return [
    sql`UPDATE bodies SET holders = holders - 1 WHERE body_id IN (${bodyIds})`,
    sql`DELETE FROM bodies WHERE holders = 0 AND body_id IN (${bodyIds})`,
    sql`DELETE FROM messages WHERE ${which}`,
  ]
}
