/** Decisions on PostgreSQL: connections, transactions, retries, and the outcome of a commit whose answer was lost. */
import { randomUUID } from 'node:crypto'
import type { Random } from '@cablegram/mtproto'
import type { Nudge } from '../../bus/nudge.ts'
import type { Decision, Statement } from '../decision.ts'
import { StoreError } from '../errors.ts'
import {
  type Answer,
  type Connection,
  type ConnectionOptions,
  openConnection,
  type Query,
} from './connection.ts'
import { ConnectionLost, isTransient, sqlState, toStoreError } from './errors.ts'
import type { Locks } from './locks.ts'
import type { Pg } from './pg-module.ts'
import { createPool, type PoolLimits } from './pool.ts'
import { enrollQuery, type Trace, wasCommitted } from './trace.ts'
import { type Begun, begin, decideOn, firstRead, lookOn, lookOnce, type Ran } from './transaction.ts'
import { Turns } from './turns.ts'

/** Limits of the driver and of its connections. */
export type DriverLimits = PoolLimits & Omit<ConnectionOptions, 'url'>

/** Everything a driver depends on. */
export interface DriverParts {
  readonly pg: Pg
  readonly url: string
  readonly locks: Locks
  readonly limits: DriverLimits
  readonly random: Random
  /** Told when PostgreSQL cannot be reached, and, with undefined, when it can again. */
  readonly onReach: (trouble: StoreError | undefined) => void
  /** Told of each decision that the server refused to commit. */
  readonly onFailed: (error: StoreError) => void
  readonly onNudges: (nudges: readonly Nudge[]) => void
  readonly nowMs: () => number
  readonly wait: (forMs: number) => Promise<void>
}

/** Runs decisions. */
export interface Driver {
  decide<T>(run: () => Decision<T>): Promise<T>
  look<T>(run: () => Decision<T>): Promise<T>
  defer(run: () => Decision<void>): void
  /** One query outside a transaction, which may be asked again if its connection is lost. */
  ask(query: Query): Promise<Answer>
  close(): Promise<void>
}

/** Tries of a decision that meets others. */
const MAX_TRIES = 10
const FIRST_PAUSE_MS = 4
const LAST_PAUSE_MS = 200
/** Connections that one decision may lose. */
const MAX_CONNECTIONS_LOST = 2
/** After this time a decision that was not committed is refused instead of being run again. */
const RUN_AGAIN_WITHIN_MS = 30_000
const OUTCOME_PAUSE_MS = 100
const STALE_PLAN = '0A000'
/** Decisions that nobody waits for; more are left out. */
const MAX_DEFERRED = 10_000

/** An answer promises that its writes survive a power cut, whatever the database is configured for. */
const WAIT_FOR_DISK: Query = {
  text: `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
}

/** Makes a driver. Connections are opened when they are needed. */
export function createDriver(parts: DriverParts): Driver {
  const { pg, url, locks, limits, random, onReach, onFailed, onNudges, nowMs, wait } = parts
  const chance = (): number => (random(1)[0] ?? 0) / 256
  const connect = async (onLost: () => void): Promise<Connection> => {
    const connection = await openConnection(pg, { url, ...limits }, randomUUID(), onLost)
    await connection.ask(WAIT_FOR_DISK)
    return connection
  }
  const pool = createPool(limits, { connect, onTrouble: onReach, chance })
  const enrolled = new WeakSet<Connection>()
  const turns = new Turns()
  const running = new Set<Promise<unknown>>()
  const firstOfSeveral = new Set<Statement>()
  const deferred: (() => Decision<void>)[] = []
  let flushing: Promise<void> | undefined
  let transactions = 0n

  async function use<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await pool.take()
    try {
      return await work(connection)
    } catch (error) {
      // Its prepared statements are of before a migration.
      if (sqlState(error) === STALE_PLAN) connection.destroy()
      throw error
    } finally {
      pool.give(connection)
    }
  }

  async function findOutcome(trace: Trace): Promise<boolean> {
    for (;;) {
      try {
        return await use((connection) => wasCommitted(connection, trace))
      } catch (error) {
        if (error instanceof StoreError && error.code === 'STORE_CLOSED') throw error
        await pool.whenUp()
        await wait(OUTCOME_PAUSE_MS)
      }
    }
  }

  /** A connection that only reads needs no row: a database that takes no writes still answers. */
  async function enroll(connection: Connection): Promise<void> {
    if (enrolled.has(connection)) return
    await connection.ask(enrollQuery(connection, nowMs()))
    enrolled.add(connection)
  }

  /** Runs a decision once, and finds out whether it stands. */
  async function runOnce<T>(begun: Begun<T>, isDeferred: boolean): Promise<Ran<T> | undefined> {
    transactions += 1n
    const writing = { locks, number: transactions, isDeferred }
    const ran = await use(async (connection) => {
      if (!isDeferred) await enroll(connection)
      return await decideOn(connection, begun, writing)
    })
    if (ran.unknown === undefined || (await findOutcome(ran.unknown))) return ran
    return undefined
  }

  /** Runs a decision until it stands, or cannot. */
  async function settle<T>(run: () => Decision<T>, started: Begun<T>, isDeferred: boolean): Promise<T> {
    const untilMs = nowMs() + RUN_AGAIN_WITHIN_MS
    let begun = started
    let lost = 0
    for (let tries = 1; ; tries += 1) {
      try {
        const ran = await runOnce(begun, isDeferred)
        if (ran !== undefined) {
          if (ran.nudges.length > 0) onNudges(ran.nudges)
          return ran.value
        }
        if (nowMs() > untilMs) throw new ConnectionLost('the connection ended, and nothing was committed')
      } catch (error) {
        if (error instanceof ConnectionLost && nowMs() <= untilMs && lost < MAX_CONNECTIONS_LOST) {
          lost += 1
          pool.doubt()
        } else if (isTransient(error) && tries < MAX_TRIES) {
          await wait(Math.min(FIRST_PAUSE_MS * 2 ** tries, LAST_PAUSE_MS) * (0.5 + chance()))
        } else throw toStoreError(error)
      }
      begun = begin(run)
    }
  }

  /** Decisions that begin by waiting for others about a subject wait here, without a connection. */
  async function decide<T>(run: () => Decision<T>, isDeferred: boolean): Promise<T> {
    const begun = started(run)
    const { first } = begun
    // Not behind one that waits to learn its outcome.
    if (pool.down !== undefined) throw pool.down
    const work = (): Promise<T> => settle(run, begun, isDeferred)
    const done = first.done || first.value.kind !== 'alone' ? work() : turns.take(first.value.subject, work)
    try {
      return await untilDone(done)
    } catch (error) {
      const failed = toStoreError(error)
      onFailed(failed)
      throw failed
    }
  }

  /** Takes a transaction only for a decision of several statements. Its first one tells, from the second time on. */
  async function lookWith<T>(connection: Connection, begun: Begun<T>, run: () => Decision<T>): Promise<T> {
    const statement = firstRead(begun)
    if (statement === undefined || firstOfSeveral.has(statement)) return await lookOn(connection, begun)
    const only = await lookOnce(connection, begun)
    if (only !== undefined) return only.value
    firstOfSeveral.add(statement)
    return await lookOn(connection, begin(run))
  }

  /** Resolves, or rejects, as the work does; the driver does not close before. */
  async function untilDone<T>(work: Promise<T>): Promise<T> {
    running.add(work)
    try {
      return await work
    } finally {
      running.delete(work)
    }
  }

  /** Does what may be done again, on another connection if one turns out to be lost. */
  async function again<T>(read: (connection: Connection) => Promise<T>): Promise<T> {
    for (let lost = 0; ; lost += 1) {
      try {
        return await use(read)
      } catch (error) {
        const isWorthARetry = error instanceof ConnectionLost || sqlState(error) === STALE_PLAN
        if (!isWorthARetry || lost >= MAX_CONNECTIONS_LOST) throw error
        pool.doubt()
      }
    }
  }

  async function lookUntilRead<T>(run: () => Decision<T>): Promise<T> {
    let first: Begun<T> | undefined = started(run)
    try {
      return await again((connection) => {
        const begun = first ?? begin(run)
        first = undefined
        return lookWith(connection, begun, run)
      })
    } catch (error) {
      throw toStoreError(error)
    }
  }

  async function flushDeferred(): Promise<void> {
    // Callers go first.
    await wait(0)
    for (let run = deferred.shift(); run !== undefined; run = deferred.shift()) {
      // Nobody waits, and nobody is told: what makes this fail fails others who are.
      await decide(run, true).catch(() => {})
    }
    flushing = undefined
  }

  return {
    decide: (run) => decide(run, false),
    look: (run) => untilDone(lookUntilRead(run)),
    ask: (query) => again((connection) => connection.ask(query)),
    defer(run) {
      if (deferred.length >= MAX_DEFERRED) return
      deferred.push(run)
      flushing ??= flushDeferred()
    },
    async close() {
      await Promise.allSettled([...running, flushing])
      await pool.close()
    },
  }
}

function started<T>(run: () => Decision<T>): Begun<T> {
  try {
    return begin(run)
  } catch (error) {
    throw toStoreError(error)
  }
}
