import type { PeerName } from '../console/index.ts'
import type { Named } from './people-api.ts'

/** The name of somebody or something in a call. A JavaScript program can pass anything: that is checked later. */
export function nameOf(named: Named): PeerName {
  return typeof named === 'object' && named !== null ? named.id : named
}
