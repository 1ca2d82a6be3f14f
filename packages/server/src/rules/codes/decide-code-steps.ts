import type { Database } from '../../database/sqlite/database.ts'
import { holder, OF_HOLDER } from './decide-code-holder.ts'
import type { DeliveryKeeper } from './decide-deliveries.ts'
import type { CodeStep } from './words.ts'

/** What takes a live code to another way of its chain, inside a write. False where it is not where it was. */
export function prepareCodeStep(db: Database, deliveries: DeliveryKeeper): (step: CodeStep) => boolean {
  const advance = db.prepare(
    `UPDATE phone_codes SET step = :toStep, channel = chain ->> cast(:toStep AS INTEGER), resends = resends + 1,
       digest = :digests, withheld = :withheld, sent_at_ms = :nowMs, expires_at_ms = :expiresAtMs
     WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs AND resends = :fromResends`,
  )
  return ({ ref, fromResends, toStep, digests, delivery, expiresAtMs, nowMs }) => {
    const withheld = Number(delivery === undefined)
    const step = { nowMs, fromResends, toStep, expiresAtMs, digests, withheld }
    const hasAdvanced = advance.run({ ...holder(ref), ...step }).changes > 0
    if (hasAdvanced && delivery !== undefined) deliveries.keep(delivery, nowMs)
    return hasAdvanced
  }
}
