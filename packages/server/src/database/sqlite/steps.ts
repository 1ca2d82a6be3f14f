import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Nudge } from '../../bus/nudge.ts'
import type { Decision, Statement, Step, Value } from '../decision.ts'

/** Runs decisions on one connection, from the first step to the last without a pause: nobody else writes in between. */
export interface Steps {
  /** Inside a write. Nudges are collected in `nudges`. */
  decide<T>(decision: Decision<T>, nudges: Nudge[]): T
  /** Inside a read. @throws {TypeError} for a step that is no SELECT */
  look<T>(decision: Decision<T>): T
}

/** Statements are prepared when they are first used. */
export function createSteps(db: DatabaseSync): Steps {
  const prepared: StatementSync[] = []

  function prepare(statement: Statement): StatementSync {
    const known = prepared[statement.index]
    if (known !== undefined) return known
    const made = db.prepare(statement.placed('?'))
    made.setReadBigInts(true)
    prepared[statement.index] = made
    return made
  }

  function ask({ kind, statement, params }: Extract<Step, { statement: Statement }>): unknown {
    const values = statement.places.map((name) => parameter(params, name, statement))
    const made = prepare(statement)
    if (kind === 'row') return made.get(...values)
    if (kind === 'rows') return made.all(...values)
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
        if (step.kind === 'alone') return undefined
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

/** A table without AUTOINCREMENT has no row there: it goes on from its highest id, and an empty one begins with 1. */
function beginIds(db: DatabaseSync, { table, first }: Extract<Step, { kind: 'beginIds' }>): void {
  db.prepare('UPDATE sqlite_sequence SET seq = ? WHERE name = ?').run(first - 1, table)
}

function parameter(params: Readonly<Record<string, Value>>, name: string, { text }: Statement): Value {
  const value = params[name]
  if (value === undefined) throw new TypeError(`no value for :${name} in ${text}`)
  return value
}
