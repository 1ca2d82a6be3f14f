/** The longest name that SOCKS5 has room for; DNS takes no longer one. */
const MAX_HOST_BYTES = 255
const LABEL = /^[\p{L}\p{M}\p{N}_-]{1,63}$/u
const IPV6 = /^[\da-f:.]{2,45}(?:%[\w.-]{1,32})?$/i

/**
 * Tells whether a text is a name or an IP address (of IPv6 without brackets), and nothing else: what comes from
 * configurations, sessions and links is put into the words for a proxy.
 */
export function isHost(text: string): boolean {
  if (new TextEncoder().encode(text).length > MAX_HOST_BYTES) return false
  if (text.includes(':')) return IPV6.test(text) && URL.canParse(`http://[${text.replace(/%.*/, '')}]/`)
  const labels = text.replace(/\.$/, '').split('.')
  // A name whose end is a number would be read as an IPv4 address.
  if (/^\d+$/.test(labels.at(-1) ?? '')) return isIpv4(labels)
  return labels.every((label) => LABEL.test(label))
}

/** Tells whether a number is a port that something can listen on. */
export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
}

function isIpv4(parts: readonly string[]): boolean {
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)
}
