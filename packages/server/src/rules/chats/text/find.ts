import type { TextEntity } from '../../messages/words.ts'
import { inOrder } from './spans.ts'
import { findUrls } from './urls.ts'

/** Kinds that the server finds by itself. It does not take them from people. */
export const FOUND_KINDS: ReadonlySet<TextEntity['kind']> = new Set([
  'mention',
  'hashtag',
  'cashtag',
  'botCommand',
  'url',
  'email',
  'phone',
  'bankCard',
])

const MENTION = /(?<![\p{L}\p{N}_])@(\w{2,32})(?![\p{L}\p{N}_])/gu
const COMMAND = /(?<![\p{L}\p{N}_/<>])\/\w{1,64}(?:@\w{3,32}|(?!@))(?![\p{L}\p{N}_/<>])/gu
/** Characters of hashtags: letters, digits and some signs that Persian, Catalan and Sinhala write within words. */
const TAG = String.raw`\p{L}\p{Nd}_\u200c\u00b7\u0d80-\u0dff`
const HASHTAG = new RegExp(`(?<![${TAG}])#([${TAG}]+)(@\\w{3,32})?`, 'gu')
const CASHTAG = new RegExp(`(?<![$${TAG}])\\$(?:1INCH|[A-Z]{1,8})(?:@\\w{3,32}(?!\\w))?(?![$${TAG}])`, 'gu')
const EMAIL =
  /(?<![\p{L}\p{N}_.+@/-])([\w.+-]{1,321})@(?:[A-Za-z0-9](?:[\w-]{0,28}[A-Za-z0-9])?\.){1,6}[A-Za-z]{2,8}(?![\p{L}\p{N}_@-])/gu
const MAILBOX = /^(?:[\w-]{0,26}[.+]){0,10}[\w-]{1,35}$/
/** Only international numbers: any other row of digits may be something else. */
const PHONE = /(?<![\p{L}\p{N}_+.,/=#-])\+(?:\d[ ()-]{0,2}){6,14}\d(?![\p{L}\p{N}_])/gu

/** Usernames of fewer than four letters that exist. */
const SHORT_NAMES: ReadonlySet<string> = new Set(['gif', 'nft', 'pic', 'ufc', 'vid'])
const MAX_TAG_CHARACTERS = 256

/** The entities that the server finds by itself: names, tags, commands, links, addresses and numbers. None of them meet. */
export function findEntities(text: string): readonly TextEntity[] {
  const found = [
    ...(text.includes('@') ? [...matches('mention', text, MENTION, isName), ...findEmails(text)] : []),
    ...(text.includes('/') ? matches('botCommand', text, COMMAND) : []),
    ...(text.includes('#') ? findHashtags(text) : []),
    ...(text.includes('$') ? matches('cashtag', text, CASHTAG) : []),
    ...(text.includes('+') ? matches('phone', text, PHONE) : []),
    ...findUrls(text).map((span) => ({ kind: 'url' as const, ...span })),
  ].sort(inOrder)
  let end = 0
  return found.filter(({ offset, length }) => {
    if (offset < end) return false
    end = offset + length
    return true
  })
}

function matches(
  kind: 'mention' | 'botCommand' | 'cashtag' | 'phone' | 'email',
  text: string,
  pattern: RegExp,
  accepts: (part: string) => boolean = () => true,
): readonly TextEntity[] {
  return [...text.matchAll(pattern)]
    .filter(([, part = '']) => accepts(part))
    .map(({ 0: { length }, index: offset }) => ({ kind, offset, length }))
}

function isName(name: string): boolean {
  return name.length >= 4 || SHORT_NAMES.has(name.toLowerCase())
}

function findEmails(text: string): readonly TextEntity[] {
  return matches('email', text, EMAIL, (mailbox) => MAILBOX.test(mailbox))
}

function findHashtags(text: string): readonly TextEntity[] {
  return [...text.matchAll(HASHTAG)].flatMap(({ 0: all, 1: tag = '', 2: of = '', index: offset }) => {
    const characters = [...tag]
    const kept = characters.slice(0, MAX_TAG_CHARACTERS).join('')
    const isWhole = characters.length <= MAX_TAG_CHARACTERS
    const isFollowed = text[offset + 1 + tag.length + of.length] === '#'
    if (isFollowed || !/\p{L}/u.test(kept)) return []
    return [{ kind: 'hashtag', offset, length: isWhole ? all.length : 1 + kept.length }]
  })
}
