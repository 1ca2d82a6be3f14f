/**
 * Traces of decisions, by which a node learns the outcome of a commit whose answer was lost. Each connection has a row in
 * the table `decided`; the last statement of each decision writes its number there. Whoever asks for the outcome closes the
 * row at the same time, so that a COMMIT that is still on its way fails: a decision is never done twice.
 */
import type { Connection, Query } from './connection.ts'

/** The place where a transaction left its number. */
export interface Trace {
  readonly connectionId: string
  readonly number: bigint
}

/** Rows of connections that were opened longer ago belong to nobody. */
export const TRACE_KEPT_MS = 172_800_000

/** Makes the row of a new connection. */
export function enrollQuery({ id }: Connection, nowMs: number): Query {
  const text = 'INSERT INTO decided (connection_id, n, is_closed, opened_at_ms) VALUES ($1, 0, 0, $2)'
  return { text, values: [id, nowMs] }
}

/** Writes the number. On a closed row it violates NOT NULL, and the transaction ends. */
export function traceQuery({ connectionId, number }: Trace): Query {
  const text =
    'UPDATE decided SET n = CASE WHEN is_closed = 0 THEN CAST($2 AS BIGINT) END WHERE connection_id = $1'
  return { name: 'decided', text, values: [connectionId, number] }
}

/**
 * Finds out, on another connection, whether a transaction was committed. From then on it cannot be.
 *
 * @throws {Error} with a SQLSTATE, if the old connection holds its row for too long
 */
export async function wasCommitted(
  connection: Connection,
  { connectionId, number }: Trace,
): Promise<boolean> {
  const text = 'UPDATE decided SET is_closed = 1 WHERE connection_id = $1 RETURNING n'
  const { rows } = await connection.ask({ text, values: [connectionId] })
  const n = rows[0]?.['n']
  return typeof n === 'bigint' && n >= number
}
