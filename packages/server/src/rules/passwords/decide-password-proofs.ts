import { bytes, int, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { addAuditEntry } from '../accounts/decide-audit.ts'
import {
  aloneToGuess,
  chargeFailure,
  forgiveFailures,
  type Guesser,
  guessRoom,
} from '../codes/decide-failures.ts'
import { findKeptPassword } from './decide-kept-passwords.ts'
import { findPhoneOf, holdsLogin } from './decide-password-logins.ts'
import type { AskPassword, KeptPassword, NotProven, PasswordQuestion, ProvePassword } from './words.ts'

const findQuestion = sql`
  SELECT * FROM password_questions WHERE auth_key_id = :authKeyId AND user_id = :userId AND srp_id = :srpId`
// A question that is given again is good for as long as a new one would be.
const askAgain = sql`
  UPDATE password_questions SET expires_at_ms = :expiresAtMs WHERE auth_key_id = :authKeyId AND user_id = :userId
    AND password_id = :passwordId AND state = 'open' AND expires_at_ms > :nowMs RETURNING *`
const insertQuestion = sql`
  INSERT INTO password_questions (auth_key_id, user_id, srp_id, password_id, sealed_question, expires_at_ms)
  VALUES (:authKeyId, :userId, :srpId, :passwordId, :sealed, :expiresAtMs)
  ON CONFLICT (auth_key_id) DO UPDATE SET user_id = excluded.user_id, srp_id = excluded.srp_id,
    password_id = excluded.password_id, sealed_question = excluded.sealed_question,
    expires_at_ms = excluded.expires_at_ms, state = 'open', proof_digest = NULL, decided_at_ms = NULL`
const spend = sql`
  UPDATE password_questions SET state = 'wrong', proof_digest = :digest, decided_at_ms = :nowMs
  WHERE auth_key_id = :authKeyId AND srp_id = :srpId AND state = 'open' AND expires_at_ms > :nowMs`
const setRight = sql`UPDATE password_questions SET state = 'right' WHERE auth_key_id = :authKeyId`
const findRight = sql`
  SELECT 1 FROM password_questions WHERE auth_key_id = :authKeyId AND srp_id = :srpId AND state = 'right'
    AND proof_digest = :digest AND decided_at_ms > :sinceMs`
const findLock = sql`SELECT strikes, locked_until_ms FROM passwords WHERE user_id = :userId`
const lock = sql`
  UPDATE passwords SET strikes = :strikes, locked_until_ms = :untilMs WHERE user_id = :userId`
// Somebody who gives the password is there: the account is not deleted for want of it.
const unlock = sql`
  UPDATE passwords SET strikes = 0, locked_until_ms = 0, delete_at_ms = NULL WHERE user_id = :userId`
const countWrong = sql`
  SELECT count(*) AS n FROM failures WHERE phone = :phone AND kind = 'password' AND at_ms > :sinceMs`

/** Gives a key the question that it has open, or a new one. */
export function* askQuestion(
  secret: Secret,
  request: AskPassword,
  password: KeptPassword,
): Decision<PasswordQuestion> {
  const { authKeyId, userId, expiresAtMs, nowMs } = request
  const asked = { authKeyId, userId, passwordId: password.id, expiresAtMs }
  const open = yield* askAgain.row({ ...asked, nowMs })
  if (open !== undefined) return openQuestion(secret, open)
  const question = request.make(password)
  yield* insertQuestion.send({ ...asked, srpId: question.srpId, sealed: sealQuestion(secret, question) })
  return question
}

/** A password that was given; undefined if the account has none, as the client said. */
export interface Proven {
  readonly kind: 'right'
  readonly password: KeptPassword | undefined
}

/**
 * Lets nobody else decide about the account, nor guess at its number or from the same network. Comes before the first read
 * of what is proven; a number is locked before its account, as in a login by code.
 */
export function* aloneToProve({
  userId,
  proof,
  failures,
}: Pick<ProvePassword, 'userId' | 'proof' | 'failures'>): Decision<void> {
  if (proof !== undefined) yield* aloneToGuess({ phone: yield* findPhoneOf(userId), budget: failures })
  yield* alone('account', userId)
}

/**
 * Checks an answer. The question is spent and the guess charged before the comparison, in one decision: however many
 * guesses come at once, over however many keys, no more than the limit are ever compared. Comes after
 * {@link aloneToProve}.
 */
export function* provePassword(secret: Secret, request: ProvePassword): Decision<Proven | NotProven> {
  const { authKeyId, userId, proof, nowMs } = request
  const guesser = { phone: yield* findPhoneOf(userId), authKeyId, budget: request.failures, nowMs }
  if (!(yield* holdsLogin(authKeyId, userId))) return { kind: 'noLogin' }
  const password = yield* findKeptPassword(secret, userId)
  // Nothing is compared, so nothing is charged.
  if (proof === undefined) return password === undefined ? { kind: 'right', password } : { kind: 'wrong' }
  const { srpId, digest } = proof
  const asked = yield* findQuestion.row({ authKeyId, userId, srpId })
  if (asked === undefined) return { kind: 'staleQuestion' }
  if (text(asked, 'state') !== 'open') {
    const isRepeat = text(asked, 'state') === 'wrong' && sameBytes(bytes(asked, 'proof_digest'), digest)
    return { kind: isRepeat ? 'wrong' : 'staleQuestion' }
  }
  const state = yield* findLock.row({ userId })
  if (password === undefined || state === undefined || password.id !== long(asked, 'password_id'))
    return { kind: 'passwordChanged' }
  const untilMs = yield* lockedUntilMs(state, guesser)
  if (untilMs > nowMs) return { kind: 'locked', untilMs }
  if ((yield* spend.run({ authKeyId, srpId, digest, nowMs })) === 0) return { kind: 'staleQuestion' }
  yield* chargeGuess(state, request, guesser)
  if (!proof.isRight(password, openQuestion(secret, asked))) {
    yield* addAuditEntry({ atMs: nowMs, action: 'wrongPassword', userId })
    return { kind: 'wrong' }
  }
  yield* setRight.send({ authKeyId })
  yield* forgiveFailures(guesser.phone, 'password')
  yield* unlock.send({ userId })
  return { kind: 'right', password }
}

/** Tells whether this very answer was right a moment ago. */
export function* wasProvenRight({
  authKeyId,
  proof,
  replayWithinMs = 0,
  nowMs,
}: Pick<ProvePassword, 'authKeyId' | 'proof' | 'nowMs'> & {
  readonly replayWithinMs?: number | undefined
}): Decision<boolean> {
  if (proof === undefined) return false
  const { srpId, digest } = proof
  const right = yield* findRight.row({ authKeyId, srpId, digest, sinceMs: nowMs - replayWithinMs })
  return right !== undefined
}

/** Until when no password of the account is compared; a time in the past if one would be. */
function* lockedUntilMs(state: Row, guesser: Guesser): Decision<number> {
  const room = yield* guessRoom(guesser)
  return Math.max(int(state, 'locked_until_ms'), room.kind === 'room' ? 0 : room.freeAtMs)
}

/** Charges a guess as if it were wrong. A right one takes that back. */
function* chargeGuess(state: Row, { userId, limit, nowMs }: ProvePassword, guesser: Guesser): Decision<void> {
  yield* chargeFailure(guesser, 'password')
  const isQuiet = int(state, 'locked_until_ms') + limit.maxWaitMs <= nowMs
  const strikes = isQuiet ? 0 : int(state, 'strikes')
  const counted = yield* countWrong.row({ phone: guesser.phone, sinceMs: nowMs - limit.windowMs })
  if (strikes === 0 && int(counted ?? {}, 'n') < limit.max) return
  const waitMs = Math.min(limit.windowMs * 2 ** strikes, limit.maxWaitMs)
  yield* lock.send({ userId, strikes: strikes + 1, untilMs: nowMs + waitMs })
}

/** A question as it is kept: sealed, because its exponent is in it. */
function sealQuestion(secret: Secret, { srpId, b, srpB }: PasswordQuestion): Uint8Array {
  return secret.seal(Buffer.concat([srpB, b]), sealedAs(srpId))
}

const SRP_B_BYTES = 256

function openQuestion(secret: Secret, row: Row): PasswordQuestion {
  const srpId = long(row, 'srp_id')
  const opened = Uint8Array.from(unseal(secret, bytes(row, 'sealed_question'), sealedAs(srpId)))
  return { srpId, srpB: opened.slice(0, SRP_B_BYTES), b: opened.slice(SRP_B_BYTES) }
}

function sealedAs(srpId: bigint): string {
  return `password question ${srpId}`
}

/** Compares what the client itself has sent, which is not secret. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
