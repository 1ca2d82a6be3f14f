import type { Combinator, MethodError } from '../schema/index.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&nbsp;': ' ',
  '&raquo;': '»',
}

/** Turns a description (HTML with the publisher's links) into one line of plain text. */
export function plainText(html: string): string {
  return html
    .replace(/\{@link (?:(\w+)\.)?Raw(\w+?)(?:Request)?\}/g, (_, space: string | undefined, name: string) => {
      const own = name.charAt(0).toLowerCase() + name.slice(1)
      return space === undefined ? own : `${space}.${own}`
    })
    .replace(/<br\s*\/?>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\s*»/g, '')
    .replaceAll('*/', '*\\/')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Doc comment of these lines; an empty string for no lines. */
export function docComment(lines: readonly string[], indent: string): string {
  if (lines.length === 0) return ''
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}\n`).join('')}${indent} */\n`
}

/** One line for a constructor or a field. */
export function shortDoc(description: string | undefined, indent: string): string {
  const text = plainText(description ?? '')
  return docComment(text === '' ? [] : [text], indent)
}

const CALLERS = { both: 'users and bots', user: 'users', bot: 'bots' }

/** Doc comment of a method: its purpose, its callers and its errors. */
export function methodDoc(method: Combinator, indent: string): string {
  const lines = [plainText(method.description ?? '')]
  if (method.available !== undefined) lines.push(`Available to ${CALLERS[method.available]}.`)
  const errors = method.errors.map((error) => `${error.code} ${errorType(error)}`)
  if (errors.length > 0) lines.push(`Errors: ${[...new Set(errors)].join(', ')}.`)
  return docComment(
    lines.filter((line) => line !== ''),
    indent,
  )
}

/** Turns an error's name into an RpcError's `type`: `FLOOD_WAIT_%d` becomes FLOOD_WAIT, `FILE_PART_%d_MISSING` becomes FILE_PART_X_MISSING. */
export function errorType({ name }: MethodError): string {
  return name.replace(/_%[ds]$/, '').replace(/%[ds]/, 'X')
}
