import { LAST_RESERVED_IDS, TABLES } from '../schema.ts'

/** The suites that run on PostgreSQL in each of its forms, each a module beside this one. */
export const SUITES: readonly string[] = ['./contract.test.ts', './reset-contract.test.ts']

/** The dearest suites: `npm test` does not run them in WebAssembly. */
export const LARGE_SUITES: readonly string[] = [
  './files-contract.test.ts',
  './login-emails-contract.test.ts',
  './tokens-contract.test.ts',
  './messages-contract.test.ts',
  './chats-contract.test.ts',
  './passwords-contract.test.ts',
]

/** Suites of calls at once, which a PostgreSQL of one connection takes one after the other. */
export const SUITES_OF_RACES: readonly string[] = [
  './codes-contract.test.ts',
  './groups-contract.test.ts',
  './scheduled-contract.test.ts',
]

/** SQL that empties a database: as if its tables had just been made, under the same secret. */
export function emptied(): string {
  const kept = new Set(['schema_version', 'secret_check'])
  return TABLES.filter(({ name }) => !kept.has(name))
    .map(({ name, idColumn }) => {
      const first = (LAST_RESERVED_IDS[name]?.id ?? 0) + 1
      const restart = `ALTER TABLE ${name} ALTER COLUMN ${idColumn} RESTART WITH ${first};`
      return `DELETE FROM ${name};${idColumn === undefined ? '' : restart}`
    })
    .join('\n')
}
