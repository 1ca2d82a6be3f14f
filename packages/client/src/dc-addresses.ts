import { UsageError } from '@cablegram/tl'
import type { Results } from '@cablegram/tl/api'
import type { Address } from './net/transport.ts'
import { isHost, isPort } from './net/valid-address.ts'
import type { Server } from './server/server.ts'
import { isBuiltIn } from './server/telegram.ts'
import type { DcAddress, Session } from './storage/session.ts'

/** More addresses of one data centre than this are not remembered. */
const MAX_ADDRESSES = 16

/** Secrets of addresses: 16 bytes, or `dd` and 16 bytes. Those with a domain imitate TLS, which is for MTProxies. */
const SECRET_BYTES = 16
const PADDED = 0xdd

/** An address of a data centre, from any of the places that tell them. */
export interface KnownAddress extends DcAddress {
  readonly wsUrl?: string | undefined
}

type DcOption = Results['help.getConfig']['dcOptions'][number]

/**
 * Known addresses of a data centre. Those of Telegram that are built in grow old: what its servers have told since comes
 * first. A server of one's own has just described itself; what it told of others is used for those alone.
 */
export function knownAddresses(dcId: number, server: Server, session: Session): readonly KnownAddress[] {
  const described = server.dcs.filter(({ id }) => id === dcId)
  const { [dcId]: kept } = session.addresses
  if (kept === undefined || (described.length > 0 && !isBuiltIn(server))) return described
  return withoutRepeats([...[kept, ...(kept.others ?? [])].filter(isUsable), ...described])
}

/** Addresses for calls and updates. */
export function addressesForCalls(known: readonly KnownAddress[]): readonly KnownAddress[] {
  return known.filter(({ isForFiles }) => isForFiles !== true)
}

/**
 * Addresses of a connection for files at home. Downloads begin with those for files only, as in TDLib, and uploads never use
 * them. The address of the main connection comes next, and its family first: a key that is used from two addresses of this
 * machine may count as stolen.
 */
export function addressesForLane(
  lane: 'upload' | 'download',
  known: readonly KnownAddress[],
  main: Address | undefined,
): readonly KnownAddress[] {
  const isOfMain = ({ host }: KnownAddress) => main?.host.includes(':') === host.includes(':')
  const isMain = ({ host, port }: KnownAddress) => host === main?.host && port === main.port
  const ofFiles = lane === 'download' ? known.filter(({ isForFiles }) => isForFiles === true) : []
  return [...fittingFirst(isOfMain, ofFiles), ...fittingFirst(isMain, addressesForCalls(known))]
}

/** Addresses that fit, and then the others. */
export function fittingFirst(
  fits: (address: KnownAddress) => boolean,
  addresses: readonly KnownAddress[],
): readonly KnownAddress[] {
  return [...addresses.filter(fits), ...addresses.filter((each) => !fits(each))]
}

/** All addresses that a configuration tells, for a session to keep. */
export function addressesToKeep(config: Results['help.getConfig']): Session['addresses'] {
  const ids = new Set(config.dcOptions.map(({ id }) => id))
  const kept: Record<number, NonNullable<ReturnType<typeof toKeep>>> = {}
  for (const id of ids) {
    const address = toKeep(configuredAddresses(id, config))
    if (address) kept[id] = address
  }
  return kept
}

/** Addresses of one data centre as a session keeps them; undefined if there are none. */
export function toKeep([first, ...others]: readonly KnownAddress[]):
  | Session['addresses'][number]
  | undefined {
  return first && (others.length > 0 ? { ...first, others } : first)
}

/**
 * Addresses of a data centre in the server's configuration: those for files only last, IPv4 before IPv6, and static ones
 * behind the others. `this_port_only` needs nothing: no other port is tried anyway.
 */
export function configuredAddresses(
  dcId: number,
  config: Results['help.getConfig'],
): readonly KnownAddress[] {
  const options = config.dcOptions.filter(({ id, cdn }) => id === dcId && cdn !== true)
  const weight = ({ mediaOnly, ipv6, static: isStatic }: DcOption) =>
    (mediaOnly ? 4 : 0) + (ipv6 ? 2 : 0) + (isStatic ? 1 : 0)
  return usableAddresses(options.toSorted((one, other) => weight(one) - weight(other)))
}

/** Addresses of a data centre of a CDN in the server's configuration. */
export function cdnAddresses(dcId: number, config: Results['help.getConfig']): readonly KnownAddress[] {
  return usableAddresses(config.dcOptions.filter(({ id, cdn }) => id === dcId && cdn === true))
}

function usableAddresses(options: readonly DcOption[]): readonly KnownAddress[] {
  return withoutRepeats(options.map(addressOf).filter(isUsable)).slice(0, MAX_ADDRESSES)
}

/** One address that nobody can use does not take the others with it. */
function isUsable({ host, port, obfuscation }: DcAddress): boolean {
  if (!isHost(host) || !isPort(port)) return false
  const secret = obfuscation?.secret
  const isPadded = secret?.length === SECRET_BYTES + 1 && secret[0] === PADDED
  return secret === undefined || secret.length === SECRET_BYTES || isPadded
}

function addressOf({
  ipAddress: host,
  port,
  tcpoOnly,
  secret,
  mediaOnly,
  static: isStatic,
}: DcOption): KnownAddress {
  return {
    ...{ host, port },
    ...((tcpoOnly || secret) && { obfuscation: secret ? { secret: new Uint8Array(secret) } : {} }),
    ...(mediaOnly && { isForFiles: true }),
    ...(isStatic && { isStatic }),
  }
}

/** The same address may come again as `static`, or for files only. */
function withoutRepeats(addresses: readonly KnownAddress[]): readonly KnownAddress[] {
  const byName = new Map<string, KnownAddress>()
  for (const address of addresses) {
    const name = `${address.host} ${address.port} ${address.isForFiles ?? false}`
    const known = byName.get(name)
    byName.set(
      name,
      known === undefined ? address : { ...known, ...(address.isStatic && { isStatic: true }) },
    )
  }
  return [...byName.values()]
}

/** The error for a data centre that nobody has told of. */
export function unknownDc(dcId: number, server: Server, cause?: unknown): UsageError {
  return new UsageError('DC_UNKNOWN', `The server ${server.name} has no data centre ${dcId}`, { cause })
}
