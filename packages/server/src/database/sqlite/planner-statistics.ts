import type { DatabaseSync } from './database.ts'

/**
 * Statistics of tables that grow, for the planner: rows, and for each column of an index the rows that share all values up to
 * there. Without it SQLite takes every index for as good as another, and reads all messages of a box for those of one chat. The
 * numbers are those of a busy server, and stay: plans do not change with what happens to be there.
 */
const STATISTICS: readonly (readonly [table: string, index: string | null, numbers: string])[] = [
  ['bodies', null, '4000000'],
  ['bodies', 'bodies_with_poll', '100000 2'],
  ['dialogs', 'dialogs', '1000000 100 1'],
  ['messages', 'messages', '10000000 10000 1'],
  ['messages', 'messages_mentioned', '100000 100 5 1'],
  ['messages', 'messages_of_body', '10000000 3 1'],
  ['messages', 'messages_of_chat', '10000000 10000 200 1'],
  ['messages', 'messages_of_kind', '1000000 1000 50 20 1'],
  ['messages', 'messages_pinned', '100000 100 5 1'],
  ['messages', 'messages_reacted', '100000 100 5 1'],
  ['messages', 'messages_saved', '1000000 1000 100 1'],
  ['messages', 'messages_voted', '10000 20 2 1'],
  ['messages', 'messages_written', '5000000 5000 1 1 1'],
  ['reactions', 'reactions', '1000000 5 1 1'],
  ['reactions', 'reactions_in_order', '1000000 5 2'],
  ['reactions', 'reactions_of_user', '1000000 100 1'],
]

/** Tells the planner how large tables become. Nothing is written where the database says so already. */
export function tellPlanner(db: DatabaseSync): void {
  if (knowsStatistics(db)) return
  db.exec('BEGIN IMMEDIATE')
  // Makes the table of statistics, which no other statement can.
  db.exec('ANALYZE schema_version; DELETE FROM sqlite_stat1')
  const insert = db.prepare('INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)')
  for (const row of STATISTICS) insert.run(...row)
  db.exec('COMMIT')
  db.exec('ANALYZE sqlite_schema')
}

function knowsStatistics(db: DatabaseSync): boolean {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'").get()
  if (table === undefined) return false
  const rows = db.prepare('SELECT tbl, idx, stat FROM sqlite_stat1 ORDER BY tbl, idx').all()
  return JSON.stringify(rows.map(({ tbl, idx, stat }) => [tbl, idx, stat])) === JSON.stringify(STATISTICS)
}
