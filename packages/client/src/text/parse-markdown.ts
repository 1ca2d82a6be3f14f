import type { FormattedText } from './formatted.ts'
import { emojiOf, linkOf } from './links.ts'
import { MARKS, type MarkToken, type OpenToken, type Token, tokenize } from './markdown-tokens.ts'
import { isMark, joined, sorted } from './ranges.ts'
import { plainOf, type Source, TextBuilder } from './source.ts'

/** Reads Markdown. Nothing fails: marks without a partner are text. */
export function parseMarkdown(source: Source): FormattedText {
  const tokens = tokenize(source)
  pairMarks(tokens)
  pairLinks(tokens)
  return new Reading(source).read(tokens)
}

/** Marks of a kind are pairs, one after the other; they may cross those of another kind. */
function pairMarks(tokens: readonly Token[]): void {
  const open = new Map<string, MarkToken>()
  let previous: Token | undefined
  for (const token of tokens) {
    if (token.kind === 'mark') pairMark(token, open, previous)
    previous = token
  }
}

function pairMark(token: MarkToken, open: Map<string, MarkToken>, previous: Token | undefined): void {
  const opener = open.get(token.mark)
  // Marks with nothing between them are text: `****`.
  if (opener && token.canClose && opener !== previous) {
    opener.role = 'open'
    token.role = 'close'
    open.delete(token.mark)
  } else if (!opener && token.canOpen) open.set(token.mark, token)
}

function pairLinks(tokens: readonly Token[]): void {
  const open: OpenToken[] = []
  for (const token of tokens) {
    if (token.kind === 'open') open.push(token)
    if (token.kind !== 'close') continue
    token.opener = open.pop()
    if (token.opener) token.opener.isUsed = true
  }
}

class Reading {
  readonly #source: Source
  readonly #builder = new TextBuilder()
  readonly #marks = new Map<string, number>()
  readonly #links = new Map<OpenToken, number>()
  #quote: { readonly at: number; readonly isCollapsed: boolean } | undefined

  constructor(source: Source) {
    this.#source = source
  }

  read(tokens: readonly Token[]): FormattedText {
    for (const token of tokens) this.#take(token)
    const { text, entities } = this.#builder
    const marks = joined(entities.filter(isMark))
    return { text, entities: sorted([...marks, ...entities.filter((each) => !isMark(each))]) }
  }

  get #at(): number {
    return this.#builder.text.length
  }

  #take(token: Token): void {
    switch (token.kind) {
      case 'text':
        this.#text(token.from, token.to)
        return
      case 'mark':
        this.#mark(token)
        return
      case 'open':
        if (token.isUsed) this.#links.set(token, this.#at)
        if (!token.isUsed) this.#builder.append(token.text)
        return
      case 'close':
        this.#close(token)
        return
      case 'code':
        this.#code(token.code, token.language)
        return
      case 'quote':
        this.#quote = { at: this.#at, isCollapsed: token.isCollapsed }
        return
      case 'unquote':
        this.#unquote()
        return
    }
  }

  #text(from: number, to: number): void {
    let plainFrom = from
    for (let at = from; at < to; at += 1) {
      const value = this.#source.values.get(at)
      if (!value) continue
      this.#builder.append(this.#source.text.slice(plainFrom, at))
      this.#builder.appendFormatted(value)
      plainFrom = at + 1
    }
    this.#builder.append(this.#source.text.slice(plainFrom, to))
  }

  #mark({ mark, role }: MarkToken): void {
    if (role === 'text') this.#builder.append(mark)
    if (role === 'open') this.#marks.set(mark, this.#at)
    if (role !== 'close') return
    const offset = this.#marks.get(mark) ?? this.#at
    const kind = MARKS[mark]
    if (kind && this.#at > offset) this.#builder.entities.push({ _: kind, offset, length: this.#at - offset })
  }

  #close({ url, from, to, opener }: Extract<Token, { kind: 'close' }>): void {
    const offset = opener && this.#links.get(opener)
    if (opener === undefined || offset === undefined) {
      this.#builder.append(plainOf(this.#source, from, to))
      return
    }
    const length = this.#at - offset
    const documentId = opener.text === '![' ? emojiOf(url) : undefined
    if (length === 0) return
    if (documentId === undefined) this.#builder.entities.push(linkOf(url, offset, length))
    else this.#builder.entities.push({ _: 'messageEntityCustomEmoji', offset, length, documentId })
  }

  #code(code: string, language: string | undefined): void {
    const range = { offset: this.#at, length: code.length }
    this.#builder.entities.push(
      language === undefined
        ? { _: 'messageEntityCode', ...range }
        : { _: 'messageEntityPre', ...range, language },
    )
    this.#builder.append(code)
  }

  #unquote(): void {
    const { at = this.#at, isCollapsed = false } = this.#quote ?? {}
    const length = this.#at - at
    if (length === 0) return
    const flags = isCollapsed ? { collapsed: true } : {}
    this.#builder.entities.push({ _: 'messageEntityBlockquote', offset: at, length, ...flags })
  }
}
