import type { FormattedText } from './formatted.ts'
import { parseHtml } from './parse-html.ts'
import { parseMarkdown } from './parse-markdown.ts'
import { printHtml } from './print-html.ts'
import { printMarkdown } from './print-markdown.ts'
import { type Interpolated, sourceOf, sourceOfTemplate } from './source.ts'

/**
 * A text in Markdown, as Telegram's apps write it: `**bold**`, `__italic__`, `--underlined--`, `~~struck~~`,
 * `||spoiler||`, backticks around code, three around a block of it with its language on the first line,
 * `[text](address)`, `[name](tg://user?id=1)`, `![👍](tg://emoji?id=1)`, and `>` before quoted lines (`>!` for a quote that
 * is shown collapsed). A backslash before a mark makes it text. Values are text, whatever is in them: formatted texts keep
 * their formatting, and a user becomes a mention.
 *
 * @throws UsageError TEXT_INVALID for a value of another kind
 *
 * @example
 * ```ts
 * import { md } from '@cablegram/client'
 *
 * const name = '**Eve**'
 * const { text, entities } = md`**Hi** ${name}`
 * console.log(text, entities.length) // Hi **Eve** 1
 * ```
 */
export function md(strings: TemplateStringsArray, ...values: readonly Interpolated[]): FormattedText {
  return parseMarkdown(sourceOfTemplate(strings.raw.map(cooked), values))
}

/**
 * A text in HTML, with the tags of the Bot API: b, i, u, s, code, pre, a, blockquote, tg-spoiler, tg-emoji and their other
 * names. Values are text, whatever is in them, also in the value of an attribute: formatted texts keep their formatting, and
 * a user becomes a mention.
 *
 * @throws UsageError TEXT_INVALID for other tags, tags that are not closed, and values of another kind
 *
 * @example
 * ```ts
 * import { html } from '@cablegram/client'
 *
 * const name = '<Eve>'
 * const { text } = html`<b>Hi</b> ${name}`
 * console.log(text) // Hi <Eve>
 * ```
 */
export function html(strings: TemplateStringsArray, ...values: readonly Interpolated[]): FormattedText {
  return parseHtml(sourceOfTemplate([...strings], values))
}

/**
 * Reads Markdown that is not in a template, as `md` does. Nothing fails: marks without a partner are text.
 *
 * @example
 * ```ts
 * import { fromMarkdown } from '@cablegram/client'
 *
 * console.log(fromMarkdown('**Hi**').text) // Hi
 * ```
 */
export function fromMarkdown(text: string): FormattedText {
  return parseMarkdown(sourceOf(text))
}

/**
 * Reads HTML that is not in a template, as `html` does.
 *
 * @throws UsageError TEXT_INVALID
 *
 * @example
 * ```ts
 * import { fromHtml } from '@cablegram/client'
 *
 * console.log(fromHtml('<b>Hi</b>').text) // Hi
 * ```
 */
export function fromHtml(text: string): FormattedText {
  return parseHtml(sourceOf(text))
}

/**
 * Writes a text, such as a message, in Markdown that `fromMarkdown` reads. What servers find by themselves (links, tags,
 * commands) has no marks.
 *
 * @example
 * ```ts
 * import { type Message, toMarkdown } from '@cablegram/client'
 *
 * export function lineOf(message: Message): string {
 *   return `- ${toMarkdown(message)}`
 * }
 * ```
 */
export function toMarkdown(text: FormattedText): string {
  return printMarkdown(text)
}

/**
 * Writes a text, such as a message, in HTML that `fromHtml` reads, and that a page may show. Links lead to addresses of
 * http, https, tg, mailto, tel and ton; of links to other addresses, such as `javascript:`, only the text is written.
 *
 * @example
 * ```ts
 * import { type Message, toHtml } from '@cablegram/client'
 *
 * export function show(message: Message): string {
 *   return `<p>${toHtml(message)}</p>`
 * }
 * ```
 */
export function toHtml(text: FormattedText): string {
  return printHtml(text)
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
  '\n': '',
  '`': '`',
  $: '$',
  "'": "'",
  '"': '"',
  '\\': '\\',
}

/** A template's string as JavaScript reads it, with the backslashes before marks of Markdown left in. */
function cooked(raw: string): string {
  return raw.replace(
    /\\(?:u\{([\da-f]+)\}|u([\da-f]{4})|x([\da-f]{2})|([\s\S]))/gi,
    (whole, point, unit, byte, char) => {
      const hex = point ?? unit ?? byte
      if (hex !== undefined) return String.fromCodePoint(Number.parseInt(String(hex), 16))
      return ESCAPES[String(char)] ?? (/[a-z]/i.test(String(char)) ? String(char) : whole)
    },
  )
}
