import type { ClientMachineOptions } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import { alternateFamilies } from './net/dial-first.ts'
import type { Address, Dial } from './net/transport.ts'
import type { ClientOptions } from './options.ts'
import type { Platform, TransportName } from './platform.ts'
import { proxyOf } from './proxy.ts'

/** How a client's bytes get to a data centre. */
export interface Way extends Pick<ClientMachineOptions, 'framing' | 'obfuscation'> {
  readonly dial: Dial
  /** To be tried in this order. */
  readonly addresses: readonly Address[]
}

/**
 * The way to a data centre that the options ask for.
 *
 * @throws UsageError FRAMING_INVALID, MTPROXY_SECRET_INVALID, MTPROXY_LINK_INVALID, OPTION_INVALID
 */
export function chooseWay(
  known: readonly Address[],
  options: ClientOptions,
  platform: Pick<Platform, 'transport' | 'dial' | 'dialWebSocket' | 'dialPosts'>,
): Way {
  const { framing, obfuscated = false, mtproxy } = options
  const transport = transportOf(options, platform)
  if (mtproxy) {
    if (transport !== 'tcp') refuse(`an MTProxy is reached over TCP, not ${transport}`)
    const { host, port, secret } = proxyOf(mtproxy)
    return {
      dial: tcpOf(platform),
      addresses: [{ host, port }],
      framing: framing ?? 'intermediate',
      obfuscation: { secret },
    }
  }
  if (transport === 'http') {
    if (framing !== undefined || obfuscated) refuse('HTTP has no frames to choose or to hide')
    return { dial: platform.dialPosts, addresses: webAddresses(known), framing: 'bare' }
  }
  const chosen = framing ?? 'intermediate'
  if (transport === 'websocket') {
    const addresses = webAddresses(known)
    return { dial: platform.dialWebSocket, addresses, framing: chosen, obfuscation: {} }
  }
  const addresses = alternateFamilies(known)
  return { dial: tcpOf(platform), addresses, framing: chosen, ...(obfuscated && { obfuscation: {} }) }
}

/** The transport that the options name, or the platform's own; an MTProxy needs TCP. */
export function transportOf(
  { transport, mtproxy }: ClientOptions,
  platform: Pick<Platform, 'transport'>,
): TransportName {
  return transport ?? (mtproxy === undefined ? platform.transport : 'tcp')
}

function tcpOf({ dial }: Pick<Platform, 'dial'>): Dial {
  if (dial) return dial
  const message =
    "A page cannot open TCP connections, which the option `mtproxy` needs, too. The option `transport` may be 'websocket' or 'http'."
  throw new UsageError('OPTION_INVALID', message)
}

/** The URLs that the server tells, each once; addresses only if it tells none. */
function webAddresses(known: readonly Address[]): readonly Address[] {
  const told = known.filter(({ wsUrl }) => wsUrl !== undefined)
  const first = told.filter(({ wsUrl }, i) => told.findIndex((other) => other.wsUrl === wsUrl) === i)
  return first.length > 0 ? first : alternateFamilies(known)
}

function refuse(why: string): never {
  throw new UsageError('FRAMING_INVALID', `These options do not go together: ${why}`)
}
