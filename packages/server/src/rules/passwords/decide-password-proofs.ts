import { bytes, int, long, type Row, text } from '../../database/columns.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareAudit } from '../accounts/decide-audit.ts'
import { type Guesser, prepareFailures } from '../codes/decide-failures.ts'
import type { KeptPasswords } from './decide-kept-passwords.ts'
import type { PasswordLogins } from './decide-password-logins.ts'
import type { KeptPassword, NotProven, PasswordQuestion, ProvePassword } from './words.ts'

/** A password that was given as it is; undefined where the account has none, as the client said. */
export interface Proven {
  readonly kind: 'right'
  readonly password: KeptPassword | undefined
}

/** SRP questions and what answers to them prove; to be used inside a write. */
export interface PasswordProofs {
  prove(request: ProvePassword): Proven | NotProven
}

/**
 * What checks answers. The question is spent and the guess charged before the comparison, in the same write: however
 * many guesses come at once, over however many keys, no more than the limit are ever compared.
 */
export function preparePasswordProofs(
  db: Database,
  secret: Secret,
  passwords: Pick<KeptPasswords, 'find'>,
  logins: Pick<PasswordLogins, 'holds'>,
): PasswordProofs {
  const findQuestion = db.prepare(
    'SELECT * FROM password_questions WHERE auth_key_id = :authKeyId AND user_id = :userId AND srp_id = :srpId',
  )
  const spend = db.prepare(
    `UPDATE password_questions SET state = 'wrong', proof_digest = :digest, decided_at_ms = :nowMs
     WHERE auth_key_id = :authKeyId AND srp_id = :srpId AND state = 'open' AND expires_at_ms > :nowMs RETURNING 1`,
  )
  const setRight = db.prepare(`UPDATE password_questions SET state = 'right' WHERE auth_key_id = ?`)
  const findLock = db.prepare(
    `SELECT p.strikes, p.locked_until_ms, u.phone FROM passwords p JOIN users u ON u.id = p.user_id
     WHERE p.user_id = ?`,
  )
  const lock = db.prepare(
    'UPDATE passwords SET strikes = :strikes, locked_until_ms = :untilMs WHERE user_id = :userId',
  )
  // Who gives the password is there: the account is not deleted for want of it.
  const unlock = db.prepare(
    'UPDATE passwords SET strikes = 0, locked_until_ms = 0, delete_at_ms = NULL WHERE user_id = ?',
  )
  const failures = prepareFailures(db)
  const countWrong = db.prepare(
    `SELECT count(*) AS n FROM failures WHERE phone = :phone AND kind = 'password' AND at_ms > :sinceMs`,
  )
  const audit = prepareAudit(db)

  /** Until when no password of the account is looked at; in the past where one would be. */
  function lockedUntilMs(row: Row, guesser: Guesser): number {
    const room = failures.room(guesser)
    return Math.max(int(row, 'locked_until_ms'), room.kind === 'room' ? 0 : room.freeAtMs)
  }

  /** As if it were wrong; what is right takes it back. */
  function chargeGuess(row: Row, { userId, limit, nowMs }: ProvePassword, guesser: Guesser): void {
    const { phone } = guesser
    failures.charge(guesser, 'password')
    const isQuiet = int(row, 'locked_until_ms') + limit.maxWaitMs <= nowMs
    const strikes = isQuiet ? 0 : int(row, 'strikes')
    const wrong = int(countWrong.get({ phone, sinceMs: nowMs - limit.windowMs }) ?? {}, 'n')
    if (strikes === 0 && wrong < limit.max) return
    const waitMs = Math.min(limit.windowMs * 2 ** strikes, limit.maxWaitMs)
    lock.run({ userId, strikes: strikes + 1, untilMs: nowMs + waitMs })
  }

  return {
    prove(request) {
      const { authKeyId, userId, proof, nowMs } = request
      if (!logins.holds(authKeyId, userId)) return { kind: 'noLogin' }
      const password = passwords.find(userId)
      // Nothing is compared, so nothing is charged.
      if (proof === undefined) return password === undefined ? { kind: 'right', password } : { kind: 'wrong' }
      const { srpId, digest } = proof
      const asked = findQuestion.get({ authKeyId, userId, srpId })
      if (asked === undefined) return { kind: 'staleQuestion' }
      if (text(asked, 'state') !== 'open') {
        const isRepeat = text(asked, 'state') === 'wrong' && sameBytes(bytes(asked, 'proof_digest'), digest)
        return { kind: isRepeat ? 'wrong' : 'staleQuestion' }
      }
      const row = findLock.get(userId)
      if (password === undefined || row === undefined || password.id !== long(asked, 'password_id')) {
        return { kind: 'passwordChanged' }
      }
      const phone = text(row, 'phone')
      const guesser = { phone, authKeyId, budget: request.failures, nowMs }
      const untilMs = lockedUntilMs(row, guesser)
      if (untilMs > nowMs) return { kind: 'locked', untilMs }
      if (spend.get({ authKeyId, srpId, digest, nowMs }) === undefined) return { kind: 'staleQuestion' }
      chargeGuess(row, request, guesser)
      if (!proof.isRight(password, openQuestion(secret, asked))) {
        audit({ atMs: nowMs, action: 'wrongPassword', userId })
        return { kind: 'wrong' }
      }
      setRight.run(authKeyId)
      failures.forgive(phone, 'password')
      unlock.run(userId)
      return { kind: 'right', password }
    },
  }
}

/** A question as it is kept: sealed, because its exponent is in it. */
export function sealQuestion(secret: Secret, { srpId, b, srpB }: PasswordQuestion): Uint8Array {
  return secret.seal(Buffer.concat([srpB, b]), sealedAs(srpId))
}

const SRP_B_BYTES = 256

/** A question from its row. */
export function openQuestion(secret: Secret, row: Row): PasswordQuestion {
  const srpId = long(row, 'srp_id')
  const opened = Uint8Array.from(unseal(secret, bytes(row, 'sealed_question'), sealedAs(srpId)))
  return { srpId, srpB: opened.slice(0, SRP_B_BYTES), b: opened.slice(SRP_B_BYTES) }
}

function sealedAs(srpId: bigint): string {
  return `password question ${srpId}`
}

/** Of what the client itself has sent: not secret. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
