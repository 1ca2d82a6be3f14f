import type { TypeExpr } from '@cablegram/tl/schema'
import { errorSlug } from '../model/errors.ts'
import type { About } from '../model/model.ts'

/** Marks descriptions of core.telegram.org. */
export const BORROWED_MARK = '°'

/** Markdown of a description, with its mark. */
export function aboutText(about: About | undefined, otherwise = ''): string {
  if (about === undefined) return otherwise
  return about.isBorrowed ? `${about.text} ${BORROWED_MARK}` : about.text
}

/** Link to a method's page. */
export function methodLink(name: string): string {
  return `[${name}](/methods/${name})`
}

/** Link to a constructor's page. */
export function constructorLink(name: string): string {
  return `[${name}](/constructors/${name})`
}

/** Link to a type's page. */
export function typeNameLink(name: string): string {
  return `[${name}](/types/${name})`
}

/** Link to an error's page. */
export function errorLink(name: string): string {
  return `[${name}](/errors/${errorSlug(name)})`
}

/** A type, each part with a link: `Vector<[InputUser](/types/InputUser)>`. */
export function typeLink(type: TypeExpr): string {
  switch (type.kind) {
    case 'vector':
      return `[${type.boxed ? 'Vector' : 'vector'}](/types/primitive#vector)<${typeLink(type.item)}>`
    case 'boxed':
      return typeNameLink(type.name)
    case 'bare':
      return constructorLink(type.name)
    case 'primitive':
      return `[${type.name}](/types/primitive#${type.name.toLowerCase()})`
    case 'generic':
      return `[!${type.name}](/types/primitive#generic)`
    case 'true':
      return '[true](/types/primitive#true)'
    case 'flags':
      return '#'
  }
}

/** Words of a sentence's list: `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** A table in Markdown; nothing without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

/** Text of one table cell: without line breaks and bare bars. */
function cell(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/(?<!\\)\|/g, '\\|')
}

/** Plain text of inline Markdown, for descriptions in the head of a page and in the search. */
export function plain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]|\\(?=[\\*[\]|_])/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/\s+/g, ' ')
    .replace(` ${BORROWED_MARK}`, '')
    .trim()
}

/** The first sentence of a text. */
export function firstSentence(text: string): string {
  return /^(?:[^.]|\.(?!\s))*\.?/.exec(text)?.[0] ?? text
}
