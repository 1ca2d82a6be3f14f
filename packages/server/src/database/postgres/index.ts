/** The store on PostgreSQL. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Random } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import type { Nudge } from '../../bus/nudge.ts'
import type { StoreError } from '../errors.ts'
import type { Store } from '../store.ts'
import { createDriver, type Driver, type DriverLimits } from './driver.ts'
import { FORGET_TURNS, type Locks } from './locks.ts'
import { loadPg } from './pg-module.ts'
import { prepareDatabase } from './prepare.ts'
import { watchTrouble } from './trouble.ts'
import { checkUrl } from './url.ts'

/** The database, and what the store tells. */
export interface PostgresOptions {
  /** `postgres://USER:PASSWORD@HOST:5432/DATABASE` */
  readonly url: string
  /** The file with the secret, the same for every node of the database; made if the database is new. */
  readonly secretFile: string
  readonly random: Random
  readonly limits?: Partial<DriverLimits> | undefined
  /** By default advisory locks, if the engine is PostgreSQL itself. */
  readonly locks?: Locks | undefined
  /** Told, at the opening, of a setting of the database that puts data at risk: a sentence. */
  readonly onNotice?: ((notice: string) => void) | undefined
  readonly onTrouble?: ((trouble: StoreError | undefined) => void) | undefined
  readonly onNudges?: ((nudges: readonly Nudge[]) => void) | undefined
  /** The wall clock, for deadlines; rules have a clock of their own. */
  readonly nowMs: () => number
  /** Migrations after the baseline; tests have others. */
  readonly migrations?: readonly string[] | undefined
}

const LIMITS: DriverLimits = {
  maxConnections: 16,
  maxWaiting: 10_000,
  waitMs: 5_000,
  connectTimeoutMs: 3_000,
  statementTimeoutMs: 5_000,
  lockTimeoutMs: 4_000,
  answerTimeoutMs: 6_000,
}

/**
 * Limits while a node starts. Nobody waits for an answer yet: on a busy machine the first connection may take seconds, and a
 * migration, or another node's, takes as long as it takes.
 */
const UNHURRIED = {
  connectTimeoutMs: 15_000,
  answerTimeoutMs: 3_600_000,
  statementTimeoutMs: 0,
  lockTimeoutMs: 0,
}

/**
 * Opens the store on a PostgreSQL database; makes the tables in an empty one.
 *
 * @throws {UsageError} one sentence with the next step, if the database cannot be used
 */
export async function openPostgresStore(options: PostgresOptions): Promise<Store> {
  const { url, random, onTrouble, onNudges, nowMs } = options
  const place = checkUrl(url)
  const pg = await loadPg()
  const limits = { ...LIMITS, ...options.limits }
  const { secret, locks } = await prepareDatabase(pg, { ...limits, ...UNHURRIED, ...options, place, nowMs })
  const trouble = watchTrouble({ ask: (query) => driver.ask(query), onTrouble })
  const driver = createDriver({
    pg,
    url,
    locks,
    limits,
    random,
    nowMs,
    onReach: trouble.reached,
    onFailed: trouble.failed,
    onNudges: (nudges) => onNudges?.(nudges),
    wait: (forMs) => delay(forMs),
  })
  const housekeeping = setInterval(() => forgetTurns(driver, locks), FORGET_TURNS_MS).unref()
  return {
    decide: driver.decide,
    look: driver.look,
    defer: driver.defer,
    secret,
    trouble: trouble.find,
    async backUp() {
      throw new UsageError(
        'BACKUP_ELSEWHERE',
        'The data is in PostgreSQL: back it up there, with `pg_dump` or a base backup, and keep a copy of the secret file in another place.',
      )
    },
    async close() {
      clearInterval(housekeeping)
      trouble.close()
      await driver.close()
    },
  }
}

const FORGET_TURNS_MS = 3_600_000

/** A failure is of no importance: the next hour tries again, and decisions report what is wrong. */
function forgetTurns(driver: Driver, locks: Locks): void {
  if (locks === 'turns') driver.ask(FORGET_TURNS).catch(() => {})
}
