import { readFileSync } from 'node:fs'
import { paths } from '../paths.ts'

/** An error as `@cablegram/tl/errors.json` has it. */
export interface ErrorFact {
  readonly code: number
  /** The text on the wire; `X` stands for a number. */
  readonly name: string
  /** TL names, or `any` for what every method may answer. */
  readonly methods: readonly string[] | 'any'
  readonly cause?: string
  readonly advice?: string
  readonly source: 'telegram' | 'ours'
  /** Why no rule of the local server makes it. */
  readonly faultOnly?: string
  /** A way to make it happen on the local server: a command line, or a sentence. */
  readonly make?: string
}

/** Every error, in several orders. */
export interface Errors {
  readonly rows: readonly ErrorFact[]
  /** Those of any method. */
  readonly any: readonly ErrorFact[]
  /** By name; a name may have several codes. */
  readonly byName: ReadonlyMap<string, readonly ErrorFact[]>
  /** The rows that name a method, by code. */
  readonly byMethod: ReadonlyMap<string, readonly ErrorFact[]>
}

/** Reads the errors. */
export function readErrors(): Errors {
  const rows: ErrorFact[] = JSON.parse(readFileSync(paths.errors, 'utf8'))
  return {
    rows,
    any: rows.filter(({ methods }) => methods === 'any'),
    byName: groupBy(rows, ({ name }) => [name]),
    byMethod: groupBy(
      rows.toSorted((a, b) => order(a) - order(b)),
      ({ methods }) => (methods === 'any' ? [] : methods),
    ),
  }
}

/** Negative codes come last. */
function order({ code }: ErrorFact): number {
  return code < 0 ? 1000 - code : code
}

/** The part of an error's address after `/errors/`: `No workers running` has spaces. */
export function errorSlug(name: string): string {
  return name.replaceAll(' ', '_')
}

/** The `type` of an error in our clients: its name without the number at the end. */
export function errorType(name: string): string {
  return name.replace(/_X$/, '')
}

/** Lists of values by the keys that each value has. */
export function groupBy<T>(
  values: Iterable<T>,
  keysOf: (value: T) => readonly string[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const value of values) {
    for (const key of keysOf(value)) {
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [value])
      else group.push(value)
    }
  }
  return groups
}
