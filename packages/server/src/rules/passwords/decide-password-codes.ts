import { timingSafeEqual } from 'node:crypto'
import { bytes, int, long, type Row, text } from '../../database/columns.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { createSendBudgets } from '../codes/decide-budgets.ts'
import { prepareDeliveryKeeper } from '../codes/decide-deliveries.ts'
import { prepareFailures } from '../codes/decide-failures.ts'
import type { BudgetSpent, FailureBudget } from '../codes/words.ts'
import { fromText, type PasswordText, toText } from './decide-kept-passwords.ts'
import type {
  NewPasswordCode,
  PasswordChange,
  PasswordCodePurpose,
  SendPasswordCode,
  TryPasswordCode,
  TryPasswordCodeOutcome,
} from './words.ts'

/** A code to keep, with the change that it is for. */
export interface KeepCode extends Pick<SendPasswordCode, 'userId' | 'purpose' | 'nowMs'> {
  readonly code: NewPasswordCode
  readonly change: PasswordChange
  /** How long the change waits; its code may be sent anew until then. */
  readonly keptUntilMs: number
}

/** A guess at a code of this purpose. */
export interface Guess extends TryPasswordCode {
  readonly purpose: PasswordCodePurpose
  /** Where wrong guesses are charged to the number of the account, too. */
  readonly failures?: FailureBudget
  /** Whether a right guess is the end of the code. */
  readonly spends: boolean
}

/** Codes to e-mail addresses; to be used inside a write. */
export interface PasswordCodes {
  /** In place of the one before. */
  keep(code: KeepCode): BudgetSpent | undefined
  /** Whether a good one was sent since then. */
  wasSent(of: { userId: bigint; purpose: PasswordCodePurpose }, sinceMs: number, nowMs: number): boolean
  /** The change that waits for its confirmation, and for how long. */
  waiting(userId: bigint, nowMs: number): { change: PasswordChange; keptUntilMs: number } | undefined
  /** `repeated`: this key has spent the code, and asks again. */
  guess(guess: Guess): TryPasswordCodeOutcome | 'repeated'
  /** Gives up what waits. False where nothing did. */
  cancel(userId: bigint, purpose: PasswordCodePurpose, nowMs: number): boolean
}

/** Codes to e-mail addresses. A guess is charged before it is compared, in one statement, as for codes to a number. */
export function preparePasswordCodes(db: Database, secret: Secret): PasswordCodes {
  const budgets = createSendBudgets(db)
  const deliveries = prepareDeliveryKeeper(db, secret)
  const ofOne = 'user_id = :userId AND purpose = :purpose'
  const find = db.prepare(`SELECT * FROM password_codes WHERE ${ofOne}`)
  const insert = db.prepare(
    `INSERT OR REPLACE INTO password_codes
       (user_id, purpose, delivery_id, sealed_change, digest, sent_at_ms, expires_at_ms, kept_until_ms)
     VALUES (:userId, :purpose, :deliveryId, :sealed, :digest, :nowMs, :expiresAtMs, :keptUntilMs)`,
  )
  const charge = db.prepare(
    `UPDATE password_codes SET attempts = attempts + 1
     WHERE ${ofOne} AND state = 'active' AND expires_at_ms > :nowMs AND attempts < :maxAttempts RETURNING *`,
  )
  // The change it is for may wait on, for another code.
  const exhaust = db.prepare(`UPDATE password_codes SET expires_at_ms = :nowMs WHERE ${ofOne}`)
  const refund = db.prepare(`UPDATE password_codes SET attempts = attempts - 1 WHERE ${ofOne}`)
  const use = db.prepare(
    `UPDATE password_codes SET state = 'used', used_by = :authKeyId, used_at_ms = :nowMs WHERE ${ofOne}`,
  )
  const cancel = db.prepare(
    `UPDATE password_codes SET state = 'cancelled'
     WHERE ${ofOne} AND state = 'active' AND kept_until_ms > :nowMs RETURNING delivery_id`,
  )
  const findPhone = db.prepare('SELECT phone FROM users WHERE id = ?')
  const failures = prepareFailures(db)

  function replayed(row: Row | undefined, { authKeyId, digest, replayWithinMs, nowMs }: Guess): boolean {
    if (row === undefined || text(row, 'state') !== 'used' || long(row, 'used_by') !== authKeyId) return false
    const isSoon = int(row, 'used_at_ms') + replayWithinMs > nowMs
    return isSoon && timingSafeEqual(bytes(row, 'digest'), digest)
  }

  return {
    keep({ userId, purpose, code, change, keptUntilMs, nowMs }) {
      const { delivery, digest, expiresAtMs } = code
      const send = { phone: delivery.phone, budgets: code.budgets, nowMs }
      const spent = budgets.findSpent(send)
      if (spent !== undefined) return spent
      budgets.charge(send)
      const before = find.get({ userId, purpose })
      if (before !== undefined) deliveries.end(text(before, 'delivery_id'), 'replaced')
      const sealed = secret.seal(Buffer.from(JSON.stringify(changeToText(change))), sealedAs(delivery.id))
      const kept = { userId, purpose, deliveryId: delivery.id, sealed, digest, expiresAtMs, keptUntilMs }
      insert.run({ ...kept, nowMs })
      deliveries.keep(delivery, nowMs)
      return undefined
    },
    wasSent(of, sinceMs, nowMs) {
      const row = find.get(of)
      if (row === undefined || text(row, 'state') !== 'active') return false
      return int(row, 'sent_at_ms') > sinceMs && int(row, 'expires_at_ms') > nowMs
    },
    waiting(userId, nowMs) {
      const row = find.get({ userId, purpose: 'confirmPasswordEmail' })
      const keptUntilMs = row === undefined ? 0 : int(row, 'kept_until_ms')
      if (row === undefined || text(row, 'state') !== 'active' || keptUntilMs <= nowMs) return undefined
      const sealed = unseal(secret, bytes(row, 'sealed_change'), sealedAs(text(row, 'delivery_id')))
      return { change: changeFromText(JSON.parse(Buffer.from(sealed).toString())), keptUntilMs }
    },
    guess(guess) {
      const { userId, purpose, authKeyId, digest, maxAttempts, failures: budget, nowMs } = guess
      const of = { userId, purpose }
      const phone = text(findPhone.get(userId) ?? {}, 'phone')
      const guesser = budget && { phone, authKeyId, budget, nowMs }
      const hasRoom = guesser === undefined || failures.room(guesser).kind === 'room'
      const charged = hasRoom ? charge.get({ ...of, maxAttempts, nowMs }) : undefined
      if (charged === undefined) return replayed(find.get(of), guess) ? 'repeated' : 'dead'
      if (!timingSafeEqual(bytes(charged, 'digest'), digest)) {
        if (guesser !== undefined) failures.charge(guesser, 'recovery')
        if (int(charged, 'attempts') >= maxAttempts) {
          exhaust.run({ ...of, nowMs })
          deliveries.end(text(charged, 'delivery_id'), 'exhausted')
        }
        return 'wrong'
      }
      if (guess.spends) {
        use.run({ ...of, authKeyId, nowMs })
        deliveries.end(text(charged, 'delivery_id'), 'used')
      } else {
        refund.run(of)
      }
      return 'right'
    },
    cancel(userId, purpose, nowMs) {
      const row = cancel.get({ userId, purpose, nowMs })
      if (row !== undefined) deliveries.end(text(row, 'delivery_id'), 'cancelled')
      return row !== undefined
    },
  }
}

interface ChangeText {
  readonly password?: PasswordText | undefined
  readonly email?: string | null | undefined
}

/** A change that waits never takes a password away: it has an address, which would go with that. */
function changeToText({ password, email }: PasswordChange): ChangeText {
  return { ...(password && { password: toText(password) }), email }
}

function changeFromText({ password, email }: ChangeText): PasswordChange {
  return { ...(password && { password: fromText(password) }), email }
}

function sealedAs(deliveryId: string): string {
  return `password change ${deliveryId}`
}
