import type { MethodError, Schema } from '../schema/index.ts'
import { HEADER } from './javascript.ts'

/** Our knowledge of an error besides its code, name and methods. */
export interface ErrorTexts {
  /** When the error comes, one sentence. */
  readonly cause?: string
  /** Advice to the developer of a client, one sentence. */
  readonly advice?: string
  /** Reason that no rule of Cablegram's server makes it, for an error that only a fault makes there. */
  readonly faultOnly?: string
  /** Commands that make it happen on a local server. */
  readonly make?: string
  /** Next step of a person at the command line, if that is not the advice. */
  readonly command?: string
}

/** Texts for methods that have them in common. */
export interface WrittenRow extends Omit<ErrorTexts, 'make'> {
  /** One text for all methods, or a text for each. */
  readonly make?: string | Readonly<Record<string, string>>
  /** Methods that Telegram lists with this error, or `any`. */
  readonly methods?: readonly string[] | 'any'
  /** Methods that Telegram lists without it, or with no cause that one could test. */
  readonly ours?: readonly string[] | 'any'
}

/** The texts that are written by hand. */
export interface WrittenErrors {
  /** By code and name, such as `400 PHONE_CODE_INVALID`. */
  readonly rows: readonly (readonly [string, WrittenRow])[]
  /** For every method without a row of its own, by name. */
  readonly names: ReadonlyMap<string, ErrorTexts>
}

/** One row of `@cablegram/tl/errors.json`. */
export interface ErrorRow extends ErrorTexts {
  readonly code: number
  /** The text on the wire; an X stands for a number. */
  readonly name: string
  readonly methods: readonly string[] | 'any'
  readonly source: 'telegram' | 'ours'
}

/** The declaration of a row, for readers of `@cablegram/tl/errors`. */
export const ERROR_ROW_DECLARATION: string = `/** A row of \`@cablegram/tl/errors.json\`: an error, the methods that answer with it, and what to do about it. */
export interface ErrorRow {
  readonly code: number
  /** The text on the wire; an X stands for a number. Code and name together identify an error. */
  readonly name: string
  /** TL names, or \`any\` for an error that every method may answer with. */
  readonly methods: readonly string[] | 'any'
  /** When the error comes. */
  readonly cause?: string
  /** Advice to the developer of a client. */
  readonly advice?: string
  /** \`ours\` if Telegram does not list the error for these methods, or does not say what causes it. */
  readonly source: 'telegram' | 'ours'
  /** Reason that no rule of Cablegram's server makes it, for an error that only a fault makes there. */
  readonly faultOnly?: string
  /** Commands that make it happen on a local server. A row without this and without \`faultOnly\` is not answered there. */
  readonly make?: string
  /** Next step of a person at the command line, if that is not the advice. */
  readonly command?: string
}
`

/** The types of `errors.json`. */
export const ERROR_ROWS_DECLARATION: string = `${HEADER}import type { ErrorRow } from './errors.js' with { 'resolution-mode': 'import' }
/** Every known error, by name. */
declare const errors: readonly ErrorRow[]
export = errors
`

/** Joins the schema's errors with what is written about them. @throws TypeError an error is written twice */
export function errorRows(schema: Schema, { rows, names }: WrittenErrors): ErrorRow[] {
  const written = rows.flatMap(([text, row]) => writtenRows(text, row))
  const seen = new Set<string>()
  for (const row of written) {
    for (const method of methodsOf(row)) {
      const key = `${row.code} ${row.name} ${method}`
      if (seen.has(key)) throw new TypeError(`sources/errors has ${key} twice`)
      seen.add(key)
    }
  }
  const ofAny = new Map(written.filter(isOfAny).map((row) => [`${row.code} ${row.name}`, row]))
  const others = [...documented(schema)].flatMap(([text, methods]): ErrorRow[] => {
    const left = methods.filter((method) => !seen.has(`${text} ${method}`))
    if (left.length === 0) return []
    const { code, name } = codeAndName(text)
    const texts =
      names.get(name) ??
      ofAny.get(text) ??
      withoutMake(written.find((row) => isOfAny(row) && row.name === name))
    return [inOrder({ ...texts, code, name, methods: left, source: 'telegram' })]
  })
  return [...written, ...others].sort(byName)
}

/** Prints the rows as JSON, a line each. */
export function emitErrorRows(rows: readonly ErrorRow[]): string {
  return `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`
}

/** The name of an error as rows have it. */
export function errorName({ name }: MethodError): string {
  return name.replace(/%[ds]/, 'X')
}

/** The methods of each error, by code and name. */
function documented({ methods }: Schema): Map<string, string[]> {
  const byError = new Map<string, string[]>()
  for (const { name, errors } of methods) {
    for (const error of errors) {
      const text = `${error.code} ${errorName(error)}`
      const known = byError.get(text) ?? []
      if (!known.includes(name)) byError.set(text, [...known, name])
    }
  }
  return byError
}

function writtenRows(text: string, { methods, ours, make, ...texts }: WrittenRow): ErrorRow[] {
  const { code, name } = codeAndName(text)
  const row = (of: Methods | undefined, source: ErrorRow['source']): ErrorRow[] =>
    byMake(of, make).map(([of, make]) =>
      inOrder({ ...texts, ...(make && { make }), code, name, methods: of, source }),
    )
  return [...row(methods, 'telegram'), ...row(ours, 'ours')]
}

type Methods = readonly string[] | 'any'

/** Methods in groups that are made to fail in the same way. @throws TypeError a method is left out */
function byMake(
  methods: Methods | undefined,
  make: WrittenRow['make'],
): (readonly [Methods, string | undefined])[] {
  if (methods === undefined) return []
  if (typeof make !== 'object' || methods === 'any')
    return [[methods, typeof make === 'object' ? undefined : make]]
  const groups = new Map<string, string[]>()
  for (const method of methods) {
    const own = make[method]
    if (own === undefined) throw new TypeError(`sources/errors: make has no ${method}`)
    groups.set(own, [...(groups.get(own) ?? []), method])
  }
  return [...groups].map(([own, of]) => [of, own])
}

/** Cause and advice of an error that is documented under another code, too. */
function withoutMake(row: ErrorRow | undefined): ErrorTexts {
  return {
    ...(row?.cause !== undefined && { cause: row.cause }),
    ...(row?.advice !== undefined && { advice: row.advice }),
  }
}

function codeAndName(text: string): { code: number; name: string } {
  const space = text.indexOf(' ')
  return { code: Number(text.slice(0, space)), name: text.slice(space + 1) }
}

function methodsOf({ methods }: ErrorRow): readonly string[] {
  return methods === 'any' ? ['any'] : methods
}

function isOfAny({ methods }: ErrorRow): boolean {
  return methods === 'any'
}

/** The same fields in the order in which people read them; `command` last. */
function inOrder({
  code,
  name,
  methods,
  cause,
  advice,
  source,
  faultOnly,
  make,
  command,
}: ErrorRow): ErrorRow {
  return {
    code,
    name,
    methods,
    ...(cause !== undefined && { cause }),
    ...(advice !== undefined && { advice }),
    source,
    ...(faultOnly !== undefined && { faultOnly }),
    ...(make !== undefined && { make }),
    ...(command !== undefined && { command }),
  }
}

function byName(a: ErrorRow, b: ErrorRow): number {
  const key = ({ name }: ErrorRow) => name
  if (key(a) !== key(b)) return key(a) < key(b) ? -1 : 1
  return (
    Math.abs(a.code) - Math.abs(b.code) ||
    Number(isOfAny(b)) - Number(isOfAny(a)) ||
    (methodsOf(a)[0] ?? '').localeCompare(methodsOf(b)[0] ?? '', 'en')
  )
}
