/**
 * Decisions: what the rules ask of storage. A decision is a generator that yields statements and is given their answers.
 * It does no I/O and reads no clock, and the driver may run it again from the start: that is how one decision serves every
 * engine. All of its writes are committed together, or none is; those of a decision that says no are not ({@link isRefusal}).
 */
import type { Nudge } from '../bus/nudge.ts'
import { withIdLists } from './id-list.ts'

/** A value of a column or of a parameter. Integers come back as bigints. */
export type Value = bigint | number | string | Uint8Array | null

/** A row, by column. */
export type Row = Readonly<Record<string, Value>>

/** Values by the names of a statement's parameters. */
export type Params = Readonly<Record<string, Value>>

/** One step of a decision: a statement with the kind of answer it wants, a lock, news for after the commit, or new ids. */
export type Step =
  | {
      readonly kind: 'row' | 'rows' | 'run' | 'send'
      readonly statement: Statement
      readonly params: Params
    }
  | { readonly kind: 'alone'; readonly subject: string }
  | { readonly kind: 'nudge'; readonly nudge: Nudge }
  | { readonly kind: 'beginIds'; readonly table: string; readonly column: string; readonly first: number }

/** A decision that comes to a `T`. */
export type Decision<T> = Generator<Step, T, unknown>

/**
 * The outcome of a decision that says no. The driver undoes what the decision has written, and publishes none of its news. A
 * decision that says no and keeps what it wrote, such as the count of a wrong code, has an outcome of another kind.
 */
export interface Refusal {
  readonly kind: 'refused'
}

/** Tells whether the outcome of a decision is a no. */
export function isRefusal(outcome: unknown): outcome is Refusal {
  return typeof outcome === 'object' && outcome !== null && 'kind' in outcome && outcome.kind === 'refused'
}

const NO_PARAMS: Params = {}
const PARAMETER = /:([A-Za-z]\w*)/g
const registered: Statement[] = []

/** A statement of SQL that every engine takes. It is made once, when its module loads; {@link sql} makes it. */
export class Statement {
  readonly text: string
  /** The parameters, in the order in which they appear first. */
  readonly names: readonly string[]
  /** The parameters, one for each place in the text. */
  readonly places: readonly string[]
  /** The place in {@link registeredStatements}. */
  readonly index: number

  constructor(text: string) {
    this.text = text
    this.places = [...text.matchAll(PARAMETER)].map(([, name = '']) => name)
    this.names = [...new Set(this.places)]
    this.index = registered.push(this) - 1
  }

  /**
   * The text with parameters by place, and with lists of ids as the engine has them.
   *
   * @param sign of SQLite, `?`, which stands alone, for `places`; or of PostgreSQL, `$`, which gives `$1`, for `names`
   */
  placed(sign: '?' | '$'): string {
    const text = withIdLists(this.text, sign)
    // Node 22.18 does not bind values to places with a number. A bare `?` that is compared with a column of a partial index
    // makes SQLite prepare the statement again whenever another value is bound to it; with a plus, which changes no value, it
    // does not.
    if (sign === '?') return text.replace(PARAMETER, '+?')
    return text.replace(PARAMETER, (_, name: string) => `$${this.names.indexOf(name) + 1}`)
  }

  /** The first row; undefined if there is none. */
  *row(params: Params = NO_PARAMS): Decision<Row | undefined> {
    return (yield { kind: 'row', statement: this, params }) as Row | undefined
  }

  /** All rows. */
  *rows(params: Params = NO_PARAMS): Decision<readonly Row[]> {
    return (yield { kind: 'rows', statement: this, params }) as readonly Row[]
  }

  /** Runs the statement. @returns the number of rows it wrote */
  *run(params: Params = NO_PARAMS): Decision<number> {
    return (yield { kind: 'run', statement: this, params }) as number
  }

  /** Runs the statement where nobody looks at the answer: a driver need not wait for it. */
  *send(params: Params = NO_PARAMS): Decision<void> {
    yield { kind: 'send', statement: this, params }
  }
}

/**
 * Makes a statement. Parameters are written `:name`; only constants of the module may be interpolated.
 *
 * @example
 * const findPhone = sql`SELECT phone FROM users WHERE id = :userId`
 */
export function sql(parts: TemplateStringsArray, ...constants: readonly (string | number)[]): Statement {
  return new Statement(String.raw({ raw: parts }, ...constants))
}

/** Every statement of the modules that are loaded. */
export function registeredStatements(): readonly Statement[] {
  return registered
}

/**
 * Holds everybody else's decisions about a subject until this one is committed. Comes before the first read of what it
 * guards. A decision that guards several subjects names them in sorted order.
 */
export function* alone(...subject: readonly (string | number | bigint)[]): Decision<void> {
  yield { kind: 'alone', subject: subject.join(' ') }
}

/** Tells subscribers, after the commit, that something has changed; they read the store. */
export function* nudge(news: Nudge): Decision<void> {
  yield { kind: 'nudge', nudge: news }
}

/** Has a table that gives its rows ids begin with this one again. Each engine has its own way to say that. */
export function* beginIds(table: string, column: string, first: number): Decision<void> {
  yield { kind: 'beginIds', table, column, first }
}
