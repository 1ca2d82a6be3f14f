import { UsageError } from '@cablegram/tl'

/** The 4 or 16 bytes of an IP address. @throws UsageError SESSION_ADDRESS for a name */
export function ipBytes(host: string): Uint8Array {
  if (isIpv4(host)) return Uint8Array.from(host.split('.'), Number)
  if (host.includes(':') && URL.canParse(`http://[${host}]/`)) return ipv6Bytes(host)
  throw new UsageError(
    'SESSION_ADDRESS',
    `A session of this library keeps the server's IP address, and ${host} is a name. Start the server with --host and an address.`,
  )
}

function isIpv4(host: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(host) && host.split('.').every((part) => Number(part) <= 255)
}

/** An IP address of 4 or 16 bytes as text. */
export function ipText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0))
  const text = groups.map((group) => group.toString(16)).join(':')
  return new URL(`http://[${text}]/`).hostname.slice(1, -1)
}

/** The URL parser writes the address in hexadecimal groups, with at most one `::`. */
function ipv6Bytes(host: string): Uint8Array {
  const [head = '', tail] = new URL(`http://[${host}]/`).hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const between = Array.from({ length: 8 - before.length - after.length }, () => '0')
  const groups = [...before, ...between, ...after].map((group) => Number.parseInt(group, 16))
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]))
}
