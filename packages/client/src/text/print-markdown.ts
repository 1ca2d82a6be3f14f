import type { MessageEntity } from '@cablegram/tl/api'
import type { FormattedText } from './formatted.ts'
import { addressOf } from './links.ts'
import { MARKS } from './markdown-tokens.ts'
import { endOf, isCode, isSpace, sorted, tidy } from './ranges.ts'

const MARK_OF = new Map<string, string>(Object.entries(MARKS).map(([mark, kind]) => [kind, mark]))
/** A pair of these is a mark; one alone is text. */
const DOUBLE: ReadonlySet<string> = new Set(['*', '_', '-', '~', '|'])

/** Writes a formatted text in Markdown. */
export function printMarkdown({ text, entities }: FormattedText): string {
  return new Printing(text, tidy(text, entities)).print()
}

class Printing {
  readonly #text: string
  readonly #opening = new Map<number, MessageEntity[]>()
  readonly #closing = new Map<number, MessageEntity[]>()
  readonly #quoteMarks = new Map<number, string>()
  #printed = ''

  constructor(text: string, entities: readonly MessageEntity[]) {
    this.#text = text
    for (const entity of entities) {
      if (entity._ === 'messageEntityBlockquote') this.#addQuote(entity)
      else this.#add(entity)
    }
  }

  print(): string {
    for (let at = 0; at <= this.#text.length; at += 1) {
      // The marks of a quote are the first on their line.
      this.#printed += this.#quoteMarks.get(at) ?? ''
      const closing = this.#closing.get(at) ?? []
      for (const entity of closing.toReversed()) this.#printed += closed(entity)
      const opening = sorted(this.#opening.get(at) ?? [])
      for (const entity of opening.filter((each) => !isCode(each))) this.#printed += opened(entity)
      const code = opening.find(isCode)
      if (code) {
        this.#printed += codeOf(code, this.#text.slice(at, endOf(code)))
        at = endOf(code) - 1
      } else if (at < this.#text.length) this.#printed += this.#escaped(at)
    }
    return this.#printed
  }

  #add(entity: MessageEntity): void {
    append(this.#opening, entity.offset, entity)
    if (!isCode(entity)) append(this.#closing, endOf(entity), entity)
  }

  #addQuote({ offset, length, collapsed }: Extract<MessageEntity, { _: 'messageEntityBlockquote' }>): void {
    this.#quoteMarks.set(offset, collapsed ? '>! ' : '> ')
    for (let at = offset; at < offset + length; at += 1) {
      if (this.#text[at] === '\n') this.#quoteMarks.set(at + 1, '> ')
    }
  }

  #escaped(at: number): string {
    const char = this.#text[at] ?? ''
    return this.#isSpecial(char, at) ? `\\${char}` : char
  }

  #isSpecial(char: string, at: number): boolean {
    if (char === '\\' || char === '`' || char === '[' || char === ']') return true
    const isAtEdge = [at, at + 1].some((each) => this.#opening.has(each) || this.#closing.has(each))
    if (DOUBLE.has(char)) return isAtEdge || this.#text[at - 1] === char || this.#text[at + 1] === char
    if (char === '!') return isAtEdge || this.#text[at + 1] === '[' || this.#quoteMarks.has(at)
    return char === '>' && (at === 0 || this.#text[at - 1] === '\n')
  }
}

function append(map: Map<number, MessageEntity[]>, at: number, entity: MessageEntity): void {
  const list = map.get(at)
  if (list) list.push(entity)
  else map.set(at, [entity])
}

function opened(entity: MessageEntity): string {
  if (entity._ === 'messageEntityCustomEmoji') return '!['
  return addressOf(entity) === undefined ? (MARK_OF.get(entity._) ?? '') : '['
}

function closed(entity: MessageEntity): string {
  const address = addressOf(entity)
  if (address === undefined) return MARK_OF.get(entity._) ?? ''
  return `](${address.replace(/[\\()]/g, '\\$&').replaceAll('\n', '%0A')})`
}

function codeOf(entity: MessageEntity, code: string): string {
  const escaped = code.replace(/[\\`]/g, '\\$&')
  if (entity._ !== 'messageEntityPre') return `\`${escaped}\``
  const language = isSpace(entity.language[0]) ? '' : entity.language.replace(/[^\w+#.-]/g, '')
  return `\`\`\`${language}\n${escaped}\n\`\`\``
}
