import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { holder, OF_HOLDER } from './decide-code-holder.ts'
import { keepDelivery } from './decide-deliveries.ts'
import type { CodeStep } from './words.ts'

const advance = sql`UPDATE phone_codes SET step = :toStep, channel = :channel, resends = resends + 1, digest = :digests,
    withheld = :withheld, sent_at_ms = :nowMs, expires_at_ms = :expiresAtMs
  WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs AND resends = :fromResends`

/** Takes a live code to another way of its chain, with its delivery. False if the code is no longer where it was. */
export function* takeStep(secret: Secret, step: CodeStep): Decision<boolean> {
  const { ref, fromResends, toStep, channel, digests, delivery, expiresAtMs, nowMs } = step
  const withheld = Number(delivery === undefined)
  const to = { toStep, channel, fromResends, digests, withheld, expiresAtMs, nowMs }
  const hasAdvanced = (yield* advance.run({ ...holder(ref), ...to })) > 0
  if (hasAdvanced && delivery !== undefined) yield* keepDelivery(secret, delivery, nowMs)
  return hasAdvanced
}

/** Bridge for decisions that are still closures. */
export function prepareCodeStep(db: Database, secret: Secret): (step: CodeStep) => boolean {
  return (step) => db.decide(takeStep(secret, step))
}
