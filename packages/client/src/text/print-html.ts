import type { MessageEntity } from '@cablegram/tl/api'
import type { FormattedText } from './formatted.ts'
import { escapeAttribute, escapeHtml } from './html-entities.ts'
import { addressOf } from './links.ts'
import { endOf, tidy } from './ranges.ts'

const TAG_OF: Readonly<Record<string, string>> = {
  messageEntityBold: 'b',
  messageEntityItalic: 'i',
  messageEntityUnderline: 'u',
  messageEntityStrike: 's',
  messageEntitySpoiler: 'tg-spoiler',
  messageEntityCode: 'code',
}

/** Anybody may have written the text: other addresses, such as `javascript:`, run in the page that shows them. */
const SAFE_ADDRESS = /^(?:https?|tg|mailto|tel|ton):/i

/** Writes a formatted text in HTML; of links to other than usual addresses the text alone. */
export function printHtml({ text, entities }: FormattedText): string {
  const left = tidy(
    text,
    entities.filter((entity) => entity._ !== 'messageEntityTextUrl' || SAFE_ADDRESS.test(entity.url)),
  )
  const open: MessageEntity[] = []
  let printed = ''
  const places = new Set(left.flatMap((entity) => [entity.offset, endOf(entity)]))
  let from = 0
  for (const at of [...places, text.length].toSorted((a, b) => a - b)) {
    printed += escapeHtml(text.slice(from, at))
    from = at
    printed += closeAt(at, open)
    while (left[0]?.offset === at) {
      const entity = left.shift()
      if (entity) printed += openInOrder(entity, open)
    }
  }
  return printed
}

/** Tags nest, entities may cross: those inside of one that ends are closed and opened again. */
function closeAt(at: number, open: MessageEntity[]): string {
  const outermost = open.findIndex((entity) => endOf(entity) === at)
  if (outermost < 0) return ''
  const inner = open.splice(outermost)
  const goOn = inner.filter((entity) => endOf(entity) > at)
  open.push(...goOn)
  return inner.toReversed().map(closing).join('') + goOn.map(opening).join('')
}

/** A link or a quote is not cut: what begins before it and ends in it goes inside. */
function openInOrder(entity: MessageEntity, open: MessageEntity[]): string {
  const outside = open.findIndex((other) => endOf(other) < endOf(entity) && TAG_OF[other._] !== undefined)
  const inner = TAG_OF[entity._] === undefined && outside >= 0 ? open.splice(outside) : []
  open.push(entity, ...inner)
  return inner.toReversed().map(closing).join('') + opening(entity) + inner.map(opening).join('')
}

function opening(entity: MessageEntity): string {
  switch (entity._) {
    case 'messageEntityPre':
      return entity.language === ''
        ? '<pre>'
        : `<pre><code class="language-${escapeAttribute(entity.language)}">`
    case 'messageEntityBlockquote':
      return entity.collapsed ? '<blockquote expandable>' : '<blockquote>'
    case 'messageEntityCustomEmoji':
      return `<tg-emoji emoji-id="${entity.documentId}">`
    default: {
      const address = addressOf(entity)
      return address === undefined ? `<${TAG_OF[entity._] ?? 'b'}>` : `<a href="${escapeAttribute(address)}">`
    }
  }
}

function closing(entity: MessageEntity): string {
  switch (entity._) {
    case 'messageEntityPre':
      return entity.language === '' ? '</pre>' : '</code></pre>'
    case 'messageEntityBlockquote':
      return '</blockquote>'
    case 'messageEntityCustomEmoji':
      return '</tg-emoji>'
    default:
      return addressOf(entity) === undefined ? `</${TAG_OF[entity._] ?? 'b'}>` : '</a>'
  }
}
