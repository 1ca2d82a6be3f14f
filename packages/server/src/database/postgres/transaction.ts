/** One decision, run once, as one transaction on one connection. */
import type { Nudge } from '../../bus/nudge.ts'
import { type Decision, isRefusal, type Statement, type Step } from '../decision.ts'
import type { Answer, Connection, Query } from './connection.ts'
import { ConnectionLost } from './errors.ts'
import { type Locks, lockQuery } from './locks.ts'
import { type Trace, traceQuery } from './trace.ts'
import { placedValues } from './values.ts'

/** A decision that has begun, with its first step. */
export interface Begun<T> {
  readonly decision: Decision<T>
  readonly first: IteratorResult<Step, T>
}

/** A decision that has run. */
export interface Ran<T> {
  readonly value: T
  readonly nudges: readonly Nudge[]
  /** The trace, if the connection ended during COMMIT: nobody knows yet whether the decision stands. */
  readonly unknown: Trace | undefined
}

type Asking = Extract<Step, { statement: unknown }>

/** Runs the first step of a decision, which needs no connection yet. */
export function begin<T>(run: () => Decision<T>): Begun<T> {
  const decision = run()
  return { decision, first: decision.next() }
}

/** Options of a transaction that writes. */
export interface Writing {
  readonly locks: Locks
  /** Grows from transaction to transaction. */
  readonly number: bigint
  /** Nobody waits for it: its commit need not wait for the disk, and leaves no trace. */
  readonly isDeferred: boolean
}

/**
 * Runs a decision in a transaction and commits it, or undoes it if it says no.
 *
 * @throws {ConnectionLost} if the connection ends before the COMMIT: nothing was done
 */
export async function decideOn<T>(
  connection: Connection,
  { decision, first }: Begun<T>,
  { locks, number, isDeferred }: Writing,
): Promise<Ran<T>> {
  const sent = new Sent(connection)
  const nudges: Nudge[] = []
  let hasWritten = false

  async function answer(step: Step): Promise<unknown> {
    if (step.kind === 'nudge') return nudges.push(step.nudge)
    if (step.kind === 'alone') return void sent.send(lockQuery(locks, step.subject))
    if (step.kind === 'beginIds') return void sent.send(restartOf(step))
    hasWritten ||= isWrite(step)
    if (step.kind === 'send') return void sent.send(queryOf(step))
    return answerOf(step, await sent.ask(queryOf(step)))
  }

  try {
    void sent.send(BEGIN)
    if (isDeferred) void sent.send(SOON)
    let next = first
    while (!next.done) next = decision.next(await answer(next.value))
    if (hasWritten && isRefusal(next.value)) return await undone(sent, next.value)
    const trace = hasWritten && !isDeferred ? { connectionId: connection.id, number } : undefined
    if (trace !== undefined) void sent.send(traceQuery(trace))
    return { value: next.value, nudges, unknown: await commit(sent, trace) }
  } catch (error) {
    sent.abandon()
    throw error
  }
}

/** Undoes what a decision that says no has written. Its no counts once all statements before have succeeded. */
async function undone<T>(sent: Sent, value: T): Promise<Ran<T>> {
  await sent.ask(ROLLBACK)
  return { value, nudges: [], unknown: undefined }
}

/** @returns the trace, if it is needed: the connection ended, and the server may or may not have committed */
async function commit(sent: Sent, trace: Trace | undefined): Promise<Trace | undefined> {
  try {
    const { command } = await sent.ask(COMMIT)
    if (command === 'COMMIT') return undefined
    throw new Error(`PostgreSQL answered COMMIT with ${command}`)
  } catch (error) {
    if (error instanceof ConnectionLost && trace !== undefined) return trace
    throw error
  }
}

/** Runs a decision that only reads, on one snapshot. @throws {TypeError} for a step that is no SELECT */
export async function lookOn<T>(connection: Connection, { decision, first }: Begun<T>): Promise<T> {
  const sent = new Sent(connection)
  try {
    void sent.send(BEGIN_READING)
    let next = first
    while (!next.done) next = decision.next(await read(sent, next.value))
    void sent.send(COMMIT)
    return next.value
  } catch (error) {
    sent.abandon()
    throw error
  }
}

/** The statement that a decision begins with, if it only reads. */
export function firstRead({ first }: Begun<unknown>): Statement | undefined {
  if (first.done || (first.value.kind !== 'row' && first.value.kind !== 'rows')) return undefined
  const { statement } = first.value
  return READ.test(statement.text) ? statement : undefined
}

/**
 * Runs a decision of one statement without a transaction: a statement sees one snapshot by itself.
 *
 * @returns undefined if the decision has a second statement: it has to begin again
 */
export async function lookOnce<T>(
  connection: Connection,
  { decision, first }: Begun<T>,
): Promise<{ readonly value: T } | undefined> {
  if (first.done) return { value: first.value }
  const next = decision.next(await read(new Sent(connection), first.value))
  return next.done ? { value: next.value } : undefined
}

const BEGIN: Query = { text: 'BEGIN ISOLATION LEVEL READ COMMITTED' }
const BEGIN_READING: Query = { text: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY' }
const SOON: Query = { text: 'SET LOCAL synchronous_commit = off' }
const COMMIT: Query = { text: 'COMMIT' }
const ROLLBACK: Query = { text: 'ROLLBACK' }

async function read(sent: Sent, step: Step): Promise<unknown> {
  if (step.kind !== 'row' && step.kind !== 'rows')
    throw new TypeError(`a decision that only looks has a step of kind ${step.kind}`)
  return answerOf(step, await sent.ask(queryOf(step)))
}

function restartOf({ table, column, first }: Extract<Step, { kind: 'beginIds' }>): Query {
  return { text: `ALTER TABLE ${table} ALTER COLUMN ${column} RESTART WITH ${first}` }
}

const texts: string[] = []

/** Compiled once. */
function textOf(statement: Statement): string {
  texts[statement.index] ??= statement.placed('$')
  return texts[statement.index] ?? ''
}

function queryOf({ statement, params }: Asking): Query {
  return {
    name: `s${statement.index}`,
    text: textOf(statement),
    values: placedValues(statement, params),
  }
}

function answerOf({ kind }: Asking, { rows, count }: Answer): unknown {
  if (kind === 'row') return rows[0]
  return kind === 'rows' ? rows : count
}

const READ = /^\s*SELECT\b/i

function isWrite({ statement }: Asking): boolean {
  return !READ.test(statement.text)
}

/** The queries of one transaction that are under way. The first that fails is the reason why the others do. */
class Sent {
  readonly #connection: Connection
  #failure: { readonly error: unknown } | undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Sends a query whose answer is of no interest unless it is a failure. */
  send(query: Query): Promise<Answer> {
    const answer = this.#connection.ask(query)
    answer.catch((error: unknown) => {
      this.#failure ??= { error }
    })
    return answer
  }

  /** Sends a query and waits for its answer. @throws what the first query that failed was answered with */
  ask(query: Query): Promise<Answer> {
    return this.wait(this.send(query))
  }

  /** Waits for the answer to a query that was sent. Answers come in order: whatever failed before has failed by then. */
  async wait(answer: Promise<Answer>): Promise<Answer> {
    const [settled] = await Promise.allSettled([answer])
    if (this.#failure !== undefined) throw this.#failure.error
    if (settled?.status === 'fulfilled') return settled.value
    throw settled?.reason
  }

  /** Rolls back, without waiting: whatever is sent on the connection afterwards comes after it. */
  abandon(): void {
    if (!this.#connection.isLost) void this.send(ROLLBACK)
  }
}
