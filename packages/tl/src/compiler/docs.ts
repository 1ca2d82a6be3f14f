import type { Combinator, MethodError } from '../schema/index.ts'

/** Doc comment of these lines; an empty string for no lines. */
export function docComment(lines: readonly string[], indent: string): string {
  if (lines.length === 0) return ''
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`
  return `${indent}/**\n${lines
    .map((line) => `${indent} * ${line}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('')}${indent} */\n`
}

/** One line of text, if there is one. */
export function shortDoc(text: string | undefined, indent: string): string {
  return docComment(text === undefined ? [] : [text], indent)
}

const CALLERS = { both: 'users and bots', user: 'users', bot: 'bots' }

/** Texts of a method's doc comment, besides its facts. */
export interface MethodTexts {
  readonly about?: string | undefined
  readonly repeat?: string | undefined
  /** Address of the method's page. */
  readonly page?: string | undefined
}

/** Doc comment of a method: our words, its callers, its errors, and the address of its page. */
export function methodDoc(method: Combinator, { about, repeat, page }: MethodTexts, indent: string): string {
  const errors = method.errors.map((error) => `${error.code} ${errorType(error)}`)
  const paragraphs = [
    about,
    method.available && `Available to ${CALLERS[method.available]}.`,
    repeat && `Called again: ${repeat}`,
    errors.length > 0 ? `Errors: ${[...new Set(errors)].join(', ')}.` : undefined,
    page && `@see ${page}`,
  ].filter((text) => text !== undefined)
  const lines = paragraphs.flatMap((text, index) => (index === 0 ? [text] : ['', text]))
  return docComment(lines, indent)
}

/** Turns an error's name into an RpcError's `type`: `FLOOD_WAIT_%d` becomes FLOOD_WAIT, `FILE_PART_%d_MISSING` becomes FILE_PART_X_MISSING. */
export function errorType({ name }: MethodError): string {
  return name.replace(/_%[ds]$/, '').replace(/%[ds]/, 'X')
}
