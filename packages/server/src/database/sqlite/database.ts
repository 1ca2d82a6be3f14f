import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Nudge } from '../../bus/nudge.ts'
import { type Decision, isRefusal } from '../decision.ts'
import { StoreError } from '../errors.ts'
import type { LockCheck } from './lock-check.ts'
import type { LogSync } from './log-sync.ts'
import type { NudgeCheck } from './nudge-check.ts'
import { createSteps } from './steps.ts'
import { type Told, ToldWhenDurable } from './told-when-durable.ts'

/** One connection with group commit: the only way the tables are reached. */
export interface Database {
  /** Prepared once. Integers are bigints, `changes` too: `changes === 0` is never true, `changes > 0` is right. */
  prepare(sql: string): StatementSync
  /** Runs a decision inside a write. Its nudges are published once the write is durable. */
  decide<T>(decision: Decision<T>): T
  /** Runs a decision that only reads, inside a read or a write. */
  look<T>(decision: Decision<T>): T
  /** Sees what is committed; resolves once that would survive a power cut. Works when nothing can be written any more. */
  read<T>(run: () => T): Promise<T>
  /**
   * Runs with the other writes of this event-loop turn in one transaction, each in a savepoint of its own, and
   * resolves once the commit would survive a power cut. What it throws undoes it alone, and so does a refusal that it
   * returns; a commit that fails undoes them all.
   */
  write<T>(run: () => T): Promise<T>
  /**
   * Runs with the next write of anybody's, a second later at the latest: for what nobody waits for. Where it fails nobody
   * is told; what makes one write fail does so with others, and those are.
   */
  defer(run: () => void): void
  /**
   * Tells of every row of these tables that is written, by whatever statement or cascade, inside the write that does
   * it: before anybody can read what was written, and also where that is undone.
   * @param column an integer column that all of them have and whose value in a row never changes
   */
  watch(tables: readonly string[], column: string, onWritten: (value: bigint) => void): void
  /** The reason why the last write was refused by the disk or the file; undefined if it was taken. */
  readonly trouble: StoreError | undefined
  /** Has `listener` told when writes begin to fail so, and, with undefined, when that is over. */
  onTrouble(listener: (trouble: StoreError | undefined) => void): void
  /** A write that needs room has shown that there is some again. */
  endTrouble(): void
  close(): void
}

/** A write that has run. */
interface Ran {
  /** It said no: nothing that it wrote stays. */
  readonly isUndone: boolean
  /** Tells the caller, once it is committed. */
  readonly tell: () => void
}

interface Waiting {
  readonly run: () => Ran
  readonly reject: (error: unknown) => void
}

const ROW_EVENTS = [
  ['INSERT', 'new'],
  ['UPDATE', 'old'],
  ['DELETE', 'old'],
] as const

/** The longest time that a deferred write waits. */
const DEFER_MS = 1000
/** Further deferred writes are left out. */
const MAX_DEFERRED = 10_000

/**
 * Puts group commit over a connection that nobody else uses.
 *
 * @param log makes commits durable; undefined for a database in memory
 * @param publish told of what decisions nudged, once it is durable and before its caller is told
 * @param check looks at the nudges of each write
 * @param locks looks at the locks of each write
 */
export function createDatabase(
  db: DatabaseSync,
  log?: LogSync,
  publish: (nudges: readonly Nudge[]) => void = () => {},
  check?: NudgeCheck,
  locks?: LockCheck,
): Database {
  const steps = createSteps(db, (subject) => locks?.lock(subject))
  /** Of the write that runs now. */
  let nudges: Nudge[] = []
  const listeners: ((trouble: StoreError | undefined) => void)[] = []
  let trouble: StoreError | undefined
  let waiting: Waiting[] = []
  let deferred = 0
  let isFlushDue = false
  let timer: NodeJS.Timeout | undefined
  let isOpen = true
  /** After a sync that failed nobody knows what the disk has: no write is taken any more. */
  let lost: StoreError | undefined
  const durable = log && new ToldWhenDurable(log, onSyncFailed)

  function onSyncFailed(error: unknown): StoreError {
    const options = { cause: error }
    lost = new StoreError(
      'STORE_FAILED',
      'the disk did not confirm what was written; restart the server',
      options,
    )
    setTrouble(lost)
    return lost
  }

  function flush(): void {
    const batch = waiting
    waiting = []
    deferred = 0
    isFlushDue = false
    clearTimeout(timer)
    timer = undefined
    if (batch.length === 0) return
    // That a small write succeeds says nothing: a full disk still takes a page now and then.
    const { failed, told } = commitTogether(db, batch)
    if (failed !== undefined) setTrouble(failed)
    if (durable === undefined) for (const { tell } of told) tell()
    else durable.add(told)
  }

  /** Runs a write. What tells of it publishes its nudges, which are durable by then. */
  function decideAll<T>(run: () => T): Ran & { readonly value: T } {
    nudges = []
    check?.begin()
    locks?.begin()
    const value = run()
    const news = nudges
    check?.end(news)
    const isUndone = isRefusal(value)
    return {
      value,
      isUndone,
      tell() {
        if (news.length > 0 && !isUndone) publish(news)
      },
    }
  }

  function setTrouble(now: StoreError | undefined): void {
    const isNews = now?.code !== trouble?.code
    trouble = now
    if (isNews) for (const listener of listeners) listener(now)
  }

  return {
    get trouble() {
      return trouble
    },
    onTrouble(listener) {
      listeners.push(listener)
    },
    endTrouble: () => setTrouble(undefined),
    decide: (decision) => steps.decide(decision, nudges),
    look: (decision) => steps.look(decision),
    prepare(sql) {
      const statement = db.prepare(sql)
      statement.setReadBigInts(true)
      return statement
    },
    async read(run) {
      if (!isOpen) throw closed()
      try {
        const value = run()
        if (durable?.isBehind)
          await new Promise<void>((tell) => durable.add([{ tell, reject: () => tell() }]))
        return value
      } catch (error) {
        throw toStoreError(error)
      }
    },
    write<T>(run: () => T): Promise<T> {
      if (!isOpen) return Promise.reject(closed())
      if (lost !== undefined) return Promise.reject(lost)
      return new Promise<T>((resolve, reject) => {
        if (!isFlushDue) setImmediate(flush)
        isFlushDue = true
        waiting.push({
          run: () => {
            const { value, isUndone, tell } = decideAll(run)
            return {
              isUndone,
              tell() {
                tell()
                resolve(value)
              },
            }
          },
          reject,
        })
      })
    },
    defer(run) {
      if (!isOpen || lost !== undefined || deferred >= MAX_DEFERRED) return
      deferred += 1
      timer ??= setTimeout(flush, DEFER_MS).unref()
      waiting.push({ run: () => decideAll(run), reject: () => {} })
    },
    watch(tables, column, onWritten) {
      const name = `written_${column}`
      db.function(name, { useBigIntArguments: true }, (value) => {
        if (typeof value === 'bigint') onWritten(value)
        return null
      })
      // Of this connection alone: the file knows nothing of them.
      db.exec('PRAGMA temp_store = MEMORY')
      for (const table of tables) {
        for (const [event, row] of ROW_EVENTS) {
          db.exec(
            `CREATE TEMP TRIGGER ${name}_${table}_${event} AFTER ${event} ON main.${table}
             BEGIN SELECT ${name}(${row}.${column}); END`,
          )
        }
      }
    },
    close() {
      if (!isOpen) return
      flush()
      isOpen = false
      log?.close()
      db.close()
      durable?.tellAll()
    },
  }
}

interface Committed {
  /** Of a disk or a file that takes no writes. */
  readonly failed: StoreError | undefined
  /** The callers that are still to be told. */
  readonly told: readonly Told[]
}

/** Nobody hears of success before the commit, and after a commit that failed everybody hears of it. */
function commitTogether(db: DatabaseSync, batch: readonly Waiting[]): Committed {
  const told: Told[] = []
  let failed: StoreError | undefined
  try {
    db.exec('BEGIN IMMEDIATE')
    for (const one of batch) {
      const tell = runApart(db, one, (error) => {
        failed ??= error
      })
      told.push({ tell, reject: one.reject })
    }
    db.exec('COMMIT')
  } catch (error) {
    rollBack(db)
    const reason = toStoreError(error)
    for (const { reject } of batch) reject(reason)
    return { failed: isTrouble(reason) ? reason : failed, told: [] }
  }
  return { failed, told }
}

function runApart(
  db: DatabaseSync,
  { run, reject }: Waiting,
  onTrouble: (error: StoreError) => void,
): () => void {
  db.exec('SAVEPOINT one')
  try {
    const { isUndone, tell } = run()
    if (isUndone) db.exec('ROLLBACK TO one')
    db.exec('RELEASE one')
    return tell
  } catch (error) {
    // A full disk or an I/O error can end the whole transaction, not only the savepoint: then nothing stands.
    if (!db.isTransaction) throw error
    db.exec('ROLLBACK TO one')
    db.exec('RELEASE one')
    const reason = toStoreError(error)
    if (isTrouble(reason)) onTrouble(reason)
    return () => reject(reason)
  }
}

/** SQLite may have rolled back already, and may fail to: either way the next BEGIN says how things are. */
function rollBack(db: DatabaseSync): void {
  try {
    if (db.isTransaction) db.exec('ROLLBACK')
  } catch {
    // The error that led here is the one to report.
  }
}

const READ_ONLY = 8
const IO_ERROR = 10
const FULL = 13
/** Results that are the fault of the disk or the file, not of the statement: 11 and 26 are damaged, 14 cannot be opened. */
const TROUBLES: ReadonlySet<number> = new Set([READ_ONLY, IO_ERROR, 11, FULL, 14, 26])

function isTrouble({ engineCode }: StoreError): boolean {
  return engineCode !== undefined && TROUBLES.has(engineCode)
}

/** SQLite's primary result code; undefined for errors that are not SQLite's. */
export function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  return error.errcode & 0xff
}

function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const engineCode = resultCode(error)
  const options = { cause: error, engineCode }
  switch (engineCode) {
    case FULL:
      return new StoreError('STORE_FULL', 'the disk is full: nothing of this was written', options)
    case READ_ONLY:
      return new StoreError('STORE_READ_ONLY', 'the data folder has become read-only', options)
    case IO_ERROR:
      return new StoreError('STORE_FAILED', 'the disk refuses to be read or written', options)
    default:
      return new StoreError('STORE_FAILED', 'the store could not do this', options)
  }
}

function closed(): StoreError {
  return new StoreError('STORE_CLOSED', 'the store is closed')
}

export { DatabaseSync }
