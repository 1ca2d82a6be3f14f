import type { Combinator, MethodError } from '../schema/index.ts'

/** Doc comment of these lines; an empty string for no lines. */
export function docComment(lines: readonly string[], indent: string): string {
  if (lines.length === 0) return ''
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}

const CALLERS = { both: 'users and bots', user: 'users', bot: 'bots' }

/** Doc comment of a method: its callers and its errors. */
export function methodDoc(method: Combinator, indent: string): string {
  const lines: string[] = []
  if (method.available !== undefined) lines.push(`Available to ${CALLERS[method.available]}.`)
  const errors = method.errors.map((error) => `${error.code} ${errorType(error)}`)
  if (errors.length > 0) lines.push(`Errors: ${[...new Set(errors)].join(', ')}.`)
  return docComment(lines, indent)
}

/** Turns an error's name into an RpcError's `type`: `FLOOD_WAIT_%d` becomes FLOOD_WAIT, `FILE_PART_%d_MISSING` becomes FILE_PART_X_MISSING. */
export function errorType({ name }: MethodError): string {
  return name.replace(/_%[ds]$/, '').replace(/%[ds]/, 'X')
}
