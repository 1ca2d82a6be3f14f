import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { keepUntold } from '../accounts/decide-repeats.ts'
import { aloneToSend, chargeSend, findSpent } from './decide-budgets.ts'
import { holder, OF_HOLDER } from './decide-code-holder.ts'
import { keepDelivery } from './decide-deliveries.ts'
import type { BudgetSpent, CodeStep, ResendCode, SendWithheld } from './words.ts'

const advance = sql`UPDATE phone_codes SET step = :toStep, channel = :channel, resends = resends + 1, digest = :digests,
    withheld = :withheld, sent_at_ms = :nowMs, expires_at_ms = :expiresAtMs
  WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs AND resends = :fromResends`
const release = sql`UPDATE phone_codes SET withheld = 0, digest = :digests
  WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs AND withheld = 1`

/** Takes a live code to another way of its chain, with its delivery. False if the code is no longer where it was. */
export function* takeStep(secret: Secret, step: CodeStep): Decision<boolean> {
  const { ref, fromResends, toStep, channel, digests, delivery, expiresAtMs, nowMs } = step
  const withheld = Number(delivery === undefined)
  const to = { toStep, channel, fromResends, digests, withheld, expiresAtMs, nowMs }
  const hasAdvanced = (yield* advance.run({ ...holder(ref), ...to })) > 0
  if (hasAdvanced && delivery !== undefined) yield* keepDelivery(secret, delivery, nowMs)
  return hasAdvanced
}

/** Sends a code again, charged to its budgets. `moved`: the code is dead or at another step by now. */
export function* sendAgain(
  secret: Secret,
  resend: ResendCode,
): Decision<{ readonly kind: 'sent' } | { readonly kind: 'moved' } | BudgetSpent> {
  const { ref, budgets, request, nowMs } = resend
  const send = { phone: ref.phone, budgets, nowMs }
  yield* aloneToSend(send)
  const spent = yield* findSpent(send)
  if (spent !== undefined) return spent
  if (!(yield* takeStep(secret, resend))) return { kind: 'moved' }
  yield* chargeSend(send)
  if (request !== undefined) yield* keepUntold(request)
  return { kind: 'sent' }
}

/**
 * Sends what was kept back when its code was issued. `moved`: there is no such live code, or its delivery was not kept
 * back, or somebody else was quicker.
 */
export function* releaseCode(secret: Secret, request: SendWithheld): Decision<'sent' | 'moved'> {
  const { ref, delivery, digests, nowMs } = request
  if ((yield* release.run({ ...holder(ref), digests, nowMs })) === 0) return 'moved'
  yield* keepDelivery(secret, delivery, nowMs)
  return 'sent'
}
