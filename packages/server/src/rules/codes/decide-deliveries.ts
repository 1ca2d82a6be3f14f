import type { Delivery } from '../../courier/port.ts'
import { openDelivery, sealDelivery } from '../../courier/sealed-delivery.ts'
import { text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { EndedAs, SettledAs } from './words.ts'

const insert = sql`INSERT INTO deliveries (id, phone_code_hash, sealed_delivery, created_at_ms, expires_at_s)
  VALUES (:id, :phoneCodeHash, :sealed, :nowMs, :expiresAtS)`
const endEntry = sql`UPDATE inbox SET ended_as = :endedAs WHERE id = :id AND ended_as IS NULL`
const settle = sql`UPDATE deliveries SET state = :state, detail = :detail, sealed_delivery = NULL
  WHERE id = :id AND state = 'pending'`
const listUnsettled = sql`SELECT d.id, d.sealed_delivery FROM deliveries d
  LEFT JOIN phone_codes c ON c.phone_code_hash = d.phone_code_hash
  WHERE d.state = 'pending' AND ((c.state = 'active' AND c.expires_at_ms > :nowMs)
    OR (d.phone_code_hash = '' AND d.expires_at_s * 1000 > :nowMs)) ORDER BY d.seq LIMIT :limit`
const findCode = sql`SELECT c.phone_code_hash, c.phone, c.chain FROM deliveries d
  JOIN phone_codes c ON c.phone_code_hash = d.phone_code_hash WHERE d.id = :id`
// Where the chain goes on, so does the code.
const killCode = sql`UPDATE phone_codes SET state = 'cancelled'
  WHERE phone_code_hash = :phoneCodeHash AND state = 'active' AND step = :lastStep
    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.phone_code_hash = :phoneCodeHash AND d.state <> 'failed')`

/** Commits a delivery in the decision that makes its code. The delivery is sent after the commit. */
export function* keepDelivery(secret: Secret, delivery: Delivery, nowMs: number): Decision<void> {
  const { id, phoneCodeHash, expiresAtS } = delivery
  yield* insert.send({ id, phoneCodeHash, sealed: sealDelivery(secret, delivery), nowMs, expiresAtS })
}

/** Ends a code that is not a login code: the inbox shows how, and a crash does not send the code again. */
export function* endDelivery(id: string, endedAs: EndedAs): Decision<void> {
  yield* endEntry.send({ id, endedAs })
  yield* settle.send({ id, state: 'unknown', detail: null })
}

/** Deliveries that a crash interrupted, of codes that are still good, oldest first. */
export function* unsettledDeliveries(secret: Secret, limit: number, nowMs: number): Decision<Delivery[]> {
  return (yield* listUnsettled.rows({ limit, nowMs })).map((row) => openDelivery(secret, row))
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
