import { decodeProxySecret } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import type { ProxyOption } from './options.ts'

/** An MTProxy, read and checked. */
export interface Proxy {
  readonly host: string
  readonly port: number
  /** 16 bytes, or `dd` and 16 bytes. */
  readonly secret: Uint8Array
}

const LINK_HOSTS: ReadonlySet<string> = new Set(['t.me', 'telegram.me', 'telegram.dog'])

/** Reads the option `mtproxy`. @throws UsageError MTPROXY_SECRET_INVALID, MTPROXY_LINK_INVALID */
export function proxyOf(option: ProxyOption): Proxy {
  const { host, port, secret } = typeof option === 'string' ? readLink(option) : option
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw invalid('the host and a port from 1 to 65535')
  }
  return { host, port, secret: decodeProxySecret(secret) }
}

function readLink(text: string): { host: string; port: number; secret: string } {
  const link = text.trim()
  const url = URL.canParse(link) ? new URL(link) : undefined
  if (url === undefined || !isProxyLink(url)) {
    throw invalid('a link such as tg://proxy?server=…&port=…&secret=… or https://t.me/proxy?…')
  }
  const at = (name: string) => url.searchParams.get(name) ?? ''
  // In a query a plus is a space; in base64 it is a plus.
  return {
    host: at('server'),
    port: Number(at('port') || Number.NaN),
    secret: at('secret').replaceAll(' ', '+'),
  }
}

function isProxyLink({ protocol, hostname, pathname }: URL): boolean {
  if (protocol === 'tg:') return hostname === 'proxy' || pathname === 'proxy'
  return /^https?:$/.test(protocol) && LINK_HOSTS.has(hostname.replace(/^www\./, '')) && pathname === '/proxy'
}

/** A link holds the secret: not even a wrong one is repeated. */
function invalid(wanted: string): UsageError {
  return new UsageError('MTPROXY_LINK_INVALID', `The option mtproxy does not give ${wanted}`)
}
