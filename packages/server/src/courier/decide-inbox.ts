import { int, type Row, text } from '../database/columns.ts'
import { type Decision, nudge, sql } from '../database/decision.ts'
import type { Secret } from '../database/secret.ts'
import type { Delivery, InboxEntry, InboxState } from './port.ts'
import { openDelivery, sealDelivery } from './sealed-delivery.ts'

/** The entries of the inbox that are wanted. */
export interface InboxQuery {
  /** Digits only. */
  readonly phone?: string | undefined
  /** Only entries that came after this one. */
  readonly afterId?: string | undefined
  /** Only entries sent at this second or later. */
  readonly afterS?: number | undefined
  /** Only the entry of this number. */
  readonly seq?: number | undefined
  readonly limit: number
  readonly nowMs: number
}

const insert = sql`INSERT INTO inbox (id, phone, phone_code_hash, type, sealed_delivery, sent_at_s, expires_at_s)
  VALUES (:id, :phone, :phoneCodeHash, :type, :sealed, :sentAtS, :expiresAtS) ON CONFLICT (id) DO NOTHING RETURNING seq`
const ENTRIES = `SELECT i.id, i.type, i.sealed_delivery,
    CASE WHEN i.ended_as IS NOT NULL THEN i.ended_as
         WHEN i.phone_code_hash = '' AND i.expires_at_s * 1000 > :nowMs THEN 'active'
         WHEN c.state IN ('verified', 'consumed') THEN 'used'
         WHEN c.state = 'active' AND c.expires_at_ms > :nowMs THEN CASE WHEN EXISTS (
           SELECT 1 FROM inbox later WHERE later.phone = i.phone AND later.seq > i.seq
             AND later.phone_code_hash = i.phone_code_hash) THEN 'superseded' ELSE 'active' END
         WHEN c.state IN ('cancelled', 'replaced', 'exhausted') THEN c.state
         ELSE 'expired' END AS state
  FROM inbox i LEFT JOIN phone_codes c ON c.phone_code_hash = i.phone_code_hash`
const list = sql`${ENTRIES}
  WHERE (CAST(:phone AS TEXT) IS NULL OR i.phone = :phone) AND i.sent_at_s >= :afterS
    AND (CAST(:seq AS BIGINT) IS NULL OR i.seq = :seq)
    AND i.seq > coalesce((SELECT seq FROM inbox WHERE id = :afterId), 0)
  ORDER BY i.seq DESC LIMIT :limit`

/** Puts a delivery in the inbox. False if it was there already. */
export function* putInInbox(secret: Secret, delivery: Delivery, type: string): Decision<boolean> {
  const { id, phone, phoneCodeHash, sentAtS, expiresAtS } = delivery
  const sealed = sealDelivery(secret, delivery)
  const row = yield* insert.row({ id, phone, phoneCodeHash, type, sealed, sentAtS, expiresAtS })
  if (row !== undefined) yield* nudge({ kind: 'inbox', seq: int(row, 'seq') })
  return row !== undefined
}

/** Entries of the inbox, newest first; of one number or of all. */
export function* listInbox(secret: Secret, query: InboxQuery): Decision<InboxEntry[]> {
  const { phone = null, afterId = null, afterS = 0, seq = null, limit, nowMs } = query
  const rows = yield* list.rows({ phone, afterId, afterS, seq, limit, nowMs })
  return rows.map((row) => toEntry(secret, row))
}

function toEntry(secret: Secret, row: Row): InboxEntry {
  const { purpose: _, ...delivery } = openDelivery(secret, row)
  const type = text(row, 'type')
  return { ...delivery, phone: `+${delivery.phone}`, type, state: toInboxState(text(row, 'state')) }
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
