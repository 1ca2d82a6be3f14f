import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findOrigin } from '../accounts/decide-known-logins.ts'
import { networkOf } from '../numbers/network.ts'

/**
 * Tells whether the caller's key or network has signed in to the number's account before, and not too long ago; undefined if
 * nobody has.
 */
export function isKnownOrigin(
  { store, clock, settings }: Pick<Ground, 'store' | 'clock' | 'settings'>,
  phone: string,
  { authKeyId, ip }: Pick<Caller, 'authKeyId' | 'ip'>,
): Promise<boolean | undefined> {
  const sinceS = Math.floor(clock.nowMs() / 1000) - settings.knownLoginS
  return store.look(() => findOrigin(phone, { authKeyId, network: networkOf(ip) }, sinceS))
}
