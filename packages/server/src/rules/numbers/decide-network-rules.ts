import { int, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { NetworkRule } from './words.ts'

const put = sql`
  INSERT INTO network_rules (network, dc) VALUES (:network, :dc)
  ON CONFLICT (network) DO UPDATE SET dc = excluded.dc`
const remove = sql`DELETE FROM network_rules WHERE network = :network`
const find = sql`SELECT * FROM network_rules WHERE network = :network`
const list = sql`SELECT * FROM network_rules ORDER BY network`

/** Keeps a rule in place of the one that the network had. */
export function* keepNetworkRule({ network, dc }: NetworkRule): Decision<void> {
  yield* put.send({ network, dc })
}

/** Drops the rule of a network. @returns whether there was one */
export function* dropNetworkRule(network: string): Decision<boolean> {
  return (yield* remove.run({ network })) > 0
}

/** Finds the rule of a network. */
export function* findNetworkRule(network: string): Decision<NetworkRule | undefined> {
  const row = yield* find.row({ network })
  return row && toRule(row)
}

/** Lists the rules by their networks. */
export function* listNetworkRules(): Decision<NetworkRule[]> {
  return (yield* list.rows()).map(toRule)
}

function toRule(row: Row): NetworkRule {
  return { network: text(row, 'network'), dc: int(row, 'dc') }
}
