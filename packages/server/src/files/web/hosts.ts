import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/**
 * A place that files may come from: a name, `*` for any, `*.example.org` for the names below it, or addresses. Without a port,
 * the ports 80 and 443.
 */
interface Host {
  readonly matches: (name: string) => boolean
  /** It is one name. */
  readonly isExact: boolean
  /** The addresses of an entry that names some; they may be private. */
  readonly network: BlockList | undefined
  readonly port: number | undefined
}

/** An address that a name leads to. */
export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

/** The places that files may come from. */
export class Hosts {
  readonly #hosts: readonly Host[]
  readonly #ownAddresses: () => readonly Address[]

  /**
   * @param entries each one that {@link isHostEntry} accepts
   * @param ownAddresses of this machine
   */
  constructor(entries: readonly string[], ownAddresses: () => readonly Address[] = machineAddresses) {
    this.#hosts = entries.flatMap((entry) => hostOf(entry) ?? [])
    this.#ownAddresses = ownAddresses
  }

  /** Tells whether files may come from this name or address, and port. */
  allows(url: URL): boolean {
    const literal = literalOf(url)
    return this.#hosts.some((host) => hasPort(host, url) && (matchesName(host, url) || holds(host, literal)))
  }

  /**
   * Tells whether a connection to this address may be made for a URL that is allowed. One that is private, or of this machine,
   * has to be named: a name that strangers control may lead anywhere.
   */
  allowsAddress(url: URL, address: Address): boolean {
    if (this.#hosts.some((host) => hasPort(host, url) && holds(host, address))) return true
    return isPublic(address) && !listOf(this.#ownAddresses()).check(address.address, kindOf(address.family))
  }

  /** Tells whether an entry has exactly this name: the operator knows who answers for it. */
  isNamed(url: URL): boolean {
    return this.#hosts.some((host) => host.isExact && hasPort(host, url) && matchesName(host, url))
  }
}

/** Tells whether a text names a place that files may come from. */
export function isHostEntry(entry: string): boolean {
  return hostOf(entry) !== undefined
}

/** The address that a URL names in place of a name. */
export function literalOf({ hostname }: URL): Address | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '')
  const family = isIP(bare)
  return family === 0 ? undefined : { address: bare, family: family === 4 ? 4 : 6 }
}

const ENTRY =
  /^(?<name>\[[\da-f:.]+\]|[^:/[\]]+|[\da-f:.]+(?=\/|$))(?:\/(?<bits>\d{1,3}))?(?::(?<port>\d{1,5}))?$/
const NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/
const NO_NAME = (): boolean => false
const ANY_NAME = (): boolean => true

function hostOf(entry: string): Host | undefined {
  const { name, bits, port: digits } = ENTRY.exec(entry.trim().toLowerCase())?.groups ?? {}
  const port = digits === undefined ? undefined : Number(digits)
  if (name === undefined || port === 0 || (port ?? 0) > 65_535) return undefined
  const bare = name.replace(/^\[|\]$/g, '')
  const family = isIP(bare)
  if (family !== 0) return addressesOf(bare, family === 4 ? 4 : 6, bits, port)
  if (bits !== undefined) return undefined
  if (name === '*') return { matches: ANY_NAME, isExact: false, network: undefined, port }
  const isBelow = name.startsWith('*.')
  const plain = isBelow ? name.slice(2) : name
  if (!NAME.test(plain)) return undefined
  const matches = (given: string): boolean => (isBelow ? given.endsWith(`.${plain}`) : given === plain)
  return { matches, isExact: !isBelow, network: plain === 'localhost' ? LOOPBACK : undefined, port }
}

function addressesOf(
  address: string,
  family: 4 | 6,
  bits: string | undefined,
  port: number | undefined,
): Host | undefined {
  const all = family === 4 ? 32 : 128
  const length = bits === undefined ? all : Number(bits)
  if (length > all) return undefined
  const network = new BlockList()
  network.addSubnet(address, length, kindOf(family))
  return { matches: NO_NAME, isExact: false, network, port }
}

function hasPort({ port }: Host, url: URL): boolean {
  const asked = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  return port === undefined ? asked === 80 || asked === 443 : asked === port
}

/** A final dot says that a name is whole. */
function matchesName({ matches }: Host, { hostname }: URL): boolean {
  return isIP(hostname.replace(/^\[|\]$/g, '')) === 0 && matches(hostname.replace(/\.$/, ''))
}

function holds({ network }: Host, address: Address | undefined): boolean {
  return address !== undefined && network?.check(address.address, kindOf(address.family)) === true
}

function kindOf(family: 4 | 6): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6'
}

function listOf(addresses: readonly Address[]): BlockList {
  const list = new BlockList()
  for (const { address, family } of addresses) list.addAddress(address, kindOf(family))
  return list
}

/** The addresses that this machine has now. */
function machineAddresses(): readonly Address[] {
  const found = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return found.map(({ address, family }) => ({ address, family: family === 'IPv4' ? 4 : 6 }))
}

function networksOf(family: 4 | 6, networks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [address, bits] of networks) list.addSubnet(address, bits, kindOf(family))
  return list
}

const LOOPBACK = networksOf(4, [['127.0.0.0', 8]])
LOOPBACK.addAddress('::1', 'ipv6')

/** Networks that are not of the internet: IANA's registry of special addresses (RFC 6890), and those of groups. */
const NOT_PUBLIC_4 = networksOf(4, [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // The service of Azure's that machines there ask for their settings.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
])
/** All addresses of the internet; those that stand for one of IPv4 lie outside, or in the list below. */
const PUBLIC_6 = networksOf(6, [['2000::', 3]])
/** Of Teredo and other protocols, of documentation, and 6to4, whose addresses have one of IPv4 in them. */
const NOT_PUBLIC_6 = networksOf(6, [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])

function isPublic({ address, family }: Address): boolean {
  if (family === 4) return !NOT_PUBLIC_4.check(address, 'ipv4')
  return PUBLIC_6.check(address, 'ipv6') && !NOT_PUBLIC_6.check(address, 'ipv6')
}
