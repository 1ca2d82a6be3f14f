import { createHighlighterCore, type HighlighterCore, type ThemeRegistrationRaw } from 'shiki/core'
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript'
import html from 'shiki/langs/html.mjs'
import json from 'shiki/langs/json.mjs'
import lua from 'shiki/langs/lua.mjs'
import python from 'shiki/langs/python.mjs'
import shellscript from 'shiki/langs/shellscript.mjs'
import typescript from 'shiki/langs/typescript.mjs'
import yaml from 'shiki/langs/yaml.mjs'

/** Turns code into HTML with a class for each kind of word. */
export interface Highlighter {
  html(code: string, language: string): string
}

const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'typescript',
  js: 'typescript',
  mjs: 'typescript',
  typescript: 'typescript',
  javascript: 'typescript',
  lua: 'lua',
  sh: 'shellscript',
  bash: 'shellscript',
  json: 'json',
  jsonc: 'json',
  py: 'python',
  python: 'python',
  yaml: 'yaml',
  html: 'html',
}

/** Colours that only name a class: style.css has the real ones, for light and dark. */
const CLASSES = ['k', 's', 'n', 'c', 'f'] as const
const SCOPES: readonly (readonly [(typeof CLASSES)[number], readonly string[]])[] = [
  ['k', ['keyword', 'storage', 'punctuation.definition.keyword', 'entity.name.tag']],
  ['s', ['string', 'punctuation.definition.string']],
  ['n', ['constant.numeric', 'constant.language', 'support.constant']],
  ['c', ['comment', 'punctuation.definition.comment']],
  ['f', ['entity.name.function', 'support.function', 'entity.name.command']],
]

const color = (index: number) => `#00000${index + 1}`

const THEME: ThemeRegistrationRaw = {
  name: 'classes',
  type: 'light',
  colors: { 'editor.foreground': '#000000', 'editor.background': '#ffffff' },
  settings: [
    { settings: { foreground: '#000000', background: '#ffffff' } },
    ...SCOPES.map(([name, scope]) => ({
      scope: [...scope],
      settings: { foreground: color(CLASSES.indexOf(name)) },
    })),
    { scope: ['keyword.operator', 'storage.type.function.arrow'], settings: { foreground: '#000000' } },
    { scope: ['keyword.operator.new', 'keyword.operator.expression'], settings: { foreground: color(0) } },
  ],
}

/** Loads the grammars. */
export async function createHighlighter(): Promise<Highlighter> {
  const shiki = await createHighlighterCore({
    themes: [THEME],
    langs: [typescript, lua, shellscript, json, python, yaml, html],
    engine: createJavaScriptRegexEngine(),
  })
  const cache = new Map<string, string>()
  return {
    html(code, language) {
      const known = LANGUAGES[language]
      if (known === undefined) return language === 'tl' ? tlHtml(code) : escapeHtml(code)
      return paragraphs(code)
        .map((part) => cached(cache, `${known}\n${part}`, () => partHtml(shiki, part, known)))
        .join('\n\n')
    },
  }
}

function cached(cache: Map<string, string>, key: string, make: () => string): string {
  const found = cache.get(key)
  if (found !== undefined) return found
  const made = make()
  cache.set(key, made)
  return made
}

/**
 * Paragraphs of code that each begin and end outside of everything, so that each can be coloured alone: most are the same
 * on hundreds of pages.
 */
export function paragraphs(code: string): string[] {
  const parts: string[] = []
  for (const part of code.split('\n\n')) {
    const isOpen = parts.length > 0 && (/^[\s})\]]/.test(part) || !isBalanced(parts.at(-1) ?? ''))
    if (isOpen) parts[parts.length - 1] += `\n\n${part}`
    else parts.push(part)
  }
  return parts
}

function isBalanced(code: string): boolean {
  const count = (pattern: RegExp) => (code.match(pattern) ?? []).length
  const isEven = [/`/g, /"""/g, /'''/g].every((pattern) => count(pattern) % 2 === 0)
  return isEven && count(/[([{]/g) === count(/[)\]}]/g) && !/<<|\/\*(?![\s\S]*\*\/)/.test(code)
}

function partHtml(shiki: HighlighterCore, code: string, lang: string): string {
  const lines = shiki.codeToTokensBase(code, { lang, theme: 'classes' })
  return lines.map(lineHtml).join('\n')
}

type Line = ReturnType<HighlighterCore['codeToTokensBase']>[number]

/** Neighbours of one class share an element. */
function lineHtml(line: Line): string {
  let html = ''
  let open = ''
  for (const { content, color: given = '' } of line) {
    const name = content.trim() === '' ? open : (CLASSES[Number(given.slice(1)) - 1] ?? '')
    if (name !== open) {
      if (open !== '') html += '</i>'
      if (name !== '') html += `<i class=${name}>`
      open = name
    }
    html += escapeHtml(content)
  }
  return open === '' ? html : `${html}</i>`
}

/** A line of TL: its name, then fields with types. */
function tlHtml(code: string): string {
  return escapeHtml(code)
    .replace(/^([\w.]+)(#[0-9a-f]{8})?/gm, '<i class=f>$1</i><i class=c>$2</i>')
    .replace(/ (\w+):/g, ' $1:')
    .replace(/ = (.*);/g, ' = <i class=k>$1</i>;')
}

/** Text for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
