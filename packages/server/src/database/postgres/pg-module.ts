import { UsageError } from '@cablegram/tl'
import type pg from 'pg'

/** The package `pg`, as far as this driver uses it. */
export type Pg = Pick<typeof pg, 'Client' | 'DatabaseError'>

/** Loads the package `pg`, which users install only for PostgreSQL. @throws {UsageError} PG_MISSING */
export async function loadPg(): Promise<Pg> {
  try {
    const { default: loaded } = await import('pg')
    return loaded
  } catch (error) {
    throw new UsageError(
      'PG_MISSING',
      'PostgreSQL needs the package pg, which is not installed: run `npm install pg` and start again.',
      { cause: error },
    )
  }
}
