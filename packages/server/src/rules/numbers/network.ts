import { isIPv4, isIPv6 } from 'node:net'

/** The network of an address, as much as one customer of a provider has: an IPv4 address, or the /64 of an IPv6 one. */
export function networkOf(ip: string): string {
  const mapped = /^(?:::|(?:0+:){5})ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  if (isIPv4(ip) || !isIPv6(ip)) return ip
  const [head = '', tail] = (ip.split('%')[0] ?? '').split('::')
  const groups = head === '' ? [] : head.split(':')
  // Without `::` all eight groups are there; with it, the ones left out are zeros between head and tail.
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length)
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...after]
  const numbers = all.map((group) => Number.parseInt(group, 16))
  const isMapped = numbers.slice(0, 5).every((number) => number === 0) && numbers[5] === 0xffff
  if (isMapped) return ipv4Of(numbers[6] ?? 0, numbers[7] ?? 0)
  const prefix = numbers.slice(0, 4).map((number) => number.toString(16))
  return `${prefix.join(':')}::/64`
}

/**
 * The beginning that all networks of an IPv6 /48 share in {@link networkOf}: a provider may give a customer as much, which is
 * 65,536 networks. Undefined for an IPv4 address.
 */
export function siteOf(ip: string): string | undefined {
  return /^(?:[\da-f]+:){3}(?=[\da-f]+::\/64$)/.exec(networkOf(ip))?.[0]
}

function ipv4Of(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
