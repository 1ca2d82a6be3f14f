import type { Address } from './transport.ts'

/** URL of a data centre for WebSockets. */
export function webSocketUrl({ host, port, wsUrl }: Address): string {
  return wsUrl ?? `ws://${host.includes(':') ? `[${host}]` : host}:${port}/apiws`
}

/** URL of a data centre for packets by POST, usable by pages of any origin. */
export function postUrl(address: Address): string {
  const url = new URL(webSocketUrl(address))
  const protocol = url.protocol === 'wss:' ? 'https:' : 'http:'
  return `${protocol}//${url.host}${url.pathname.replace('/apiws', '/apiw')}`
}
