import type { NetworkRuleProblem } from '../../rules/index.ts'
import { listNetworkRules } from '../../rules/numbers/decide-network-rules.ts'
import { setNetworkRule } from '../../rules/numbers/network-rules.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import type { NetworkRule, NewNetworkRule } from '../words.ts'

const PROBLEMS: { readonly [P in NetworkRuleProblem]: readonly [message: string, next: string] } = {
  address: ['The address is invalid.', 'Give an IPv4 or IPv6 address of the network.'],
  dc: ['The server does not have this data centre.', 'Give the dc: /server.json lists them.'],
}

/** Shows the rules for networks. */
export async function showNetworkRules({ store }: OnConsole): Promise<NetworkRule[]> {
  return await store.look(() => listNetworkRules())
}

/**
 * Sets the rule for the network of an address, in place of the one it had.
 *
 * @throws {ConsoleError} 400 if the address or the data centre is invalid
 */
export async function putNetworkRule(
  on: OnConsole,
  address: string,
  { dc }: NewNetworkRule,
): Promise<NetworkRule> {
  const kept = await setNetworkRule(on, { address, dc })
  if (typeof kept !== 'string') return kept
  throw new ConsoleError(400, 'NETWORK_RULE_INVALID', ...PROBLEMS[kept])
}
