import { int, type Row, text } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { NetworkRule, NetworkRuleStore } from './words.ts'

/** Where callers of networks sign in. */
export function createNetworkRuleStore(db: Database): NetworkRuleStore {
  const put = db.prepare(
    `INSERT INTO network_rules (network, dc) VALUES (:network, :dc)
     ON CONFLICT (network) DO UPDATE SET dc = excluded.dc`,
  )
  const remove = db.prepare('DELETE FROM network_rules WHERE network = ?')
  const find = db.prepare('SELECT * FROM network_rules WHERE network = ?')
  const list = db.prepare('SELECT * FROM network_rules ORDER BY network')
  return {
    put: ({ network, dc }) =>
      db.write(() => {
        put.run({ network, dc })
      }),
    remove: (network) => db.write(() => remove.run(network).changes > 0),
    find: (network) =>
      db.read(() => {
        const row = find.get(network)
        return row && toRule(row)
      }),
    list: () => db.read(() => list.all().map(toRule)),
  }
}

function toRule(row: Row): NetworkRule {
  return { network: text(row, 'network'), dc: int(row, 'dc') }
}
