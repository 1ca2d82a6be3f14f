import { UsageError } from '@cablegram/tl'
import type { MessageEntity } from '@cablegram/tl/api'
import type { FormattedText } from './formatted.ts'
import { unescapeHtml } from './html-entities.ts'
import { linkOf } from './links.ts'
import { isMark, joined, sorted } from './ranges.ts'
import { plainOf, type Source, TextBuilder } from './source.ts'

/** Deeper nesting is an error. */
const MAX_DEPTH = 64

type Attributes = ReadonlyMap<string, string>
type Range = { readonly offset: number; readonly length: number }
/** Makes the entity of a closed tag; undefined for a tag without formatting of its own. */
type Make = (range: Range, attributes: Attributes, tag: string) => MessageEntity | undefined

const bold: Make = (range) => ({ _: 'messageEntityBold', ...range })
const italic: Make = (range) => ({ _: 'messageEntityItalic', ...range })
const underline: Make = (range) => ({ _: 'messageEntityUnderline', ...range })
const strike: Make = (range) => ({ _: 'messageEntityStrike', ...range })
const spoiler: Make = (range) => ({ _: 'messageEntitySpoiler', ...range })

const TAGS: Readonly<Record<string, Make>> = {
  b: bold,
  strong: bold,
  i: italic,
  em: italic,
  u: underline,
  ins: underline,
  s: strike,
  strike,
  del: strike,
  'tg-spoiler': spoiler,
  span: (range, attributes, tag) => {
    if (attributes.get('class') === 'tg-spoiler') return spoiler(range, attributes, tag)
    throw wrong('<span> is known with class="tg-spoiler" only')
  },
  code: (range) => ({ _: 'messageEntityCode', ...range }),
  pre: (range, attributes) => ({
    _: 'messageEntityPre',
    ...range,
    language: attributes.get('language') ?? '',
  }),
  a: (range, attributes) => {
    const url = attributes.get('href')
    if (url === undefined || url === '') throw wrong('<a> needs an address: <a href="https://…">')
    return linkOf(url, range.offset, range.length)
  },
  blockquote: (range, attributes) => ({
    _: 'messageEntityBlockquote',
    ...range,
    ...(attributes.has('expandable') && { collapsed: true }),
  }),
  'tg-emoji': (range, attributes) => {
    const id = attributes.get('emoji-id') ?? ''
    if (!/^-?[1-9]\d{0,18}$/.test(id)) throw wrong('<tg-emoji> needs the number of a document: emoji-id="…"')
    return { _: 'messageEntityCustomEmoji', ...range, documentId: BigInt(id) }
  },
}

interface OpenTag {
  readonly tag: string
  attributes: Attributes
  readonly at: number
}

/**
 * Reads HTML with the tags of the Bot API.
 *
 * @throws UsageError TEXT_INVALID for other tags, and tags that are not closed
 */
export function parseHtml(source: Source): FormattedText {
  return new HtmlReader(source).read()
}

class HtmlReader {
  readonly #source: Source
  readonly #builder = new TextBuilder()
  readonly #open: OpenTag[] = []

  constructor(source: Source) {
    this.#source = source
  }

  read(): FormattedText {
    const { text } = this.#source
    let at = 0
    while (at < text.length) {
      const tagAt = text.indexOf('<', at)
      this.#text(at, tagAt < 0 ? text.length : tagAt)
      if (tagAt < 0) break
      const end = text.indexOf('>', tagAt)
      if (end < 0) throw wrong('A < without a > is not a tag. Write &lt; for the character')
      this.#tag(tagAt + 1, end)
      at = end + 1
    }
    const unclosed = this.#open.at(-1)
    if (unclosed) throw wrong(`<${unclosed.tag}> is not closed. Close it with </${unclosed.tag}>`)
    return this.#result()
  }

  #result(): FormattedText {
    const { text, entities } = this.#builder
    const marks = joined(entities.filter(isMark))
    return { text, entities: sorted([...marks, ...entities.filter((each) => !isMark(each))]) }
  }

  #text(from: number, to: number): void {
    const { text, values } = this.#source
    let plainFrom = from
    for (let at = from; at < to; at += 1) {
      const value = values.get(at)
      if (!value) continue
      this.#builder.append(unescapeHtml(text.slice(plainFrom, at)))
      this.#builder.appendFormatted(value)
      plainFrom = at + 1
    }
    this.#builder.append(unescapeHtml(text.slice(plainFrom, to)))
  }

  #tag(from: number, to: number): void {
    const written = this.#source.text.slice(from, to)
    const [, slash, name = '', rest = ''] = /^(\/?)([a-z][a-z-]*)([\s\S]*)$/i.exec(written) ?? []
    const tag = name.toLowerCase()
    if (tag === 'br') this.#builder.append('\n')
    else if (!Object.hasOwn(TAGS, tag))
      throw wrong(
        `There is no tag <${plainOf(this.#source, from, to).slice(0, 40)}>. Write &lt; for the character <`,
      )
    else if (slash === '/') this.#close(tag)
    else this.#begin(tag, attributesOf(this.#source, to - rest.length, to))
  }

  #begin(tag: string, attributes: Attributes): void {
    if (this.#open.length >= MAX_DEPTH) throw wrong(`The tags are nested more than ${MAX_DEPTH} deep`)
    const language = /^language-(.+)$/.exec(attributes.get('class') ?? '')?.[1]
    const outer = this.#open.at(-1)
    if (
      tag === 'code' &&
      outer?.tag === 'pre' &&
      outer.at === this.#builder.text.length &&
      language !== undefined
    ) {
      outer.attributes = new Map([['language', language]])
    }
    this.#open.push({ tag, attributes, at: this.#builder.text.length })
  }

  #close(tag: string): void {
    const opened = this.#open.pop()
    if (opened?.tag !== tag) {
      const found = opened ? `<${opened.tag}> is open` : 'no tag is open'
      throw wrong(`</${tag}> closes nothing: ${found}`)
    }
    const length = this.#builder.text.length - opened.at
    const entity = TAGS[tag]?.({ offset: opened.at, length }, opened.attributes, tag)
    // Code in <pre> says the language only.
    const isInPre = tag === 'code' && this.#open.some((outer) => outer.tag === 'pre')
    if (entity && length > 0 && !isInPre) this.#builder.entities.push(entity)
  }
}

/**
 * `name="value"`, `name='value'`, `name=value` and `name`. A value of the template is a piece of an attribute's value, whatever
 * is in it; elsewhere in a tag it says nothing.
 */
function attributesOf(source: Source, from: number, to: number): Attributes {
  const written = source.text.slice(from, to)
  const found = written.matchAll(/([a-z][a-z-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/gi)
  return new Map(
    Array.from(found, ({ 0: whole, 1: name = '', 2: double, 3: single, 4: bare, index }) => {
      const value = double ?? single ?? bare ?? ''
      const quoteLength = bare === undefined && value !== '' ? 1 : 0
      const end = from + index + whole.length - quoteLength
      return [name.toLowerCase(), attributeValue(source, end - value.length, end)]
    }),
  )
}

function attributeValue({ text, values }: Source, from: number, to: number): string {
  let value = ''
  let plainFrom = from
  for (let at = from; at < to; at += 1) {
    const inserted = values.get(at)
    if (!inserted) continue
    value += unescapeHtml(text.slice(plainFrom, at)) + inserted.text
    plainFrom = at + 1
  }
  return value + unescapeHtml(text.slice(plainFrom, to))
}

function wrong(message: string): UsageError {
  return new UsageError('TEXT_INVALID', `${message}.`)
}
