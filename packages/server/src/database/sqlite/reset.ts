import { text } from '../columns.ts'
import type { Database } from './database.ts'

/** What a reset keeps: what clients are configured with, their keys, and what the store itself needs. */
const KEPT: ReadonlySet<string> = new Set([
  'schema_version',
  'secret_check',
  'server_keys',
  'apps',
  'auth_keys',
])

/** Deletes everything but keys and apps, inside a write; the ids of accounts begin anew. */
export function prepareReset(db: Database): (nowS: number) => void {
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    .all()
    .map((row) => text(row, 'name'))
  const statements = tables
    .filter((name) => !KEPT.has(name))
    .map((name) => db.prepare(`DELETE FROM "${name}"`))
  const deferKeys = db.prepare('PRAGMA defer_foreign_keys = ON')
  const signOut = db.prepare(
    'UPDATE auth_keys SET revoked = NULL, has_signed_in = 0, signed_out = 0, used_at_s = ?',
  )
  const beginUserIds = db.prepare("UPDATE sqlite_sequence SET seq = 1000000 WHERE name = 'users'")
  const beginOtherIds = db.prepare("DELETE FROM sqlite_sequence WHERE name NOT IN ('users', 'apps')")
  return (nowS) => {
    deferKeys.run()
    for (const statement of statements) statement.run()
    signOut.run(nowS)
    beginUserIds.run()
    beginOtherIds.run()
  }
}
