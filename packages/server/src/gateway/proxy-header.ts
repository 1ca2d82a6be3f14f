import { ProtocolError } from '@cablegram/mtproto'
import type { Addresses } from './channel.ts'

/** A PROXY protocol header, version 2. */
export interface ProxyHeader {
  /** The header's bytes. */
  readonly length: number
  /** Undefined if the balancer speaks for itself (LOCAL), or does not know. */
  readonly addresses: Addresses | undefined
}

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1')
const FIXED_BYTES = 16
/** Balancers add names, facts about TLS and a checksum behind the addresses: never more than this. */
const MAX_REST_BYTES = 4096
const VERSION_LOCAL = 0x20
const VERSION_PROXY = 0x21
const UNSPECIFIED = 0x00
const TCP_OVER_IPV4 = 0x11
const TCP_OVER_IPV6 = 0x21

/**
 * Reads the header that a balancer puts before a connection; undefined while it is not all here.
 *
 * @throws ProtocolError PROXY_HEADER_INVALID
 * @see https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt section 2.2
 */
export function readProxyHeader(head: Buffer): ProxyHeader | undefined {
  const known = Math.min(head.length, SIGNATURE.length)
  if (!head.subarray(0, known).equals(SIGNATURE.subarray(0, known)))
    refuse('it does not begin with the signature')
  if (head.length < FIXED_BYTES) return undefined
  const command = head.readUInt8(12)
  const family = head.readUInt8(13)
  const restBytes = head.readUInt16BE(14)
  if (command !== VERSION_LOCAL && command !== VERSION_PROXY) refuse('its version or command is unknown')
  if (restBytes > MAX_REST_BYTES) refuse('it is too long')
  const length = FIXED_BYTES + restBytes
  if (head.length < length) return undefined
  if (command === VERSION_LOCAL) return { length, addresses: undefined }
  return { length, addresses: readAddresses(family, head.subarray(FIXED_BYTES, length)) }
}

function readAddresses(family: number, rest: Buffer): Addresses | undefined {
  switch (family) {
    case UNSPECIFIED:
      return undefined
    case TCP_OVER_IPV4:
      return readPair(rest, 4, (address) => address.join('.'))
    case TCP_OVER_IPV6:
      return readPair(rest, 16, ipv6Text)
    default:
      return refuse('its addresses are none of TCP')
  }
}

/** ```text
 * source address | destination address | source port, 2 bytes | destination port, 2 bytes | type, length, value …
 * ``` */
function readPair(rest: Buffer, bytes: number, text: (address: Buffer) => string): Addresses {
  const fixed = 2 * bytes + 4
  if (rest.length < fixed) refuse('it is too short for its addresses')
  checkExtensions(rest.subarray(fixed))
  return { ip: text(rest.subarray(0, bytes)), localIp: text(rest.subarray(bytes, 2 * bytes)) }
}

function checkExtensions(extensions: Buffer): void {
  let at = 0
  while (at < extensions.length) {
    if (at + 3 > extensions.length) refuse('an extension is cut off')
    at += 3 + extensions.readUInt16BE(at + 1)
  }
  if (at > extensions.length) refuse('an extension is cut off')
}

function ipv6Text(address: Buffer): string {
  const isMapped = address.subarray(0, 12).equals(Buffer.from('00000000000000000000ffff', 'hex'))
  if (isMapped) return address.subarray(12).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => address.readUInt16BE(2 * i).toString(16))
  // The URL parser writes the usual form.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

function refuse(what: string): never {
  throw new ProtocolError('PROXY_HEADER_INVALID', `the PROXY header is not valid: ${what}`)
}
