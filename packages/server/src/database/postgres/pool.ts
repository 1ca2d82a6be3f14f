/** The connections of a store: a bounded number, opened when they are needed, and a bounded queue for them. */
import { StoreError } from '../errors.ts'
import type { Connection } from './connection.ts'
import { unreachable } from './errors.ts'

/** Limits of a pool. */
export interface PoolLimits {
  readonly maxConnections: number
  /** Decisions that wait for a connection; more are refused. */
  readonly maxWaiting: number
  /** Time limit of a decision's wait for a connection. */
  readonly waitMs: number
}

/** Surroundings of a pool: opens connections, hears of trouble. */
export interface PoolParts {
  /** @param onLost to be told when the connection has ended */
  readonly connect: (onLost: () => void) => Promise<Connection>
  /** Told when no connection can be had any more, and, with undefined, when there is one again. */
  readonly onTrouble: (trouble: StoreError | undefined) => void
  /** A number from 0 to 1, for the pauses between attempts. */
  readonly chance: () => number
}

/** The pool. */
export interface Pool {
  /** The reason why no connection can be had now. */
  readonly down: StoreError | undefined
  /**
   * A connection for one transaction.
   *
   * @throws {StoreError} STORE_UNREACHABLE, at once while the server is down; STORE_LATE, if none is free in time
   */
  take(): Promise<Connection>
  /** Gives a connection back. What was sent on it may still be unanswered. */
  give(connection: Connection): void
  /** Closes the connections that nobody uses: they may lead nowhere, as the one that was lost. */
  doubt(): void
  /** Waits until a connection can be had again. */
  whenUp(): Promise<void>
  close(): Promise<void>
}

interface Waiter {
  readonly resolve: (connection: Connection) => void
  readonly reject: (error: StoreError) => void
  readonly timer: NodeJS.Timeout
}

const FIRST_PAUSE_MS = 100
const LAST_PAUSE_MS = 1000

/** Makes a pool without connections. */
export function createPool(limits: PoolLimits, { connect, onTrouble, chance }: PoolParts): Pool {
  const open = new Set<Connection>()
  let idle: Connection[] = []
  const waiting = new Set<Waiter>()
  const upListeners = new Set<{ resolve: () => void; reject: (error: StoreError) => void }>()
  let opening = 0
  /** Connections opened so far. */
  let opened = 0
  let down: StoreError | undefined
  let pauseMs = FIRST_PAUSE_MS
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function give(connection: Connection): void {
    if (connection.isLost) return
    const [first] = waiting
    if (first === undefined) {
      idle.push(connection)
      return
    }
    waiting.delete(first)
    clearTimeout(first.timer)
    first.resolve(connection)
  }

  function forget(connection: Connection): void {
    open.delete(connection)
    idle = idle.filter((one) => one !== connection)
    openMore()
  }

  function openMore(): void {
    if (isClosed || down !== undefined) return
    const wanted = Math.min(waiting.size - opening, limits.maxConnections - open.size - opening)
    for (let i = 0; i < wanted; i += 1) void openOne()
  }

  async function openOne(): Promise<void> {
    const openedBefore = opened
    opening += 1
    try {
      let ready: Connection | undefined
      const connection = await connect(() => ready && forget(ready))
      ready = connection
      if (connection.isLost) throw new Error('the connection was closed')
      open.add(connection)
      opened += 1
      up()
      if (isClosed) await connection.end()
      else give(connection)
      opening -= 1
    } catch (error) {
      opening -= 1
      fail(error, openedBefore)
    }
  }

  function fail(error: unknown, openedBefore: number): void {
    // With a connection left, the decisions that wait get that one.
    if (open.size > 0) return
    // An attempt that began before another one succeeded tells how things were then.
    if (opened > openedBefore && down === undefined) openMore()
    else goDown(unreachable(error))
  }

  function up(): void {
    pauseMs = FIRST_PAUSE_MS
    const wasDown = down !== undefined
    down = undefined
    clearTimeout(timer)
    timer = undefined
    for (const { resolve } of upListeners) resolve()
    upListeners.clear()
    if (wasDown) onTrouble(undefined)
  }

  function goDown(error: StoreError): void {
    const isNews = down === undefined
    down = error
    rejectAll(error)
    if (isClosed) return
    tryLater()
    if (isNews) onTrouble(error)
  }

  /** One attempt at a time, however many have failed together. */
  function tryLater(): void {
    if (timer !== undefined) return
    timer = setTimeout(
      () => {
        timer = undefined
        void openOne()
      },
      pauseMs * (0.5 + chance() / 2),
    ).unref()
    pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS)
  }

  function rejectAll(error: StoreError): void {
    for (const { reject, timer: late } of waiting) {
      clearTimeout(late)
      reject(error)
    }
    waiting.clear()
  }

  return {
    get down() {
      return down
    },
    give,
    async take() {
      if (isClosed) throw closed()
      if (down !== undefined) throw down
      const ready = idle.pop()
      if (ready !== undefined) return ready
      if (waiting.size >= limits.maxWaiting) throw busy()
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(waiter)
          reject(busy())
        }, limits.waitMs)
        const waiter: Waiter = { resolve, reject, timer: late }
        waiting.add(waiter)
        openMore()
      })
    },
    doubt() {
      for (const connection of [...idle]) connection.destroy()
    },
    whenUp() {
      if (isClosed) return Promise.reject(closed())
      if (down === undefined) return Promise.resolve()
      return new Promise((resolve, reject) => upListeners.add({ resolve, reject }))
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      rejectAll(closed())
      for (const { reject } of upListeners) reject(closed())
      await Promise.all([...open].map((connection) => connection.end()))
    },
  }
}

function busy(): StoreError {
  return new StoreError('STORE_LATE', 'PostgreSQL is too busy: no connection was free in time')
}

function closed(): StoreError {
  return new StoreError('STORE_CLOSED', 'the store is closed')
}
