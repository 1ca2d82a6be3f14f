import { UsageError } from '@cablegram/tl'
import type { Results } from '@cablegram/tl/api'
import type { Address } from './net/transport.ts'
import type { Server } from './server/server.ts'
import { isBuiltIn } from './server/telegram.ts'
import type { Session } from './storage/session.ts'

/** More addresses of one data centre than this are not remembered. */
const MAX_ADDRESSES = 16

/**
 * Known addresses of a data centre. Those of Telegram that are built in grow old: what its servers have told since comes
 * first. A server of one's own has just described itself; what it told of others is used for those alone.
 */
export function knownAddresses(dcId: number, server: Server, session: Session): readonly Address[] {
  const described = server.dcs.filter(({ id }) => id === dcId)
  const { [dcId]: kept } = session.addresses
  if (kept === undefined || (described.length > 0 && !isBuiltIn(server))) return described
  return withoutRepeats([kept, ...(kept.others ?? []), ...described])
}

/** All addresses that a configuration tells, for a session to keep. */
export function addressesToKeep(
  config: Results['help.getConfig'],
  isObfuscated: boolean,
): Session['addresses'] {
  const ids = new Set(config.dcOptions.map(({ id }) => id))
  const kept: Record<number, NonNullable<ReturnType<typeof toKeep>>> = {}
  for (const id of ids) {
    const address = toKeep(configuredAddresses(id, config, isObfuscated))
    if (address) kept[id] = address
  }
  return kept
}

/** Addresses of one data centre as a session keeps them; undefined if there are none. */
export function toKeep([first, ...others]: readonly Address[]): Session['addresses'][number] | undefined {
  return first && (others.length > 0 ? { ...first, others } : first)
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
  return withoutRepeats(addresses).slice(0, MAX_ADDRESSES)
}

/** Addresses of a data centre of a CDN in the server's configuration. */
export function cdnAddresses(dcId: number, config: Results['help.getConfig']): readonly Address[] {
  const usable = config.dcOptions.filter(({ id, cdn, secret }) => id === dcId && cdn && secret === undefined)
  return usable.slice(0, MAX_ADDRESSES).map(({ ipAddress, port }) => ({ host: ipAddress, port }))
}

function withoutRepeats(addresses: readonly Address[]): readonly Address[] {
  return addresses.filter(
    ({ host, port }, i) => addresses.findIndex((a) => a.host === host && a.port === port) === i,
  )
}

/** The error for a data centre that nobody has told of. */
export function unknownDc(dcId: number, server: Server, cause?: unknown): UsageError {
  return new UsageError('DC_UNKNOWN', `The server ${server.name} has no data centre ${dcId}`, { cause })
}
