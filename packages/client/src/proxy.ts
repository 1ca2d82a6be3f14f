import { decodeProxySecret } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import { httpConnect } from './net/http-connect.ts'
import type { ProxyLogin } from './net/proxy-answers.ts'
import { socks5 } from './net/socks5.ts'
import type { FirstPeer } from './net/talk-first.ts'
import { isHost, isPort } from './net/valid-address.ts'
import type { ClientOptions, MtproxyOption } from './options.ts'

/** An MTProxy, read and checked. */
export interface Mtproxy {
  readonly host: string
  readonly port: number
  /** 16 bytes, `dd` and 16 bytes, or `ee`, 16 bytes and a domain. */
  readonly secret: Uint8Array
}

/** Proxies between the client and a server, in the order of the way. */
export interface Proxies {
  readonly tunnel: FirstPeer | undefined
  readonly mtproxy: Mtproxy | undefined
}

/** A proxy that passes on whatever comes, for any server. */
interface TunnelParts extends Partial<ProxyLogin> {
  readonly kind: 'socks5' | 'http'
  readonly host: string
  readonly port: number
}

const LINK_HOSTS: ReadonlySet<string> = new Set(['t.me', 'telegram.me', 'telegram.dog'])
const DEFAULT_PORTS = { socks5: 1080, http: 80 } as const
/** SOCKS5 has one byte for the length of each. */
const MAX_LOGIN_BYTES = 255

/**
 * Reads the options `proxy` and `mtproxy`. An error never repeats a secret or a password.
 *
 * @throws UsageError PROXY_INVALID, MTPROXY_SECRET_INVALID, MTPROXY_LINK_INVALID
 */
export function proxiesOf({ proxy, mtproxy }: Pick<ClientOptions, 'proxy' | 'mtproxy'>): Proxies {
  const known = mtproxy === undefined ? undefined : mtproxyOf(mtproxy)
  if (proxy === undefined) return { tunnel: undefined, mtproxy: known }
  const link = typeof proxy === 'string' ? linkOf(proxy) : undefined
  if (link?.path !== 'proxy') return { tunnel: tunnelOf(proxy, link), mtproxy: known }
  if (known)
    throw new UsageError('PROXY_INVALID', 'The options proxy and mtproxy both give an MTProxy: give one')
  return { tunnel: undefined, mtproxy: mtproxyOf(String(proxy)) }
}

/** Reads the option `mtproxy`. @throws UsageError MTPROXY_SECRET_INVALID, MTPROXY_LINK_INVALID */
export function mtproxyOf(option: MtproxyOption): Mtproxy {
  const { host: written, port, secret } = typeof option === 'string' ? readMtproxyLink(option) : option
  const host = bare(written)
  if (!isPlace(host, port)) throw mtproxyInvalid('the host and a port from 1 to 65535')
  return { host, port, secret: decodeProxySecret(secret) }
}

function readMtproxyLink(text: string): { host: string; port: number; secret: string } {
  const link = linkOf(text)
  if (link?.path !== 'proxy') {
    throw mtproxyInvalid('a link such as tg://proxy?server=…&port=…&secret=… or https://t.me/proxy?…')
  }
  // In a query a plus is a space; in base64 it is a plus.
  return { ...placeOf(link.query), secret: (link.query.get('secret') ?? '').replaceAll(' ', '+') }
}

/** Parts of a link of Telegram's, such as `tg://proxy?…` and `https://t.me/proxy?…`; undefined for other texts. */
function linkOf(text: string): { path: string; query: URLSearchParams } | undefined {
  const link = text.trim()
  if (!URL.canParse(link)) return undefined
  const { protocol, hostname, pathname, searchParams: query } = new URL(link)
  if (protocol === 'tg:') return { path: hostname || pathname, query }
  const isOne = /^https?:$/.test(protocol) && LINK_HOSTS.has(hostname.replace(/^www\./, ''))
  return isOne ? { path: pathname.slice(1), query } : undefined
}

function placeOf(query: URLSearchParams): { host: string; port: number } {
  return { host: query.get('server') ?? '', port: Number(query.get('port') || Number.NaN) }
}

function tunnelOf(option: NonNullable<ClientOptions['proxy']>, link: ReturnType<typeof linkOf>): FirstPeer {
  const parts = typeof option !== 'string' ? option : link ? socksLink(link) : readUrl(option)
  const { kind, port, user, password = '' } = parts
  const host = bare(parts.host)
  if (!isPlace(host, port)) throw proxyInvalid('the host and a port from 1 to 65535')
  const login = user === undefined || user === '' ? undefined : { user, password }
  if (
    login &&
    [user, password].some((text = '') => new TextEncoder().encode(text).length > MAX_LOGIN_BYTES)
  ) {
    throw proxyInvalid(`a user and a password of at most ${MAX_LOGIN_BYTES} bytes each`)
  }
  const address = { host, port }
  return kind === 'socks5' ? socks5(address, login) : httpConnect(address, login)
}

function socksLink({ path, query }: { path: string; query: URLSearchParams }): TunnelParts {
  if (path !== 'socks') throw proxyInvalid(FORMS)
  const user = query.get('user') ?? undefined
  return { kind: 'socks5', ...placeOf(query), ...(user && { user, password: query.get('pass') ?? '' }) }
}

function readUrl(text: string): TunnelParts {
  if (!URL.canParse(text.trim())) throw proxyInvalid(FORMS)
  const url = new URL(text.trim())
  const kind = { 'socks5:': 'socks5', 'socks5h:': 'socks5', 'http:': 'http' }[url.protocol]
  if (kind !== 'socks5' && kind !== 'http') throw proxyInvalid(FORMS)
  return {
    kind,
    host: url.hostname,
    port: url.port === '' ? DEFAULT_PORTS[kind] : Number(url.port),
    user: decoded(url.username),
    password: decoded(url.password),
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function isPlace(host: string, port: number): boolean {
  return isHost(host) && isPort(port)
}

/** Without the brackets that IPv6 has in URLs. */
function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}

const FORMS =
  'socks5://user:password@host:port, http://user:password@host:port, or a link such as tg://socks?… or tg://proxy?…'

/** A link holds the secret: not even a wrong one is repeated. */
function mtproxyInvalid(wanted: string): UsageError {
  return new UsageError('MTPROXY_LINK_INVALID', `The option mtproxy does not give ${wanted}`)
}

function proxyInvalid(wanted: string): UsageError {
  return new UsageError('PROXY_INVALID', `The option proxy does not give ${wanted}`)
}
