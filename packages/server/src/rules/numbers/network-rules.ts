import { isIP } from 'node:net'
import type { Ground } from '../../ground/ground.ts'
import { dropNetworkRule, keepNetworkRule } from './decide-network-rules.ts'
import { networkOf } from './network.ts'
import { isDc } from './phone.ts'
import type { NetworkRule } from './words.ts'

/** The field that keeps a rule from being one. */
export type NetworkRuleProblem = 'address' | 'dc'

/**
 * Says in which data centre the callers of a network sign in whose number has no home, in place of the rule that the
 * network had. A network is an IPv4 address, or the /64 of an IPv6 one.
 */
export async function setNetworkRule(
  { store, settings }: Ground,
  { address, dc }: { readonly address: string; readonly dc: number },
): Promise<NetworkRule | NetworkRuleProblem> {
  if (isIP(address) === 0) return 'address'
  if (!isDc(dc, settings)) return 'dc'
  const rule = { network: networkOf(address), dc }
  await store.decide(() => keepNetworkRule(rule))
  return rule
}

/** Removes the rule of an address's network. @returns false where it had none */
export async function removeNetworkRule({ store }: Ground, address: string): Promise<boolean> {
  return await store.decide(() => dropNetworkRule(networkOf(address)))
}
