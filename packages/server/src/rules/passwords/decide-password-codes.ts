import { timingSafeEqual } from 'node:crypto'
import { bytes, int, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { aloneToSend, chargeSend, findSpent } from '../codes/decide-budgets.ts'
import { endDelivery, keepDelivery } from '../codes/decide-deliveries.ts'
import { aloneToGuess, chargeFailure, guessRoom } from '../codes/decide-failures.ts'
import type { BudgetSpent, FailureBudget } from '../codes/words.ts'
import { fromText, type PasswordText, toText } from './decide-kept-passwords.ts'
import { findPhoneOf } from './decide-password-logins.ts'
import type {
  NewPasswordCode,
  PasswordChange,
  PasswordCodePurpose,
  SendPasswordCode,
  TryPasswordCode,
  TryPasswordCodeOutcome,
  TryRecoveryCode,
} from './words.ts'

const OF_ONE = 'user_id = :userId AND purpose = :purpose'
const find = sql`SELECT * FROM password_codes WHERE ${OF_ONE}`
const insert = sql`
  INSERT INTO password_codes
    (user_id, purpose, delivery_id, sealed_change, digest, sent_at_ms, expires_at_ms, kept_until_ms)
  VALUES (:userId, :purpose, :deliveryId, :sealed, :digest, :nowMs, :expiresAtMs, :keptUntilMs)
  ON CONFLICT (user_id, purpose) DO UPDATE SET delivery_id = excluded.delivery_id,
    sealed_change = excluded.sealed_change, digest = excluded.digest, state = 'active', attempts = 0,
    sent_at_ms = excluded.sent_at_ms, expires_at_ms = excluded.expires_at_ms,
    kept_until_ms = excluded.kept_until_ms, used_by = NULL, used_at_ms = NULL`
const charge = sql`
  UPDATE password_codes SET attempts = attempts + 1
  WHERE ${OF_ONE} AND state = 'active' AND expires_at_ms > :nowMs AND attempts < :maxAttempts RETURNING *`
// The change that the code is for may wait on, for another code.
const exhaust = sql`UPDATE password_codes SET expires_at_ms = :nowMs WHERE ${OF_ONE}`
const refund = sql`UPDATE password_codes SET attempts = attempts - 1 WHERE ${OF_ONE}`
const use = sql`
  UPDATE password_codes SET state = 'used', used_by = :authKeyId, used_at_ms = :nowMs WHERE ${OF_ONE}`
const cancel = sql`
  UPDATE password_codes SET state = 'cancelled'
  WHERE ${OF_ONE} AND state = 'active' AND kept_until_ms > :nowMs RETURNING delivery_id`

/** A code to keep, with the change that it is for. */
export interface KeepCode extends Pick<SendPasswordCode, 'userId' | 'purpose' | 'nowMs'> {
  readonly code: NewPasswordCode
  readonly change: PasswordChange
  /** The end of the change's wait; its code may be sent anew until then. */
  readonly keptUntilMs: number
}

/** A change that waits for its confirmation. */
export interface WaitingChange {
  readonly change: PasswordChange
  readonly keptUntilMs: number
}

/** A guess at a code of this purpose. */
export interface Guess extends TryPasswordCode {
  readonly purpose: PasswordCodePurpose
  /** The budget of the account's number, if wrong guesses are charged to that, too. */
  readonly failures?: FailureBudget
  /** True if a right guess ends the code. */
  readonly spends: boolean
}

/** Lets nobody else send to the same address or number. Comes before {@link keepPasswordCode}, and before the account. */
export function aloneToSendCode({ delivery, budgets }: NewPasswordCode): Decision<void> {
  return aloneToSend({ phone: delivery.phone, budgets })
}

/** Lets nobody else decide about the account, nor guess at its number or from the same network. */
export function* aloneToTryCode({
  userId,
  failures,
}: Pick<TryRecoveryCode, 'userId' | 'failures'>): Decision<void> {
  yield* aloneToGuess({ phone: yield* findPhoneOf(userId), budget: failures })
  yield* alone('account', userId)
}

/** Keeps a code in place of the one before. The caller is alone with the account. */
export function* keepPasswordCode(
  secret: Secret,
  { userId, purpose, code, change, keptUntilMs, nowMs }: KeepCode,
): Decision<BudgetSpent | undefined> {
  const { delivery, digest, expiresAtMs } = code
  const send = { phone: delivery.phone, budgets: code.budgets, nowMs }
  const spent = yield* findSpent(send)
  if (spent !== undefined) return spent
  yield* chargeSend(send)
  const before = yield* find.row({ userId, purpose })
  if (before !== undefined) yield* endDelivery(text(before, 'delivery_id'), 'replaced')
  const sealed = secret.seal(Buffer.from(JSON.stringify(changeToText(change))), sealedAs(delivery.id))
  const kept = { userId, purpose, deliveryId: delivery.id, sealed, digest, expiresAtMs, keptUntilMs }
  yield* insert.send({ ...kept, nowMs })
  yield* keepDelivery(secret, delivery, nowMs)
  return undefined
}

/** Tells whether a code that is still good was sent since then. */
export function* wasPasswordCodeSent(
  { userId, purpose }: Pick<KeepCode, 'userId' | 'purpose'>,
  sinceMs: number,
  nowMs: number,
): Decision<boolean> {
  const row = yield* find.row({ userId, purpose })
  if (row === undefined || text(row, 'state') !== 'active') return false
  return int(row, 'sent_at_ms') > sinceMs && int(row, 'expires_at_ms') > nowMs
}

/** Finds the change of an account that waits for its confirmation. */
export function* findWaitingChange(
  secret: Secret,
  userId: bigint,
  nowMs: number,
): Decision<WaitingChange | undefined> {
  const row = yield* find.row({ userId, purpose: 'confirmPasswordEmail' })
  const keptUntilMs = row === undefined ? 0 : int(row, 'kept_until_ms')
  if (row === undefined || text(row, 'state') !== 'active' || keptUntilMs <= nowMs) return undefined
  const sealed = unseal(secret, bytes(row, 'sealed_change'), sealedAs(text(row, 'delivery_id')))
  return { change: changeFromText(JSON.parse(Buffer.from(sealed).toString())), keptUntilMs }
}

/**
 * Checks a guess. A guess is charged before it is compared, in one statement, as for codes to a number. The caller is
 * alone with the account. `repeated`: this key has spent the code and asks again.
 */
export function* guessPasswordCode(guess: Guess): Decision<TryPasswordCodeOutcome | 'repeated'> {
  const { userId, purpose, authKeyId, digest, maxAttempts, failures: budget, nowMs } = guess
  const of = { userId, purpose }
  const guesser = budget && { phone: yield* findPhoneOf(userId), authKeyId, budget, nowMs }
  const hasRoom = guesser === undefined || (yield* guessRoom(guesser)).kind === 'room'
  const charged = hasRoom ? yield* charge.row({ ...of, maxAttempts, nowMs }) : undefined
  if (charged === undefined) return isReplay(yield* find.row(of), guess) ? 'repeated' : 'dead'
  const deliveryId = text(charged, 'delivery_id')
  if (!timingSafeEqual(bytes(charged, 'digest'), digest)) {
    if (guesser !== undefined) yield* chargeFailure(guesser, 'recovery')
    if (int(charged, 'attempts') >= maxAttempts) {
      yield* exhaust.send({ ...of, nowMs })
      yield* endDelivery(deliveryId, 'exhausted')
    }
    return 'wrong'
  }
  if (guess.spends) {
    yield* use.send({ ...of, authKeyId, nowMs })
    yield* endDelivery(deliveryId, 'used')
  } else {
    yield* refund.send(of)
  }
  return 'right'
}

/** Gives up what waits. False if nothing did. */
export function* cancelPasswordCode(
  userId: bigint,
  purpose: PasswordCodePurpose,
  nowMs: number,
): Decision<boolean> {
  const row = yield* cancel.row({ userId, purpose, nowMs })
  if (row !== undefined) yield* endDelivery(text(row, 'delivery_id'), 'cancelled')
  return row !== undefined
}

function isReplay(row: Row | undefined, { authKeyId, digest, replayWithinMs, nowMs }: Guess): boolean {
  if (row === undefined || text(row, 'state') !== 'used' || long(row, 'used_by') !== authKeyId) return false
  const isSoon = int(row, 'used_at_ms') + replayWithinMs > nowMs
  return isSoon && timingSafeEqual(bytes(row, 'digest'), digest)
}

interface ChangeText {
  readonly password?: PasswordText | undefined
  readonly email?: string | null | undefined
}

/** Writes a change that waits. It never takes a password away, because its address would go with that. */
function changeToText({ password, email }: PasswordChange): ChangeText {
  return { ...(password && { password: toText(password) }), email }
}

function changeFromText({ password, email }: ChangeText): PasswordChange {
  return { ...(password && { password: fromText(password) }), email }
}

function sealedAs(deliveryId: string): string {
  return `password change ${deliveryId}`
}
