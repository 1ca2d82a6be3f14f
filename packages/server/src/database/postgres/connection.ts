/** One connection to PostgreSQL. Queries are sent at once, without waiting for the answers of those before. */
import { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Row, Value } from '../decision.ts'
import { ConnectionLost, endsConnection, sqlState } from './errors.ts'
import type { Pg } from './pg-module.ts'
import { parserOf } from './values.ts'

/** A query. With a name, PostgreSQL keeps it prepared. */
export interface Query {
  readonly name?: string
  readonly text: string
  readonly values?: readonly Value[]
}

/** The answer to a query. */
export interface Answer {
  readonly rows: readonly Row[]
  /** The rows that were written, or read. */
  readonly count: number
  /** The command that was performed; `ROLLBACK` answers a COMMIT of a failed transaction. */
  readonly command: string
}

/** An open connection. */
export interface Connection {
  /** The number of the server's process. */
  readonly pid: number
  /** Names the connection in the table `decided`. */
  readonly id: string
  readonly isLost: boolean
  /** Rejects with {@link ConnectionLost} if the connection ends before the answer. */
  ask(query: Query): Promise<Answer>
  /** Ends the connection at once; queries that wait for answers fail. */
  destroy(): void
  /** Ends the connection once its queries are answered. */
  end(): Promise<void>
}

/** Limits of a connection, and where it goes to. */
export interface ConnectionOptions {
  readonly url: string
  readonly connectTimeoutMs: number
  /** The server ends a statement that takes longer. */
  readonly statementTimeoutMs: number
  /** The server ends a wait for a lock that takes longer. */
  readonly lockTimeoutMs: number
  /** A connection without an answer for longer is given up. */
  readonly answerTimeoutMs: number
}

/** Time limit of an orderly end. */
const END_WITHIN_MS = 1000

/** Opens a connection. @param onLost told once, when the connection has ended without {@link Connection.end} */
export async function openConnection(
  { Client }: Pg,
  options: ConnectionOptions,
  id: string,
  onLost: () => void,
): Promise<Connection> {
  const socket = new Socket()
  socket.setNoDelay(true)
  const client = new Client({
    connectionString: options.url,
    stream: () => socket,
    pipeline: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    fallback_application_name: 'cablegram',
    connectionTimeoutMillis: options.connectTimeoutMs,
    statement_timeout: options.statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs,
    idle_in_transaction_session_timeout: options.answerTimeoutMs,
    query_timeout: options.answerTimeoutMs,
    types: { getTypeParser: parserOf as never },
  })
  let lostBy: unknown
  let isLost = false
  let isOpen = false
  let isEnding = false
  let isCorked = false

  function lose(cause: unknown): void {
    lostBy ??= cause
    if (isLost || isEnding) return
    isLost = true
    socket.destroy()
    if (isOpen) onLost()
  }

  /** Puts the queries of one turn of the event loop into one packet. */
  function cork(): void {
    if (isCorked) return
    isCorked = true
    socket.cork()
    process.nextTick(() => {
      isCorked = false
      socket.uncork()
    })
  }

  function failed(error: unknown): unknown {
    if (sqlState(error) !== undefined && !endsConnection(error)) return error
    lose(error)
    return new ConnectionLost('the connection to PostgreSQL has ended', { cause: lostBy })
  }

  client.on('error', lose)
  client.on('end', () => lose(new Error('the connection was closed')))
  try {
    await client.connect()
    isOpen = true
  } catch (error) {
    isEnding = true
    socket.destroy()
    throw error
  }
  return {
    id,
    pid: 'processID' in client && typeof client.processID === 'number' ? client.processID : 0,
    get isLost() {
      return isLost || isEnding
    },
    async ask({ name, text, values }) {
      if (isLost) throw new ConnectionLost('the connection to PostgreSQL has ended', { cause: lostBy })
      cork()
      const asked = { text, ...(name !== undefined && { name }), ...(values && { values: [...values] }) }
      try {
        const { rows, rowCount, command } = await client.query<Row>(asked)
        return { rows, count: rowCount ?? 0, command }
      } catch (error) {
        throw failed(error)
      }
    },
    destroy: () => lose(new Error('the connection was given up')),
    async end() {
      if (isLost) return
      isEnding = true
      // A server that is silent never answers the goodbye.
      const ended = new AbortController()
      const late = delay(END_WITHIN_MS, undefined, { signal: ended.signal })
      await Promise.allSettled([Promise.race([client.end(), late])])
      ended.abort()
      late.catch(() => {})
      socket.destroy()
    },
  }
}
