import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { paths } from '../paths.ts'

/**
 * Descriptions of core.telegram.org, as `@mtcute/core` publishes them (MIT). Only pages that stay on this machine show
 * them, each marked; nothing of them is published.
 */
export interface Borrowed {
  method(name: string): string | undefined
  constructor_(name: string): string | undefined
  type(name: string): string | undefined
  field(combinator: string, field: string): string | undefined
  error(method: string, code: number, name: string): string | undefined
}

interface Entry {
  readonly kind: 'class' | 'method'
  readonly name: string
  readonly comment?: string
  readonly arguments?: readonly { readonly name: string; readonly comment?: string }[]
  readonly throws?: readonly { readonly code: number; readonly name: string; readonly comment?: string }[]
}

/** Without any description. */
export const NOTHING_BORROWED: Borrowed = {
  method: () => undefined,
  constructor_: () => undefined,
  type: () => undefined,
  field: () => undefined,
  error: () => undefined,
}

/** Reads the descriptions, if the package is installed. */
export function readBorrowed(): Borrowed {
  const file = `${paths.site}node_modules/@mtcute/core/tl/api-schema.json`
  if (!existsSync(file)) return NOTHING_BORROWED
  const schema: { e: readonly Entry[]; u: Readonly<Record<string, string>> } = createRequire(import.meta.url)(
    file,
  )
  const methods = byName(schema.e, 'method')
  const classes = byName(schema.e, 'class')
  return {
    method: (name) => cleaned(methods.get(name)?.comment),
    constructor_: (name) => cleaned(classes.get(name)?.comment),
    type: (name) => cleaned(schema.u[name]),
    field: (combinator, field) =>
      cleaned(
        (methods.get(combinator) ?? classes.get(combinator))?.arguments?.find(({ name }) => name === field)
          ?.comment,
      ),
    error: (method, code, name) =>
      cleaned(
        methods
          .get(method)
          ?.throws?.find((error) => error.code === code && error.name.replace(/%[ds]/, 'X') === name)
          ?.comment,
      ),
  }
}

function byName(entries: readonly Entry[], kind: Entry['kind']): ReadonlyMap<string, Entry> {
  return new Map(entries.filter((entry) => entry.kind === kind).map((entry) => [entry.name, entry]))
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&nbsp;': ' ',
  '&raquo;': '»',
}

function cleaned(html: string | undefined): string | undefined {
  const text = toMarkdown(html ?? '')
  return text === '' ? undefined : text
}

/** Turns the HTML of a description into one line of Markdown; links stay, because "see here" means nothing without. */
export function toMarkdown(html: string): string {
  return html
    .replace(/[\\*[\]]/g, '\\$&')
    .replace(/\{@link (?:(\w+)\.)?(\w+)\}/g, (_, space: string | undefined, name: string) =>
      nameLink(space, name),
    )
    .replace(/<br\s*\/?>/g, ' ')
    .replace(/<a [^>]*?href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/g, (_, href: string, text: string) =>
      /^https:\/\//.test(href) ? `[${text.replace(/\s*»/g, '').trim() || href}](${href})` : text,
    )
    .replace(/<\/?code>/g, '`')
    .replace(/<\/?(?:strong|b)>/g, '**')
    .replace(/<\/?(?:em|i)>/g, '*')
    .replace(/<[^>]*>/g, '')
    .replace(/&\w+;/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\s*»/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** `messages.RawSendMessageRequest` is the method messages.sendMessage, `RawChat` the constructor chat. */
function nameLink(space: string | undefined, name: string): string {
  const [, own = name, request] = /^(?:Raw|Type)?(\w+?)(Request)?$/.exec(name) ?? []
  const isType = name.startsWith('Type')
  const last = isType ? own : own.charAt(0).toLowerCase() + own.slice(1)
  const full = space === undefined ? last : `${space}.${last}`
  const folder = isType ? 'types' : request === undefined ? 'constructors' : 'methods'
  return `[${full}](/${folder}/${full})`
}
