import { UsageError } from '@cablegram/tl'
import type { Results } from '@cablegram/tl/api'
import type { Address } from './net/transport.ts'
import type { Server } from './server/server.ts'
import type { Session } from './storage/session.ts'

/** Where a data centre is, as far as the server's description and its own configuration have told. */
export function knownAddress(dcId: number, server: Server, session: Session): Address | undefined {
  return server.dcs.find(({ id }) => id === dcId) ?? session.addresses[dcId]
}

/** Where the server's configuration says that a data centre is. IPv4 first: not every network has the other. */
export function configuredAddress(dcId: number, config: Results['help.getConfig']): Address | undefined {
  const usable = config.dcOptions.filter(
    ({ id, mediaOnly, cdn, tcpoOnly, secret }) =>
      id === dcId && !mediaOnly && !cdn && !tcpoOnly && secret === undefined,
  )
  const option = usable.find(({ ipv6 }) => !ipv6) ?? usable[0]
  return option && { host: option.ipAddress, port: option.port }
}

/** The error for a data centre that nobody has told of. */
export function unknownDc(dcId: number, server: Server, cause?: unknown): UsageError {
  return new UsageError('DC_UNKNOWN', `The server ${server.name} has no data centre ${dcId}`, { cause })
}
