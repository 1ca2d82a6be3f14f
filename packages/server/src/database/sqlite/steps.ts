import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Nudge } from '../../bus/nudge.ts'
import type { Decision, Row, Statement, Step, Value } from '../decision.ts'

/** Runs decisions on one connection, from the first step to the last without a pause: nobody else writes in between. */
export interface Steps {
  /** Inside a write. Nudges are collected in `nudges`. */
  decide<T>(decision: Decision<T>, nudges: Nudge[]): T
  /** Inside a read. @throws {TypeError} for a step that is no SELECT */
  look<T>(decision: Decision<T>): T
}

/** A statement that gives its rows as arrays of the values of these columns. */
interface Prepared {
  readonly made: StatementSync
  readonly columns: readonly string[]
  /** A row of nothing, whose copies all have one shape. */
  readonly blank: Row
}

/** Statements are prepared when they are first used. @param onLock told of each subject that a decision is to be alone with */
export function createSteps(db: DatabaseSync, onLock: (subject: string) => void = () => {}): Steps {
  const prepared: Prepared[] = []

  function prepare(statement: Statement): Prepared {
    const known = prepared[statement.index]
    if (known !== undefined) return known
    const made = db.prepare(statement.placed('?'))
    made.setReadBigInts(true)
    made.setReturnArrays(true)
    const columns = made.columns().map(({ name }) => name)
    const blank = Object.fromEntries(columns.map((name) => [name, null]))
    const fresh = { made, columns, blank }
    prepared[statement.index] = fresh
    return fresh
  }

  function ask({ kind, statement, params }: Extract<Step, { statement: Statement }>): unknown {
    const values = statement.places.map((name) => parameter(params, name, statement))
    const ready = prepare(statement)
    const { made } = ready
    if (kind === 'row') return toRow(ready, made.get(...values))
    if (kind === 'rows') return made.all(...values).map((row) => toRow(ready, row))
    return Number(made.run(...values).changes)
  }

  function run<T>(decision: Decision<T>, answer: (step: Step) => unknown): T {
    let next = decision.next()
    while (!next.done) next = decision.next(answer(next.value))
    return next.value
  }

  return {
    decide: (decision, nudges) =>
      run(decision, (step) => {
        // There is one writer, so that a decision is always alone.
        if (step.kind === 'alone') return onLock(step.subject)
        if (step.kind === 'nudge') return nudges.push(step.nudge)
        if (step.kind === 'beginIds') return beginIds(db, step)
        return ask(step)
      }),
    look: (decision) =>
      run(decision, (step) => {
        if (step.kind !== 'row' && step.kind !== 'rows')
          throw new TypeError(`a decision that only looks has a step of kind ${step.kind}`)
        return ask(step)
      }),
  }
}

/**
 * Puts a row together. Objects that Node makes of rows are hash tables, and take it half as long again to make; these have the
 * shape that all rows of the statement have.
 */
function toRow({ columns, blank }: Prepared, values: unknown): Row | undefined {
  if (!Array.isArray(values)) return undefined
  const row: Record<string, Value> = { ...blank }
  for (let at = 0; at < columns.length; at++) row[columns[at] ?? ''] = values[at]
  return row
}

/** A table without AUTOINCREMENT has no row there: it goes on from its highest id, and an empty one begins with 1. */
function beginIds(db: DatabaseSync, { table, first }: Extract<Step, { kind: 'beginIds' }>): void {
  db.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ?').run(first - 1, table)
}

function parameter(params: Readonly<Record<string, Value>>, name: string, { text }: Statement): Value {
  const value = params[name]
  if (value === undefined) throw new TypeError(`no value for :${name} in ${text}`)
  return value
}
