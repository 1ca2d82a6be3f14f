import type { Source } from './ast.ts'
import { schemaError } from './place.ts'

/** A piece of TL text: a name or number, a section line, or one punctuation mark. */
export interface Token {
  readonly text: string
  readonly offset: number
}

const PATTERN = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(---\w+---|\w+|[^\s\w])/gy

/** Splits TL text into tokens, without spaces and comments. The last token is empty and marks the end. */
export function tokenize(source: Source): Token[] {
  const tokens: Token[] = []
  PATTERN.lastIndex = 0
  while (PATTERN.lastIndex < source.text.length) {
    const offset = PATTERN.lastIndex
    const text = PATTERN.exec(source.text)?.[1]
    if (text !== undefined) tokens.push({ text, offset })
  }
  tokens.push({ text: '', offset: source.text.length })
  return tokens
}

/** Walks tokens one by one; an unexpected token is a SchemaError at its position. */
export class TokenCursor {
  private at = 0
  private readonly source: Source
  private readonly tokens: readonly Token[]

  constructor(source: Source) {
    this.source = source
    this.tokens = tokenize(source)
  }

  get next(): Token {
    return this.tokens[this.at] ?? { text: '', offset: this.source.text.length }
  }

  take(): Token {
    const token = this.next
    this.at++
    return token
  }

  /** Takes the next token if it is this one. */
  skip(text: string): boolean {
    if (this.next.text !== text) return false
    this.at++
    return true
  }

  expect(text: string): Token {
    if (this.next.text !== text) this.fail(`expected "${text}"`)
    return this.take()
  }

  word(what: string): Token {
    if (!/^\w+$/.test(this.next.text)) this.fail(`expected ${what}`)
    return this.take()
  }

  fail(message: string, token: Token = this.next): never {
    const found = token.text === '' ? 'the end of the text' : `"${token.text}"`
    throw schemaError(this.source, token.offset, `${message}, found ${found}`)
  }
}
