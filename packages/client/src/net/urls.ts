import type { Address } from './transport.ts'

/** Where a data centre takes WebSockets. */
export function webSocketUrl({ host, port, wsUrl }: Address): string {
  return wsUrl ?? `ws://${host.includes(':') ? `[${host}]` : host}:${port}/apiws`
}

/** Where it takes packets by POST, from pages of any origin: beside the WebSockets, by the same rules. */
export function postUrl(address: Address): string {
  const url = new URL(webSocketUrl(address))
  const protocol = url.protocol === 'wss:' ? 'https:' : 'http:'
  return `${protocol}//${url.host}${url.pathname.replace('/apiws', '/apiw')}`
}
