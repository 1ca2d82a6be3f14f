import { int, isNull, text } from '../database/columns.ts'
import { type Decision, nudge, sql } from '../database/decision.ts'

/** A fault as the store keeps it. */
export interface StoredFault {
  readonly id: number
  /** JSON. */
  readonly fault: string
  /** Undefined: any number of requests. */
  readonly timesLeft: number | undefined
}

const insert = sql`INSERT INTO faults (id, fault, times_left) VALUES (:id, :fault, :timesLeft)`
const list = sql`SELECT id, fault, times_left FROM faults ORDER BY id`
const use = sql`UPDATE faults SET times_left = times_left - 1 WHERE id = :id AND times_left > 0 RETURNING times_left`
const remove = sql`DELETE FROM faults WHERE id = :id`
const clear = sql`DELETE FROM faults`

/** Keeps a fault for all nodes. */
export function* addFault({ id, fault, timesLeft }: StoredFault): Decision<void> {
  yield* insert.send({ id, fault, timesLeft: timesLeft ?? null })
  yield* nudge({ kind: 'faults' })
}

/** The faults of all nodes, the oldest first. */
export function* listFaults(): Decision<StoredFault[]> {
  return (yield* list.rows()).map((row) => ({
    id: int(row, 'id'),
    fault: text(row, 'fault'),
    timesLeft: isNull(row, 'times_left') ? undefined : int(row, 'times_left'),
  }))
}

/** Uses a fault for one more request. @returns whether there was a time left */
export function* useFault(id: number): Decision<boolean> {
  const row = yield* use.row({ id })
  if (row === undefined) return false
  if (int(row, 'times_left') === 0) {
    yield* remove.send({ id })
    yield* nudge({ kind: 'faults' })
  }
  return true
}

/** Removes a fault, or all of them. */
export function* removeFaults(id: number | undefined): Decision<void> {
  if (id === undefined) yield* clear.send()
  else yield* remove.send({ id })
  yield* nudge({ kind: 'faults' })
}
