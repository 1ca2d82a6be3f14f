import { timingSafeEqual } from 'node:crypto'
import { bytes, int, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { aloneToSend, chargeSend, findSpent } from '../codes/decide-budgets.ts'
import { takeStep } from '../codes/decide-code-steps.ts'
import { endDelivery, keepDelivery } from '../codes/decide-deliveries.ts'
import type { BudgetSpent } from '../codes/words.ts'
import type { EmailEffect, EmailProof, ProveEmail, ProveOutcome, SendEmailCode } from './words.ts'

const OF_PROOF = 'auth_key_id = :authKeyId AND purpose = :purpose'
const find = sql`SELECT * FROM email_codes WHERE ${OF_PROOF}`
const keep = sql`
  INSERT INTO email_codes (auth_key_id, purpose, subject, email, digest, delivery_id, sent_at_ms, expires_at_ms)
  VALUES (:authKeyId, :purpose, :subject, :email, :digest, :deliveryId, :nowMs, :expiresAtMs)
  ON CONFLICT (auth_key_id, purpose) DO UPDATE SET subject = excluded.subject, email = excluded.email,
    digest = excluded.digest, delivery_id = excluded.delivery_id, attempts = 0, state = 'active',
    sent_at_ms = excluded.sent_at_ms, expires_at_ms = excluded.expires_at_ms, decided_at_ms = NULL`
// The charge comes before the comparison, as with login codes.
const charge = sql`
  UPDATE email_codes SET attempts = attempts + 1,
    state = CASE WHEN attempts + 1 >= :maxAttempts THEN 'exhausted' ELSE 'active' END
  WHERE ${OF_PROOF} AND subject = :subject AND state = 'active' AND expires_at_ms > :nowMs
    AND attempts < :maxAttempts RETURNING *`
const use = sql`UPDATE email_codes SET state = 'used', decided_at_ms = :nowMs WHERE ${OF_PROOF}`
const keepProven = sql`
  UPDATE phone_codes SET proven_email = :email WHERE phone_code_hash = :phoneCodeHash`

// Only for a key that is still signed in: a login that was ended meanwhile changes nothing.
const change = sql`
  INSERT INTO login_emails (user_id, email)
  SELECT user_id, :email FROM authorizations WHERE auth_key_id = :authKeyId AND user_id = :userId
  ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, reset_at_ms = NULL`

/** Keeps a code to an address, with its delivery, in place of the code before. */
export function* sendEmailCode(
  secret: Secret,
  request: SendEmailCode,
): Decision<'sent' | 'repeated' | BudgetSpent> {
  const { authKeyId, purpose, subject, email, digest, delivery, expiresAtMs, nowMs } = request
  yield* aloneToProve(request)
  const send = { phone: delivery.phone, budgets: request.budgets, nowMs }
  yield* aloneToSend(send)
  const before = yield* find.row({ authKeyId, purpose })
  if (before !== undefined && isRepeat(before, request)) return 'repeated'
  const spent = yield* findSpent(send)
  if (spent !== undefined) return spent
  yield* chargeSend(send)
  if (before !== undefined) yield* endDelivery(text(before, 'delivery_id'), 'replaced')
  const code = { subject, email, digest, deliveryId: delivery.id, expiresAtMs, nowMs }
  yield* keep.send({ authKeyId, purpose, ...code })
  yield* keepDelivery(secret, delivery, nowMs)
  return 'sent'
}

/** Charges a guess, compares it, and does what comes of the proven address. */
export function* proveEmail(secret: Secret, guess: ProveEmail): Decision<ProveOutcome> {
  const { authKeyId, purpose, subject, digest, maxAttempts, effect, nowMs } = guess
  yield* aloneToProve(guess)
  const charged = effect && (yield* charge.row({ authKeyId, purpose, subject, maxAttempts, nowMs }))
  if (effect === undefined || charged === undefined) {
    const row = yield* find.row({ authKeyId, purpose })
    return row !== undefined && isReplay(row, guess)
      ? { kind: 'proven', email: text(row, 'email'), fresh: false }
      : { kind: 'dead' }
  }
  const deliveryId = text(charged, 'delivery_id')
  if (!timingSafeEqual(bytes(charged, 'digest'), digest)) {
    if (text(charged, 'state') === 'exhausted') yield* endDelivery(deliveryId, 'exhausted')
    return { kind: 'wrong' }
  }
  const email = text(charged, 'email')
  yield* use.send({ authKeyId, purpose, nowMs })
  yield* endDelivery(deliveryId, 'used')
  const isDone = yield* vouchForEmail(secret, email, effect)
  return isDone ? { kind: 'proven', email, fresh: true } : { kind: 'over' }
}

/** Does what comes of an address that is proven, here or by somebody else. False if its login is over. */
export function* vouchForEmail(secret: Secret, email: string, effect: EmailEffect): Decision<boolean> {
  switch (effect.kind) {
    case 'setUp': {
      const { step } = effect
      yield* alone('phone', step.ref.phone)
      if (!(yield* takeStep(secret, step))) return false
      yield* keepProven.send({ email, phoneCodeHash: step.ref.phoneCodeHash })
      return true
    }
    case 'change':
      return (yield* change.run({ userId: effect.userId, authKeyId: effect.authKeyId, email })) > 0
    case 'none':
      return true
  }
}

function aloneToProve({ authKeyId, purpose }: EmailProof): Decision<void> {
  return alone('emailCode', authKeyId, purpose)
}

function isRepeat(row: Row, { subject, email, repeatWithinMs, nowMs }: SendEmailCode): boolean {
  return (
    text(row, 'state') === 'active' &&
    text(row, 'subject') === subject &&
    text(row, 'email') === email &&
    int(row, 'expires_at_ms') > nowMs &&
    int(row, 'sent_at_ms') + repeatWithinMs > nowMs
  )
}

/** A guess that could not be charged may repeat one that was right. */
function isReplay(row: Row, { subject, digest, replayWithinMs, nowMs }: ProveEmail): boolean {
  return (
    text(row, 'state') === 'used' &&
    text(row, 'subject') === subject &&
    int(row, 'decided_at_ms') + replayWithinMs > nowMs &&
    timingSafeEqual(bytes(row, 'digest'), digest)
  )
}
