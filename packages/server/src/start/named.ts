import type { MessageName, PeerName } from '../console/index.ts'
import type { Named } from './people-api.ts'

/** The name of somebody or something in a call. A JavaScript program can pass anything: that is checked later. */
export function nameOf(named: Named): PeerName {
  return typeof named === 'object' && named !== null ? named.id : named
}

/** A message in a call, without what is not needed to find it. */
export function messageOf(message: MessageName): MessageName {
  if (typeof message !== 'object' || message === null) return message
  const { id, boxId } = message
  return { id, boxId }
}
