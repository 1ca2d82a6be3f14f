import { timingSafeEqual } from 'node:crypto'
import { bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { createSendBudgets } from '../codes/decide-budgets.ts'
import { prepareCodeStep } from '../codes/decide-code-steps.ts'
import { prepareDeliveryKeeper } from '../codes/decide-deliveries.ts'
import type { CodeStep, SendBudget } from '../codes/words.ts'
import { prepareAppendMessage } from '../messages/decide-append-message.ts'
import type { EmailEffect, LoginEmailStore, ProveEmail, ProveOutcome, SendEmailCode } from './words.ts'

/** An address that was to be taken off by now is none. */
const ALIVE = '(reset_at_ms IS NULL OR reset_at_ms > :nowMs)'
const OF_PHONE = 'user_id = (SELECT id FROM users WHERE phone = :phone)'

/** The statement that gives an account its address for login codes, in place of the one it had. */
export const SET_EMAIL = `INSERT INTO login_emails (user_id, email) VALUES (:userId, :email)
  ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, reset_at_ms = NULL`

/** Addresses that login codes go to, and the codes that prove them. */
export function createLoginEmailStore(db: Database, secret: Secret): LoginEmailStore {
  const budgets = createSendBudgets(db)
  const deliveries = prepareDeliveryKeeper(db, secret)
  const advance = prepareCodeStep(db, secret)
  const append = prepareAppendMessage(db, secret)
  const find = db.prepare(`SELECT email, reset_at_ms FROM login_emails WHERE ${OF_PHONE} AND ${ALIVE}`)
  const set = db.prepare(SET_EMAIL)
  // Only who is still signed in: a login that was ended meanwhile has no say any more.
  const change = db.prepare(
    `INSERT INTO login_emails (user_id, email)
     SELECT user_id, :email FROM authorizations WHERE auth_key_id = :authKeyId AND user_id = :userId
     ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, reset_at_ms = NULL`,
  )
  const remove = db.prepare(`DELETE FROM login_emails WHERE ${OF_PHONE}`)
  const removeOf = db.prepare('DELETE FROM login_emails WHERE user_id = ?')
  const pendReset = db.prepare(
    `UPDATE login_emails SET reset_at_ms = :resetAtMs WHERE ${OF_PHONE} AND reset_at_ms IS NULL
     RETURNING user_id`,
  )
  const keepProven = db.prepare(
    'UPDATE phone_codes SET proven_email = :email WHERE phone_code_hash = :phoneCodeHash',
  )
  const OF_PROOF = 'auth_key_id = :authKeyId AND purpose = :purpose'
  const findCode = db.prepare(`SELECT * FROM email_codes WHERE ${OF_PROOF}`)
  const keepCode = db.prepare(
    `INSERT OR REPLACE INTO email_codes (auth_key_id, purpose, subject, email, digest, delivery_id, sent_at_ms, expires_at_ms)
     VALUES (:authKeyId, :purpose, :subject, :email, :digest, :deliveryId, :nowMs, :expiresAtMs)`,
  )
  // The charge comes before the comparison, as with login codes.
  const chargeGuess = db.prepare(
    `UPDATE email_codes SET attempts = attempts + 1,
       state = CASE WHEN attempts + 1 >= :maxAttempts THEN 'exhausted' ELSE 'active' END
     WHERE ${OF_PROOF} AND subject = :subject AND state = 'active' AND expires_at_ms > :nowMs
       AND attempts < :maxAttempts RETURNING *`,
  )
  const useCode = db.prepare(
    `UPDATE email_codes SET state = 'used', decided_at_ms = :nowMs WHERE ${OF_PROOF}`,
  )

  function sendCode(request: SendEmailCode): Awaited<ReturnType<LoginEmailStore['sendCode']>> {
    const { authKeyId, purpose, subject, email, digest, delivery, expiresAtMs, nowMs } = request
    const before = findCode.get({ authKeyId, purpose })
    if (before !== undefined && isRepeat(before, request)) return 'repeated'
    const send = { phone: delivery.phone, budgets: request.budgets, nowMs }
    const spent = budgets.findSpent(send)
    if (spent !== undefined) return spent
    budgets.charge(send)
    if (before !== undefined) deliveries.end(text(before, 'delivery_id'), 'replaced')
    const code = { subject, email, digest, deliveryId: delivery.id, expiresAtMs, nowMs }
    keepCode.run({ authKeyId, purpose, ...code })
    deliveries.keep(delivery, nowMs)
    return 'sent'
  }

  function apply(email: string, effect: EmailEffect): boolean {
    switch (effect.kind) {
      case 'setUp': {
        const { step } = effect
        if (!advance(step)) return false
        keepProven.run({ email, phoneCodeHash: step.ref.phoneCodeHash })
        return true
      }
      case 'change':
        return change.run({ userId: effect.userId, authKeyId: effect.authKeyId, email }).changes > 0
      case 'none':
        return true
    }
  }

  /** A guess that could not be charged: a repeat of one that was right, or nothing at all. */
  function repeated({
    authKeyId,
    purpose,
    subject,
    digest,
    replayWithinMs,
    nowMs,
  }: ProveEmail): ProveOutcome {
    const row = findCode.get({ authKeyId, purpose })
    const isRepeat =
      row !== undefined &&
      text(row, 'state') === 'used' &&
      text(row, 'subject') === subject &&
      int(row, 'decided_at_ms') + replayWithinMs > nowMs &&
      timingSafeEqual(bytes(row, 'digest'), digest)
    return isRepeat ? { kind: 'proven', email: text(row, 'email'), fresh: false } : { kind: 'dead' }
  }

  function prove(guess: ProveEmail): ProveOutcome {
    const { authKeyId, purpose, subject, digest, maxAttempts, effect, nowMs } = guess
    const charged = effect && chargeGuess.get({ authKeyId, purpose, subject, maxAttempts, nowMs })
    if (effect === undefined || charged === undefined) return repeated(guess)
    const deliveryId = text(charged, 'delivery_id')
    if (!timingSafeEqual(bytes(charged, 'digest'), digest)) {
      if (text(charged, 'state') === 'exhausted') deliveries.end(deliveryId, 'exhausted')
      return { kind: 'wrong' }
    }
    const email = text(charged, 'email')
    useCode.run({ authKeyId, purpose, nowMs })
    deliveries.end(deliveryId, 'used')
    return apply(email, effect) ? { kind: 'proven', email, fresh: true } : { kind: 'over' }
  }

  function reset(
    step: CodeStep,
    limits: readonly SendBudget[],
  ): Awaited<ReturnType<LoginEmailStore['reset']>> {
    const { phone } = step.ref
    const send = { phone, budgets: limits, nowMs: step.nowMs }
    const spent = budgets.findSpent(send)
    if (spent !== undefined) return spent
    if (!advance(step)) return 'moved'
    budgets.charge(send)
    remove.run({ phone })
    return 'reset'
  }

  return {
    find: (phone, nowMs) =>
      db.read(() => {
        const row = find.get({ phone, nowMs })
        if (row === undefined) return undefined
        const resetAtMs = isNull(row, 'reset_at_ms') ? undefined : int(row, 'reset_at_ms')
        return { email: text(row, 'email'), resetAtMs }
      }),
    async set(userId, email) {
      await db.write(() => (email === undefined ? removeOf.run(userId) : set.run({ userId, email })))
    },
    sendCode: (request) => db.write(() => sendCode(request)),
    prove: (guess) => db.write(() => prove(guess)),
    vouch: (email, effect) => db.write(() => apply(email, effect)),
    requestReset: (phone, resetAtMs, nowMs, notice) =>
      db.write(() => {
        // One whose time has come is no request that is pending.
        if (find.get({ phone, nowMs }) === undefined) remove.run({ phone })
        const pending = pendReset.get({ phone, resetAtMs })
        if (pending !== undefined && notice !== undefined) {
          append({ ...notice.limits, boxId: long(pending, 'user_id') }, notice.message)
        }
        return pending !== undefined
      }),
    reset: (step, limits) => db.write(() => reset(step, limits)),
  }
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
