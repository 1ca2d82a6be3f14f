import { UsageError } from '@cablegram/tl'
import type { Results } from '@cablegram/tl/api'
import type { Address } from './net/transport.ts'
import type { Server } from './server/server.ts'
import type { Session } from './storage/session.ts'

/** More addresses of one data centre than this are not remembered. */
const MAX_ADDRESSES = 16

/** Known addresses of a data centre, from the server's description and its configuration. */
export function knownAddresses(dcId: number, server: Server, session: Session): readonly Address[] {
  const described = server.dcs.filter(({ id }) => id === dcId)
  const kept = session.addresses[dcId]
  return described.length > 0 || kept === undefined ? described : [kept, ...(kept.others ?? [])]
}

/**
 * Addresses of a data centre in the server's configuration, IPv4 first. Left out are addresses for files only, and
 * those that want a secret. `this_port_only` needs nothing: no other port is tried anyway.
 *
 * @param isObfuscated whether the client hides its frames: `tcpo_only` addresses take nothing else
 */
export function configuredAddresses(
  dcId: number,
  config: Results['help.getConfig'],
  isObfuscated: boolean,
): readonly Address[] {
  const usable = config.dcOptions.filter(
    ({ id, mediaOnly, cdn, tcpoOnly, secret }) =>
      id === dcId && !mediaOnly && !cdn && (!tcpoOnly || isObfuscated) && secret === undefined,
  )
  const ordered = [...usable.filter(({ ipv6 }) => !ipv6), ...usable.filter(({ ipv6 }) => ipv6)]
  const addresses = ordered.map(({ ipAddress, port }) => ({ host: ipAddress, port }))
  // The same address comes again as `static`.
  return addresses
    .filter(({ host, port }, i) => addresses.findIndex((a) => a.host === host && a.port === port) === i)
    .slice(0, MAX_ADDRESSES)
}

/** Addresses of a data centre of a CDN in the server's configuration. */
export function cdnAddresses(dcId: number, config: Results['help.getConfig']): readonly Address[] {
  const usable = config.dcOptions.filter(({ id, cdn, secret }) => id === dcId && cdn && secret === undefined)
  return usable.slice(0, MAX_ADDRESSES).map(({ ipAddress, port }) => ({ host: ipAddress, port }))
}

/** The error for a data centre that nobody has told of. */
export function unknownDc(dcId: number, server: Server, cause?: unknown): UsageError {
  return new UsageError('DC_UNKNOWN', `The server ${server.name} has no data centre ${dcId}`, { cause })
}
