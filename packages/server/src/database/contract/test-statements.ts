import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { registeredStatements } from '../decision.ts'
import { BASELINE, MIGRATIONS_AFTER_BASELINE } from '../schema.ts'

/** A statement of the server as it is written, and as each engine is given it. */
export interface PlacedStatement {
  readonly index: number
  readonly text: string
  readonly sqlite: string
  readonly postgres: string
}

/** Loads every module of the server that makes statements. */
export async function loadStatements(): Promise<readonly PlacedStatement[]> {
  const source = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
  const files = globSync('**/*.ts', { cwd: source })
    .filter((file) => !/(\.test|[\\/]test-[^\\/]*)\.ts$/.test(file))
    .filter((file) => readFileSync(join(source, file), 'utf8').includes('sql`'))
  for (const file of files) await import(join(source, file))
  return registeredStatements().map((statement) => ({
    index: statement.index,
    text: statement.text,
    sqlite: statement.placed('?'),
    postgres: statement.placed('$'),
  }))
}

/** @returns the refusals */
export function prepareOnSqlite(statements: readonly PlacedStatement[]): readonly string[] {
  const db = newDatabase()
  const refused = statements.flatMap(({ text, sqlite }) => {
    try {
      db.prepare(sqlite)
      return []
    } catch (error) {
      return [`${String(error)}: ${text}`]
    }
  })
  db.close()
  return refused
}

/** SQLite's plan for each statement, a line for each step. */
export function plansOnSqlite(texts: readonly string[]): readonly string[] {
  const db = newDatabase()
  const plans = texts.map((text) => db.prepare(`EXPLAIN QUERY PLAN ${text}`).all())
  db.close()
  return plans.map((plan) => plan.map((row) => row['detail']).join('\n'))
}

function newDatabase(): DatabaseSync {
  const db = new DatabaseSync(':memory:')
  for (const text of [BASELINE, ...MIGRATIONS_AFTER_BASELINE]) db.exec(text)
  return db
}
