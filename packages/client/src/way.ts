import { type ClientMachineOptions, parseProxySecret } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import { fittingFirst, type KnownAddress } from './dc-addresses.ts'
import { alternateFamilies } from './net/dial-first.ts'
import { fakeTls } from './net/fake-tls.ts'
import { talkFirst } from './net/talk-first.ts'
import type { Dial } from './net/transport.ts'
import { whereOf } from './net/where-of.ts'
import type { ClientOptions } from './options.ts'
import type { Platform, TransportName } from './platform.ts'
import { type Mtproxy, proxiesOf } from './proxy.ts'

/** How a client's bytes get to a data centre. */
export interface Way extends Pick<ClientMachineOptions, 'framing' | 'obfuscation'> {
  readonly dial: Dial
  /** To be tried in this order. */
  readonly addresses: readonly KnownAddress[]
  readonly transport: TransportName
  /** The kinds of the proxies on it: `socks5`, `http`, `mtproxy`, or two of them. */
  readonly proxy?: string | undefined
}

/** Parts of a platform that connect. */
type Dials = Pick<Platform, 'transport' | 'dial' | 'dialWebSocket' | 'dialPosts' | 'random'>

/**
 * The way to a data centre that the options ask for.
 *
 * @param serverNowMs the time by the server's clock, as far as it is known
 * @throws UsageError FRAMING_INVALID, MTPROXY_SECRET_INVALID, MTPROXY_LINK_INVALID, PROXY_INVALID, OPTION_INVALID
 */
export function chooseWay(
  known: readonly KnownAddress[],
  options: ClientOptions,
  platform: Dials,
  serverNowMs: () => number,
): Way {
  const { framing, obfuscated = false } = options
  const transport = transportOf(options, platform)
  const { tunnel, mtproxy } = proxiesOf(options)
  if (transport !== 'tcp') {
    if (tunnel || mtproxy) refuse(`a proxy is reached over TCP, not ${transport}`)
    return chooseWebWay(known, options, platform, transport)
  }
  const tcp = tcpOf(platform)
  const dial = tunnel ? talkFirst(tcp, tunnel) : tcp
  const chosen = framing ?? 'intermediate'
  const names = [tunnel?.kind, mtproxy && 'mtproxy'].filter((name) => name !== undefined)
  const kind = { transport, ...(names.length > 0 && { proxy: names.join(' ') }) }
  if (mtproxy) {
    return { ...throughMtproxy(mtproxy, dial, chosen, { random: platform.random, serverNowMs }), ...kind }
  }
  // Full frames cannot be hidden.
  const usable = chosen === 'full' ? known.filter(({ obfuscation }) => !obfuscation) : known
  if (usable.length === 0) refuseAll(known, "framing: 'full'")
  // The rules of a proxy may name those that stay the same. TDLib has them first as well.
  const ordered = tunnel ? fittingFirst(({ isStatic }) => isStatic === true, usable) : usable
  const addresses = alternateFamilies(ordered)
  return { dial, addresses, ...kind, framing: chosen, ...(obfuscated && { obfuscation: {} }) }
}

function chooseWebWay(
  known: readonly KnownAddress[],
  { framing, obfuscated }: ClientOptions,
  { dialPosts, dialWebSocket }: Dials,
  transport: 'websocket' | 'http',
): Way {
  const isWebSocket = transport === 'websocket'
  const isUsable = ({ isForFiles, obfuscation }: KnownAddress) =>
    !isForFiles && (isWebSocket ? !obfuscation?.secret : !obfuscation)
  const addresses = webAddresses(known.filter(isUsable))
  if (addresses.length === 0) refuseAll(known, `transport: '${transport}'`)
  if (isWebSocket) {
    return { dial: dialWebSocket, addresses, transport, framing: framing ?? 'intermediate', obfuscation: {} }
  }
  if (framing !== undefined || obfuscated === true) refuse('HTTP has no frames to choose or to hide')
  return { dial: dialPosts, addresses, transport, framing: 'bare' }
}

function throughMtproxy(
  { host, port, secret }: Mtproxy,
  dial: Dial,
  framing: NonNullable<Way['framing']>,
  { random, serverNowMs }: Pick<Platform, 'random'> & { readonly serverNowMs: () => number },
): Omit<Way, 'transport'> {
  const way = { dial, addresses: [{ host, port }], framing, obfuscation: { secret } }
  const { domain, secret: key } = parseProxySecret(secret)
  if (domain === undefined) return way
  const setup = () => ({ secret: key, domain, random, nowS: Math.floor(serverNowMs() / 1000) })
  return { ...way, dial: talkFirst(dial, fakeTls(whereOf({ host, port }), setup)) }
}

/** The transport that the options name, or the platform's own; a proxy needs TCP. */
export function transportOf(
  { transport, mtproxy, proxy }: ClientOptions,
  platform: Pick<Platform, 'transport'>,
): TransportName {
  const isDirect = mtproxy === undefined && proxy === undefined
  return transport ?? (isDirect ? platform.transport : 'tcp')
}

function tcpOf({ dial }: Pick<Platform, 'dial'>): Dial {
  if (dial) return dial
  const message =
    "A page cannot open TCP connections, which the options `proxy` and `mtproxy` need, too. The option `transport` may be 'websocket' or 'http'."
  throw new UsageError('OPTION_INVALID', message)
}

/** The URLs that the server tells, each once; addresses only if it tells none. */
function webAddresses(known: readonly KnownAddress[]): readonly KnownAddress[] {
  const told = known.filter(({ wsUrl }) => wsUrl !== undefined)
  const first = told.filter(({ wsUrl }, i) => told.findIndex((other) => other.wsUrl === wsUrl) === i)
  return first.length > 0 ? first : alternateFamilies(known)
}

function refuseAll(known: readonly KnownAddress[], option: string): never {
  const hosts = known.map(whereOf).join(', ')
  const message = `With ${option} no address of this data centre can be used: ${hosts}. They need hidden bytes, or carry files only.`
  throw new UsageError('OPTION_INVALID', message)
}

function refuse(why: string): never {
  throw new UsageError('FRAMING_INVALID', `These options do not go together: ${why}`)
}
