import markdownIt, { type Env, type MarkdownIt, type Token } from 'markdown-it'
import { escapeHtml, type Highlighter } from './highlight.ts'
import { BORROWED_MARK } from './inline.ts'
import { isRepositoryFile, relativeLink } from './links.ts'
import type { Block, Page, Tab } from './page.ts'

/** A heading that the list "On this page" names. */
export interface Heading {
  readonly id: string
  readonly text: string
}

/** The inside of a page in HTML, and its headings. */
export interface Content {
  readonly html: string
  readonly headings: readonly Heading[]
}

/** Writes the blocks of pages as HTML. */
export interface HtmlWriter {
  write(page: Page, prefix: string): Content
}

interface PageEnv extends Env {
  readonly prefix: string
  readonly headings: Heading[]
  readonly ids: Set<string>
}

/** Makes a writer; it keeps nothing between pages. */
export function createHtmlWriter(highlighter: Highlighter): HtmlWriter {
  const markdown = createMarkdown(highlighter)
  return {
    write(page, prefix) {
      const env: PageEnv = { prefix, headings: [], ids: new Set() }
      const html = page.blocks.map((block) => blockHtml(block, env, markdown, highlighter)).join('\n')
      return { html, headings: env.headings }
    },
  }
}

function blockHtml(block: Block, env: PageEnv, markdown: MarkdownIt, highlighter: Highlighter): string {
  if (typeof block === 'string') return markdown.render(block, env).trimEnd()
  if (block.kind === 'try') return `<section id="try-it" data-method="${block.method}"></section>`
  const id = freeId('code', env.ids)
  const tabs = block.tabs.map((tab, index) => tabHtml(tab, `${id}-${index}`, env, markdown, highlighter))
  return `<div class="tabs">${tabs.join('')}</div>`
}

function tabHtml(
  { title, language, code, note }: Tab,
  id: string,
  env: PageEnv,
  markdown: MarkdownIt,
  highlighter: Highlighter,
): string {
  const pre = code === '' ? '' : codeHtml(code, language, highlighter)
  const below = note === undefined ? '' : markdown.render(note, env).trimEnd()
  return `<section id="${id}" data-tab="${title}"><h3>${title}</h3>${pre}${below}</section>`
}

function codeHtml(code: string, language: string, highlighter: Highlighter): string {
  const name = language === '' ? 'text' : language
  return `<pre class="code ${name}" tabindex="0"><code>${highlighter.html(code.trimEnd(), name)}</code></pre>`
}

function createMarkdown(highlighter: Highlighter): MarkdownIt {
  const markdown = markdownIt({ html: false })
  const { rules } = markdown.renderer
  rules['fence'] = (tokens, index) => {
    const token = tokens[index]
    return `${codeHtml(token?.content ?? '', token?.info.trim().split(/\s/)[0] ?? '', highlighter)}\n`
  }
  rules['text'] = (tokens, index) => breakable(markBorrowed(escapeHtml(tokens[index]?.content ?? '')))
  rules['code_inline'] = (tokens, index) => {
    const code = escapeHtml(tokens[index]?.content ?? '')
    return `<code>${code.includes(' ') ? code : breakable(code)}</code>`
  }
  rules['table_open'] = () => '<div class="table"><table>'
  rules['table_close'] = () => '</table></div>'
  markdown.core.ruler.push('site', (state) => {
    const env = state.env as PageEnv
    labelCells(state.tokens)
    for (const [index, token] of state.tokens.entries()) {
      if (token.type === 'heading_open') nameHeading(token, state.tokens[index + 1], env)
      if (token.type === 'inline') resolveLinks(token.children ?? [], env.prefix)
    }
  })
  return markdown
}

/** Names of errors break after an underscore, where a column is narrow. */
function breakable(html: string): string {
  return html.replace(/\b[A-Z][A-Z\d]*(?:_[A-Z\d]+)+\b/g, (name) => name.replaceAll('_', '_<wbr>'))
}

/** The sign after a description of core.telegram.org leads to the note that says so. */
function markBorrowed(html: string): string {
  return html.includes(BORROWED_MARK)
    ? html.replaceAll(
        BORROWED_MARK,
        `<a class="borrowed" href="#borrowed" title="taken from core.telegram.org">${BORROWED_MARK}</a>`,
      )
    : html
}

function nameHeading(token: Token, inline: Token | undefined, env: PageEnv): void {
  const text = inline?.children?.map(({ content }) => content).join('') ?? ''
  const id = freeId(slug(text), env.ids)
  token.attrSet('id', id)
  if (token.tag === 'h2') env.headings.push({ id, text })
}

/** The part of an address that names a heading, as the guides link to it. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')
}

function freeId(wanted: string, ids: Set<string>): string {
  let id = wanted === '' ? 'part' : wanted
  for (let count = 1; ids.has(id); count += 1) id = `${wanted}-${count}`
  ids.add(id)
  return id
}

/** On narrow screens each row is a block, and each cell says which column it is of. */
function labelCells(tokens: readonly Token[]): void {
  let heads: string[] = []
  let column = 0
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'table_open') heads = []
    if (token.type === 'tr_open') column = 0
    if (token.type === 'th_open') {
      const text = tokens[index + 1]?.content ?? ''
      heads.push(text)
      token.attrSet('scope', 'col')
    }
    if (token.type === 'td_open') {
      const label = heads[column] ?? ''
      if (label !== '') token.attrSet('data-label', label)
      column += 1
    }
  }
  // A table of facts has empty heads, which nobody needs.
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'thead_open' && isEmptyHead(tokens, index)) token.attrSet('hidden', '')
  }
}

function isEmptyHead(tokens: readonly Token[], start: number): boolean {
  const end = tokens.findIndex(({ type }, index) => index > start && type === 'thead_close')
  return tokens.slice(start, end).every(({ type, content }) => type !== 'inline' || content === '')
}

function resolveLinks(children: Token[], prefix: string): void {
  let isInRepositoryLink = false
  for (const token of children) {
    if (token.type === 'link_open') {
      const href = String(token.attrGet('href') ?? '')
      isInRepositoryLink = isRepositoryFile(href)
      if (isInRepositoryLink)
        asText(
          token,
          `<span class="file" title="in the repository: ${escapeHtml(href.replace(/^(\.\.\/)+/, ''))}">`,
        )
      else token.attrSet('href', relativeLink(href, prefix))
    } else if (token.type === 'link_close' && isInRepositoryLink) {
      asText(token, '</span>')
      isInRepositoryLink = false
    }
  }
}

function asText(token: Token, html: string): void {
  token.type = 'html_inline'
  token.tag = ''
  token.nesting = 0
  token.content = html
}
