import { PeerError } from './errors.ts'

/** A peer as somebody wrote it. */
export type WrittenPeer =
  | { readonly kind: 'self' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'phone'; readonly digits: string }
  | { readonly kind: 'id'; readonly id: bigint }
  | { readonly kind: 'invite'; readonly hash: string }

const NAME = /^[a-z][a-z0-9_]{2,31}$/i
const PHONE = /^\+\d[\d\s().-]{3,30}$/
const HASH = /^[\w-]{6,64}$/
const NUMBER = /^[1-9]\d{0,18}$/
const CHANNEL_BASE = 1_000_000_000_000n
/** A longer text is no peer; no pattern has to look at it. */
const MAX_LENGTH = 2048
const HOSTS: ReadonlySet<string> = new Set(['t.me', 'telegram.me', 'telegram.dog'])
/** First parts of links that lead to no chat. */
const OTHER_LINKS: ReadonlySet<string> = new Set([
  'addemoji',
  'addlist',
  'addstickers',
  'addtheme',
  'bg',
  'boost',
  'confirmphone',
  'giftcode',
  'invoice',
  'login',
  'm',
  'nft',
  'passport',
  'proxy',
  'setlanguage',
  'share',
  'socks',
])

/**
 * Reads a peer that is text: `'me'`, `'@name'`, `'+phone'` or a link.
 *
 * @throws PeerError PEER_INVALID, PEER_LINK_INVALID
 */
export function parsePeer(text: string): WrittenPeer {
  const trimmed = text.trim()
  if (trimmed.length > MAX_LENGTH) throw invalid(`${trimmed.slice(0, 40)}…`)
  if (trimmed === 'me' || trimmed === 'self') return { kind: 'self' }
  if (trimmed.startsWith('@')) return parseName(trimmed)
  if (PHONE.test(trimmed)) return { kind: 'phone', digits: trimmed.replace(/\D/g, '') }
  const link = parseLink(trimmed)
  if (link) return link
  throw invalid(trimmed)
}

function parseName(text: string): WrittenPeer {
  const name = text.slice(1)
  if (NAME.test(name)) return { kind: 'name', name }
  const message = `${text} is not a name: names have 3 to 32 letters, digits and underscores, and begin with a letter.`
  throw new PeerError('PEER_INVALID', message)
}

/** Undefined for a text that is no link of Telegram. */
function parseLink(text: string): WrittenPeer | undefined {
  const written = /^(?:https?:\/\/)?(?:www\.)?([a-z0-9_.-]+)(?:\/(.*))?$/i.exec(text)
  if (written) return parseWebLink(text, written[1] ?? '', written[2] ?? '')
  const app = /^tg:(?:\/\/)?([a-z]+)\/?\?(.*)$/i.exec(text)
  if (app) return parseAppLink(text, app[1] ?? '', new URLSearchParams(app[2]))
  return undefined
}

function parseWebLink(text: string, host: string, rest: string): WrittenPeer | undefined {
  const known = host.toLowerCase()
  const owner = /^([a-z][\w-]*)\.t\.me$/.exec(known)?.[1]
  if (owner !== undefined && NAME.test(owner)) return { kind: 'name', name: owner }
  if (!HOSTS.has(known)) return undefined
  const [first = '', second = ''] = (rest.split(/[?#]/, 1)[0] ?? '').split('/')
  if (first === 's' && NAME.test(second)) return { kind: 'name', name: second }
  if (first === 'c' && NUMBER.test(second)) return channel(second)
  if (first === 'joinchat' && HASH.test(second)) return { kind: 'invite', hash: second }
  if (/^\+\d{5,15}$/.test(first)) return { kind: 'phone', digits: first.slice(1) }
  if (first.startsWith('+') && HASH.test(first.slice(1))) return { kind: 'invite', hash: first.slice(1) }
  // Some people write the name with its @ after the slash.
  const name = first.replace(/^@/, '')
  if (NAME.test(name) && !OTHER_LINKS.has(name.toLowerCase())) return { kind: 'name', name }
  throw noChat(text)
}

function parseAppLink(text: string, action: string, query: URLSearchParams): WrittenPeer {
  const [domain, phone] = [query.get('domain') ?? '', query.get('phone') ?? '']
  const [invite, id, number] = [query.get('invite') ?? '', query.get('id') ?? '', query.get('channel') ?? '']
  if (action === 'resolve' && NAME.test(domain)) return { kind: 'name', name: domain }
  if (action === 'resolve' && /^\d{5,15}$/.test(phone.replace(/^\+/, ''))) {
    return { kind: 'phone', digits: phone.replace(/^\+/, '') }
  }
  if (action === 'join' && HASH.test(invite)) return { kind: 'invite', hash: invite }
  if (action === 'user' && NUMBER.test(id)) return { kind: 'id', id: BigInt(id) }
  const userId = query.get('user_id') ?? ''
  if (action === 'openmessage' && NUMBER.test(userId)) return { kind: 'id', id: BigInt(userId) }
  if (action === 'privatepost' && NUMBER.test(number)) return channel(number)
  throw noChat(text)
}

function channel(number: string): WrittenPeer {
  return { kind: 'id', id: -CHANNEL_BASE - BigInt(number) }
}

function noChat(text: string): PeerError {
  return new PeerError(
    'PEER_LINK_INVALID',
    `The link ${text} does not lead to a chat. Links to people and chats are t.me/name, t.me/+invite and t.me/c/number.`,
  )
}

function invalid(text: string): PeerError {
  const next = NAME.test(text)
    ? `A name begins with @: '@${text}'.`
    : /^-?\d+$/.test(text)
      ? `An id is a bigint: ${text}n; a phone number begins with +.`
      : "A peer is 'me', '@name', '+phone', a t.me link, an id as a bigint, or a value that came from the client."
  return new PeerError('PEER_INVALID', `${JSON.stringify(text)} is not a peer. ${next}`)
}
