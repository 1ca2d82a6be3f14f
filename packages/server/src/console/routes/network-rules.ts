import * as v from 'valibot'
import { removeNetworkRule } from '../../rules/numbers/network-rules.ts'
import { putNetworkRule, showNetworkRules } from '../acts/network-rules.ts'
import { ConsoleError } from '../error.ts'
import { type Route, route } from '../route.ts'
import { networkRule, newNetworkRule } from '../schemas.ts'

const params = v.object({ address: v.pipe(v.string(), v.maxLength(64)) })

/** Rules for networks: the data centre in which their callers sign in. */
export const networkRuleRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/network-rules',
    summary: 'The rules for networks',
    answers: { 200: v.object({ rules: v.array(networkRule) }) },
    run: async ({ on }) => ({ status: 200, body: { rules: await showNetworkRules(on) } }),
  }),
  route({
    method: 'PUT',
    path: '/api/network-rules/{address}',
    summary:
      'Set the data centre in which callers from the network of this address sign in: an IPv4 address, or the /64 of an IPv6 one',
    params,
    body: newNetworkRule,
    answers: { 200: networkRule },
    run: async ({ params, body, on }) => ({
      status: 200,
      body: await putNetworkRule(on, params.address, body),
    }),
  }),
  route({
    method: 'DELETE',
    path: '/api/network-rules/{address}',
    summary: 'Remove the rule for the network of this address',
    params,
    answers: { 204: undefined },
    refuses: [404],
    async run({ params, on }) {
      if (await removeNetworkRule(on, params.address)) return { status: 204 }
      throw new ConsoleError(
        404,
        'NETWORK_RULE_NOT_FOUND',
        `The network of ${params.address} has no rule.`,
        'GET /api/network-rules lists the rules.',
      )
    },
  }),
]
