import type { Mark } from './ranges.ts'
import { isSpace } from './ranges.ts'
import { plainOf, type Source } from './source.ts'

/** Marks of Markdown, as Telegram's own apps have them, and `--` for underlined text. */
export const MARKS: Readonly<Record<string, Mark>> = {
  '**': 'messageEntityBold',
  __: 'messageEntityItalic',
  '--': 'messageEntityUnderline',
  '~~': 'messageEntityStrike',
  '||': 'messageEntitySpoiler',
}

const ESCAPABLE = /[!-/:-@[-`{-~]/
/** A longer address is no link. */
const MAX_URL = 4096
const LANGUAGE = /^([\w+#.-]{0,64})\n/
/** The first line of code, and what a language may be, are in so many characters. */
const MAX_LANGUAGE = 66

/** A part of a text in Markdown. */
export type Token =
  | { readonly kind: 'text'; readonly from: number; readonly to: number }
  | MarkToken
  | OpenToken
  | CloseToken
  | { readonly kind: 'code'; readonly code: string; readonly language: string | undefined }
  | { readonly kind: 'quote'; readonly isCollapsed: boolean }
  | { readonly kind: 'unquote' }

/** A mark around formatted text, or text that looks like one. */
export interface MarkToken {
  readonly kind: 'mark'
  readonly mark: string
  readonly canOpen: boolean
  readonly canClose: boolean
  role: 'text' | 'open' | 'close'
}

/** `[` or `![`. */
export interface OpenToken {
  readonly kind: 'open'
  readonly text: string
  isUsed: boolean
}

/** `](address)`. */
export interface CloseToken {
  readonly kind: 'close'
  readonly url: string
  /** As it is written. */
  readonly from: number
  readonly to: number
  opener: OpenToken | undefined
}

/** Cuts a text in Markdown into tokens, in one pass. */
export function tokenize(source: Source): Token[] {
  return new Tokenizer(source).run()
}

class Tokenizer {
  readonly #source: Source
  readonly #text: string
  readonly #tokens: Token[] = []
  #at = 0
  #textFrom = 0
  #isQuoted = false
  /** The place that `#closeAfter` found last. */
  #closeAt = -1
  #parentheses: ReadonlyMap<number, number> | undefined
  /** Marks of code that have no end after this place: not looked for again. */
  readonly #endless = new Map<string, number>()

  constructor(source: Source) {
    this.#source = source
    this.#text = source.text
  }

  run(): Token[] {
    if (this.#is('>')) this.#quote()
    while (this.#at < this.#text.length) this.#next()
    this.#flush()
    if (this.#isQuoted) this.#tokens.push({ kind: 'unquote' })
    return this.#tokens
  }

  #next(): void {
    const char = this.#text[this.#at] ?? ''
    if (this.#source.values.has(this.#at)) this.#at += 1
    else if (char === '\n') this.#newline()
    else if (char === '\\') this.#escape()
    else if (char === '`') this.#code()
    else if (char === '[' || (char === '!' && this.#is('![')))
      this.#push({ kind: 'open', text: char === '[' ? '[' : '![', isUsed: false }, char === '[' ? 1 : 2)
    else if (char === ']') this.#close()
    else this.#mark(char)
  }

  /** Whether the text goes on so, without values in it. */
  #is(expected: string, at: number = this.#at): boolean {
    if (!this.#text.startsWith(expected, at)) return false
    for (let i = 0; i < expected.length; i += 1) if (this.#source.values.has(at + i)) return false
    return true
  }

  #flush(to: number = this.#at): void {
    if (to > this.#textFrom) this.#tokens.push({ kind: 'text', from: this.#textFrom, to })
  }

  #push(token: Token, length: number): void {
    this.#flush()
    this.#tokens.push(token)
    this.#at += length
    this.#textFrom = this.#at
  }

  #newline(): void {
    const next = this.#at + 1
    const goesOn = this.#is('>', next) && !this.#is('>!', next)
    if (this.#isQuoted && !goesOn) {
      this.#push({ kind: 'unquote' }, 0)
      this.#isQuoted = false
    }
    this.#at = next
    if (this.#is('>')) this.#quote()
  }

  /** `>` at the beginning of a line; `>!` begins a quote that is shown collapsed. */
  #quote(): void {
    const isCollapsed = this.#is('>!')
    const marks = isCollapsed ? 2 : 1
    const length = marks + (this.#is(' ', this.#at + marks) ? 1 : 0)
    this.#flush()
    if (!this.#isQuoted) this.#tokens.push({ kind: 'quote', isCollapsed })
    this.#isQuoted = true
    this.#at += length
    this.#textFrom = this.#at
  }

  /** The character after a backslash is text. */
  #escape(): void {
    const next = this.#at + 1
    if (!ESCAPABLE.test(this.#text[next] ?? '') || this.#source.values.has(next)) {
      this.#at = next
      return
    }
    this.#flush()
    this.#textFrom = next
    this.#at = next + 1
  }

  #code(): void {
    const fence = this.#is('```') ? '```' : '`'
    const from = this.#at + fence.length
    const end = this.#endOfCode(fence, from)
    if (end === undefined) {
      this.#at += fence.length
      return
    }
    const language = fence === '```' ? this.#language(from) : undefined
    const begin = language === undefined || language.length === 0 ? from : from + language.length
    const isLanguage = language !== undefined
    const codeFrom = isLanguage && this.#is('\n', begin) ? begin + 1 : begin
    const codeTo = fence === '```' && end > codeFrom && this.#text[end - 1] === '\n' ? end - 1 : end
    const code = this.#unescaped(codeFrom, codeTo)
    if (code === '') this.#at = end + fence.length
    else
      this.#push(
        { kind: 'code', code, language: fence === '```' ? (language ?? '') : undefined },
        end + fence.length - this.#at,
      )
  }

  /** The word after the marks, if it is alone on its line; undefined if the code begins there. */
  #language(from: number): string | undefined {
    return LANGUAGE.exec(this.#text.slice(from, from + MAX_LANGUAGE))?.[1]
  }

  #endOfCode(fence: string, from: number): number | undefined {
    const endless = this.#endless.get(fence)
    if (endless !== undefined && from >= endless) return undefined
    for (let at = from; at < this.#text.length; at += 1) {
      if (this.#text[at] === '\\') at += 1
      else if (this.#is(fence, at)) return at
    }
    this.#endless.set(fence, from)
    return undefined
  }

  /** Code with its values; in it a backslash stands before backticks and backslashes only. */
  #unescaped(from: number, to: number): string {
    let code = ''
    for (let at = from; at < to; at += 1) {
      if (this.#text[at] === '\\' && /[`\\]/.test(this.#text[at + 1] ?? '') && at + 1 < to) at += 1
      code += plainOf(this.#source, at, at + 1)
    }
    return code
  }

  #close(): void {
    const url = this.#is('](') ? this.#url(this.#at + 2) : undefined
    if (url === undefined) {
      this.#at += 1
      return
    }
    const from = this.#at
    this.#push({ kind: 'close', url: url.address, from, to: url.end, opener: undefined }, url.end - from)
  }

  #url(from: number): { address: string; end: number } | undefined {
    this.#parentheses ??= this.#pairParentheses()
    const close = this.#parentheses.get(from - 1) ?? this.#closeAfter(from)
    if (close === from || close - from > MAX_URL || this.#text[close] !== ')') return undefined
    let address = ''
    for (let at = from; at < close; at += 1) {
      if (this.#is('\\', at) && ESCAPABLE.test(this.#text[at + 1] ?? '')) at += 1
      address += plainOf(this.#source, at, at + 1)
    }
    return { address, end: close + 1 }
  }

  /** The partners of all parentheses that have no space between them: an address may have such pairs, as Wikipedia's do. */
  #pairParentheses(): ReadonlyMap<number, number> {
    const pairs = new Map<number, number>()
    let open: number[] = []
    for (let at = 0; at < this.#text.length; at += 1) {
      if (this.#is('\\', at) && ESCAPABLE.test(this.#text[at + 1] ?? '')) at += 1
      else if (this.#is('(', at)) open.push(at)
      else if (this.#isSpaceAt(at)) open = []
      else if (this.#is(')', at)) {
        const opener = open.pop()
        if (opener !== undefined) pairs.set(opener, at)
      }
    }
    return pairs
  }

  /** The next `)` that no backslash stands before, or the next end of a line. Looked for once for all that ask before it. */
  #closeAfter(from: number): number {
    if (this.#closeAt >= from) return this.#closeAt
    let at = from
    while (at < this.#text.length && !this.#is(')', at) && !this.#is('\n', at)) {
      at += this.#is('\\', at) && ESCAPABLE.test(this.#text[at + 1] ?? '') ? 2 : 1
    }
    this.#closeAt = at
    return at
  }

  #mark(char: string): void {
    const mark = char + char
    if (!Object.hasOwn(MARKS, mark) || !this.#is(mark)) {
      this.#at += 1
      return
    }
    const canOpen = !this.#isSpaceAt(this.#at + 2)
    const canClose = !this.#isSpaceAt(this.#at - 1)
    this.#push({ kind: 'mark', mark, canOpen, canClose, role: 'text' }, 2)
  }

  #isSpaceAt(at: number): boolean {
    return !this.#source.values.has(at) && isSpace(this.#text[at])
  }
}
