import { isIP } from 'node:net'
import type { Store } from '../../database/store.ts'
import type { Settings } from '../../ground/settings.ts'
import { networkOf } from './network.ts'
import { isDc } from './phone.ts'
import type { NetworkRule } from './words.ts'

/** In which data centre callers sign in whose number has no home, by the network they call from. */
export interface NetworkRules {
  list(): Promise<NetworkRule[]>
  /** In place of the rule the network of this address had; where it is none, what is wrong with it. */
  put(asked: { readonly address: string; readonly dc: number }): Promise<NetworkRule | NetworkRuleProblem>
  /** False where the network of this address had none. */
  remove(address: string): Promise<boolean>
}

/** Why a rule is none. */
export type NetworkRuleProblem = 'address' | 'dc'

/** The rules for networks: an IPv4 address, or the /64 of an IPv6 one. */
export function createNetworkRules({
  store: { networkRules },
  settings,
}: {
  readonly store: Pick<Store, 'networkRules'>
  readonly settings: Pick<Settings, 'dcs'>
}): NetworkRules {
  return {
    list: () => networkRules.list(),
    async put({ address, dc }) {
      if (isIP(address) === 0) return 'address'
      if (!isDc(dc, settings)) return 'dc'
      const rule = { network: networkOf(address), dc }
      await networkRules.put(rule)
      return rule
    },
    remove: (address) => networkRules.remove(networkOf(address)),
  }
}
