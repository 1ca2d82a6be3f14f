import type { Delivery, InboxState } from '../../courier/port.ts'
import { bytes, int, type Row, text } from '../../database/columns.ts'
import { nudge } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { EndedAs, InboxStore, OutboxStore } from './words.ts'

/** What whoever makes a code does with its delivery, within the decision that makes it or ends it. */
export interface DeliveryKeeper {
  /** Commits a delivery; it is sent after. */
  keep(delivery: Delivery, nowMs: number): void
  /** A code that is no login code has come to its end: the inbox shows it, and a crash does not send it again. */
  end(deliveryId: string, as: EndedAs): void
}

/** The keeper of deliveries, for stores whose codes are sent. */
export function prepareDeliveryKeeper(db: Database, secret: Secret): DeliveryKeeper {
  const insert = db.prepare(
    `INSERT INTO deliveries (id, phone_code_hash, sealed_delivery, created_at_ms, expires_at_s)
     VALUES (:id, :phoneCodeHash, :sealed, :nowMs, :expiresAtS)`,
  )
  const endEntry = db.prepare('UPDATE inbox SET ended_as = :as WHERE id = :deliveryId AND ended_as IS NULL')
  const drop = db.prepare(
    "UPDATE deliveries SET state = 'unknown', sealed_delivery = NULL WHERE id = ? AND state = 'pending'",
  )
  return {
    keep(delivery, nowMs) {
      const { id, phoneCodeHash, expiresAtS } = delivery
      insert.run({ id, phoneCodeHash, sealed: sealDelivery(secret, delivery), nowMs, expiresAtS })
    },
    end(deliveryId, as) {
      endEntry.run({ deliveryId, as })
      drop.run(deliveryId)
    },
  }
}

/** A delivery as it is kept: sealed, because the code is in it. */
function sealDelivery(secret: Secret, delivery: Delivery): Uint8Array {
  return secret.seal(Buffer.from(JSON.stringify(delivery)), sealedAs(delivery.id))
}

function openDelivery(secret: Secret, row: Row): Delivery {
  const plain = unseal(secret, bytes(row, 'sealed_delivery'), sealedAs(text(row, 'id')))
  return JSON.parse(Buffer.from(plain).toString())
}

function sealedAs(deliveryId: string): string {
  return `delivery ${deliveryId}`
}

/** Deliveries committed with their code. */
export function createOutboxStore(db: Database, secret: Secret): OutboxStore {
  const unsettled = db.prepare(
    `SELECT d.id, d.sealed_delivery FROM deliveries d
     LEFT JOIN phone_codes c ON c.phone_code_hash = d.phone_code_hash
     WHERE d.state = 'pending' AND ((c.state = 'active' AND c.expires_at_ms > :nowMs)
       OR (d.phone_code_hash = '' AND d.expires_at_s * 1000 > :nowMs)) ORDER BY d.seq LIMIT :limit`,
  )
  const settle = db.prepare(
    "UPDATE deliveries SET state = :state, detail = :detail, sealed_delivery = NULL WHERE id = :id AND state = 'pending'",
  )
  // Where the chain goes on, so does the code.
  const killCode = db.prepare(
    `UPDATE phone_codes SET state = 'cancelled'
     WHERE phone_code_hash = (SELECT phone_code_hash FROM deliveries WHERE id = ?) AND state = 'active'
       AND step = json_array_length(chain) - 1
       AND NOT EXISTS (SELECT 1 FROM deliveries d
                       WHERE d.phone_code_hash = phone_codes.phone_code_hash AND d.state <> 'failed')`,
  )
  return {
    unsettled: (limit, nowMs) =>
      db.read(() => unsettled.all({ limit, nowMs }).map((row) => openDelivery(secret, row))),
    async settle(id, outcome) {
      const detail = 'reference' in outcome ? outcome.reference : 'reason' in outcome ? outcome.reason : null
      await db.write(() => {
        settle.run({ id, state: outcome.kind, detail })
        if (outcome.kind === 'failed') killCode.run(id)
      })
    },
  }
}

/** The inbox: what it holds of each delivery, and what has become of the code since. */
export function createInboxStore(db: Database, secret: Secret): InboxStore {
  const insert = db.prepare(
    `INSERT INTO inbox (id, phone, phone_code_hash, type, sealed_delivery, sent_at_s, expires_at_s)
     VALUES (:id, :phone, :phoneCodeHash, :type, :sealed, :sentAtS, :expiresAtS) ON CONFLICT (id) DO NOTHING
     RETURNING seq`,
  )
  const list = db.prepare(
    `SELECT i.id, i.type, i.sealed_delivery,
       CASE WHEN i.ended_as IS NOT NULL THEN i.ended_as
            WHEN i.phone_code_hash = '' AND i.expires_at_s * 1000 > :nowMs THEN 'active'
            WHEN c.state IN ('verified', 'consumed') THEN 'used'
            WHEN c.state = 'active' AND c.expires_at_ms > :nowMs THEN CASE WHEN EXISTS (
              SELECT 1 FROM inbox later WHERE later.phone = i.phone AND later.seq > i.seq
                AND later.phone_code_hash = i.phone_code_hash) THEN 'superseded' ELSE 'active' END
            WHEN c.state IN ('cancelled', 'replaced', 'exhausted') THEN c.state
            ELSE 'expired' END AS state
     FROM inbox i LEFT JOIN phone_codes c ON c.phone_code_hash = i.phone_code_hash
     WHERE (:phone IS NULL OR i.phone = :phone) AND i.sent_at_s >= :afterS
       AND (CAST(:seq AS BIGINT) IS NULL OR i.seq = :seq)
       AND i.seq > coalesce((SELECT seq FROM inbox WHERE id = :afterId), 0)
     ORDER BY i.seq DESC LIMIT :limit`,
  )
  return {
    put(delivery, type) {
      const { id, phone, phoneCodeHash, sentAtS, expiresAtS } = delivery
      const sealed = sealDelivery(secret, delivery)
      const entry = { id, phone, phoneCodeHash, type, sealed, sentAtS, expiresAtS }
      return db.write(() => {
        const row = insert.get(entry)
        if (row === undefined) return false
        db.decide(nudge({ kind: 'inbox', seq: int(row, 'seq') }))
        return true
      })
    },
    list: ({ phone, afterId, afterS, seq, limit, nowMs }) =>
      db.read(() =>
        list
          .all({
            phone: phone ?? null,
            afterId: afterId ?? null,
            afterS: afterS ?? 0,
            seq: seq ?? null,
            limit,
            nowMs,
          })
          .map((row) => {
            const { purpose: _, ...delivery } = openDelivery(secret, row)
            const type = text(row, 'type')
            return { ...delivery, phone: `+${delivery.phone}`, type, state: toInboxState(text(row, 'state')) }
          }),
      ),
  }
}

const INBOX_STATES: readonly InboxState[] = [
  'active',
  'superseded',
  'used',
  'cancelled',
  'replaced',
  'exhausted',
]

function toInboxState(state: string): InboxState {
  return INBOX_STATES.find((known) => known === state) ?? 'expired'
}
