import type { Address } from './transport.ts'

/** An address as URLs have it: IPv6 in brackets. */
export function whereOf({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
