import type { Delivery } from '../../courier/port.ts'
import { openDelivery, sealDelivery } from '../../courier/sealed-delivery.ts'
import { int, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { EndedAs, SettledAs } from './words.ts'

/**
 * Time for which a pending delivery belongs to the node that sends it, from its commit or its last claim. It is longer
 * than the clocks of nodes may differ and than a node needs to claim it again.
 */
export const LEASE_MS = 5_000

const insert = sql`INSERT INTO deliveries
    (id, phone_code_hash, sealed_delivery, created_at_ms, expires_at_s, claimed_until_ms)
  VALUES (:id, :phoneCodeHash, :sealed, :nowMs, :expiresAtS, :untilMs)`
const endEntry = sql`UPDATE inbox SET ended_as = :endedAs WHERE id = :id AND ended_as IS NULL`
const settle = sql`UPDATE deliveries SET state = :state, detail = :detail, sealed_delivery = NULL
  WHERE id = :id AND state = 'pending'`
const releaseAll = sql`UPDATE deliveries SET claimed_until_ms = 0 WHERE state = 'pending'`
const renew = sql`UPDATE deliveries SET claimed_until_ms = :untilMs WHERE id = :id AND state = 'pending'`
const FREE = "state = 'pending' AND claimed_until_ms <= :nowMs"
const findFree = sql`SELECT 1 FROM deliveries WHERE ${FREE} LIMIT 1`
// The condition stands twice: of two nodes that choose the same rows the second one finds them taken.
const claim = sql`UPDATE deliveries SET claimed_until_ms = :untilMs WHERE ${FREE} AND seq IN (
  SELECT seq FROM deliveries WHERE ${FREE} ORDER BY claimed_until_ms, seq LIMIT :limit) RETURNING *`
const findGood = sql`SELECT 1 FROM phone_codes
  WHERE phone_code_hash = :phoneCodeHash AND state = 'active' AND expires_at_ms > :nowMs`
const findCode = sql`SELECT c.phone_code_hash, c.phone, c.chain FROM deliveries d
  JOIN phone_codes c ON c.phone_code_hash = d.phone_code_hash WHERE d.id = :id`
// A code whose chain goes on is still good.
const killCode = sql`UPDATE phone_codes SET state = 'cancelled'
  WHERE phone_code_hash = :phoneCodeHash AND state = 'active' AND step = :lastStep
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.phone_code_hash = :phoneCodeHash AND d.state <> 'failed')`

/** Commits a delivery in the decision that makes its code. This node sends it after the commit. */
export function* keepDelivery(secret: Secret, delivery: Delivery, nowMs: number): Decision<void> {
  const { id, phoneCodeHash, expiresAtS } = delivery
  const sealed = sealDelivery(secret, delivery)
  yield* insert.send({ id, phoneCodeHash, sealed, nowMs, expiresAtS, untilMs: nowMs + LEASE_MS })
}

/** Ends a code that is not a login code: the inbox shows how, and a crash does not send the code again. */
export function* endDelivery(id: string, endedAs: EndedAs): Decision<void> {
  yield* endEntry.send({ id, endedAs })
  yield* settle.send({ id, state: 'unknown', detail: null })
}

/** Takes the claims of all nodes away: for a node that knows that no other one runs. */
export function* releaseDeliveries(): Decision<void> {
  yield* releaseAll.send()
}

/** Tells whether there is a pending delivery that no node sends. */
export function* hasFreeDelivery(nowMs: number): Decision<boolean> {
  return (yield* findFree.row({ nowMs })) !== undefined
}

/**
 * Claims pending deliveries that no node sends: a crash interrupted them.
 *
 * @returns those whose code is still good, oldest first
 */
export function* claimDeliveries(secret: Secret, limit: number, nowMs: number): Decision<Delivery[]> {
  const rows = yield* claim.rows({ nowMs, untilMs: nowMs + LEASE_MS, limit })
  const good: Delivery[] = []
  for (const row of rows.toSorted((one, other) => int(one, 'seq') - int(other, 'seq'))) {
    if (yield* isGood(row, nowMs)) good.push(openDelivery(secret, row))
    else yield* settle.send({ id: text(row, 'id'), state: 'unknown', detail: null })
  }
  return good
}

/** Claims deliveries anew that this node is sending. */
export function* renewDeliveries(ids: readonly string[], nowMs: number): Decision<void> {
  for (const id of ids) yield* renew.send({ id, untilMs: nowMs + LEASE_MS })
}

function* isGood(row: Row, nowMs: number): Decision<boolean> {
  const phoneCodeHash = text(row, 'phone_code_hash')
  if (phoneCodeHash === '') return int(row, 'expires_at_s') * 1000 > nowMs
  return (yield* findGood.row({ phoneCodeHash, nowMs })) !== undefined
}

/** Notes how a delivery ended. A failed one kills its code at the end of the chain, unless another may have arrived. */
export function* settleDelivery(id: string, outcome: SettledAs): Decision<void> {
  const code = outcome.kind === 'failed' ? yield* findCode.row({ id }) : undefined
  // Of two deliveries that fail at once the second is to see that the first has failed.
  if (code !== undefined) yield* alone('phone', text(code, 'phone'))
  const detail = 'reference' in outcome ? outcome.reference : 'reason' in outcome ? outcome.reason : null
  yield* settle.send({ id, state: outcome.kind, detail })
  if (code === undefined) return
  const chain: readonly unknown[] = JSON.parse(text(code, 'chain'))
  yield* killCode.send({ phoneCodeHash: text(code, 'phone_code_hash'), lastStep: chain.length - 1 })
}
