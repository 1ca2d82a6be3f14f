import type { Query } from './connection.ts'

/** Locks of decisions: advisory ones, or rows of the table `turns` on engines without them. */
export type Locks = 'advisory' | 'turns'

/** Waits until nobody else decides about a subject, for as long as the transaction lasts. */
export function lockQuery(locks: Locks, subject: string): Query {
  if (locks === 'advisory') {
    const text = 'SELECT pg_advisory_xact_lock(hashtextextended($1, 0))'
    return { name: 'alone', text, values: [subject] }
  }
  const text =
    'INSERT INTO turns (subject, n) VALUES ($1, 1) ON CONFLICT (subject) DO UPDATE SET n = turns.n + 1'
  return { name: 'turn', text, values: [subject] }
}

/** Deletes rows of `turns` that nobody holds. */
export const FORGET_TURNS: Query = {
  text: `DELETE FROM turns WHERE subject IN (SELECT subject FROM turns LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
}
