import { timingSafeEqual } from 'node:crypto'
import { bool, bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { addAuditEntry } from '../accounts/decide-audit.ts'
import { passFirstFactor } from '../accounts/decide-authorizations.ts'
import { createUser, findUserByPhone, toUser } from '../accounts/decide-users.ts'
import type { Authorized, NewAuthorization, PasswordNeeded, User } from '../accounts/words.ts'
import { aloneToSend, chargeSend, findSpent } from '../codes/decide-budgets.ts'
import { holder, OF_HOLDER } from '../codes/decide-code-holder.ts'
import { aloneToGuess, chargeFailure, forgiveFailures, guessRoom } from '../codes/decide-failures.ts'
import type { CodeRef, SignUp, SignUpOutcome, TryCode, TryOutcome } from '../codes/words.ts'
import { adoptProvenEmail, keepProvenEmail } from '../emails/decide-proven-emails.ts'

// The charge comes before the comparison and is one statement: however many guesses come at once, no more than
// maxAttempts are ever compared. The last one a code bears leaves it exhausted, unless it turns out right.
const chargeGuess = sql`UPDATE phone_codes SET attempts = attempts + 1,
    state = CASE WHEN attempts + 1 >= :maxAttempts THEN 'exhausted' ELSE 'active' END
  WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs AND attempts < :maxAttempts
  RETURNING digest, api_id, channel, proven_email`
const findCode = sql`SELECT * FROM phone_codes WHERE ${OF_HOLDER}`
const verify = sql`UPDATE phone_codes SET state = 'verified', decided_at_ms = :nowMs
  WHERE phone_code_hash = :phoneCodeHash`
const consume = sql`UPDATE phone_codes SET state = 'consumed', decided_at_ms = :nowMs, authorization_hash = :hash,
    signed_up = :signedUp
  WHERE phone_code_hash = :phoneCodeHash`
const settleHome = sql`UPDATE users SET home_dc = :dcId WHERE id = :userId AND home_dc IS NULL`
const findAuthorized = sql`SELECT u.* FROM authorizations a JOIN users u ON u.id = a.user_id
  WHERE a.auth_key_id = :authKeyId AND a.hash = :hash`
const findPending = sql`SELECT 1 FROM pending_logins WHERE auth_key_id = :authKeyId AND hash = :hash`
const findForbidden = sql`SELECT 1 FROM apps WHERE api_id = :apiId AND signup_forbidden = 1`

/** Charges a guess, compares it, and signs in or verifies, in one decision. */
export function* tryCode(attempt: TryCode): Decision<TryOutcome> {
  const { ref, digest, maxAttempts, nowMs } = attempt
  const guesser = { ...ref, budget: attempt.failures, nowMs }
  yield* aloneToGuess(guesser)
  const room = yield* guessRoom(guesser)
  const charged =
    room.kind === 'room' ? yield* chargeGuess.row({ ...holder(ref), maxAttempts, nowMs }) : undefined
  if (charged === undefined) {
    const repeated = yield* repeatGuess(attempt)
    return repeated.kind === 'dead' && room.kind === 'networkSpent' ? room : repeated
  }
  const apiId = int(charged, 'api_id')
  if (isOneOf(bytes(charged, 'digest'), digest)) return yield* signInOrVerify(attempt, charged)
  yield* chargeFailure(guesser, 'code')
  const { ip } = attempt.authorization
  yield* addAuditEntry({ atMs: nowMs, action: 'wrongCode', phone: ref.phone, ip, apiId })
  return { kind: 'wrong' }
}

/** Makes an account for a verified hash and signs it in. Each number has one winner. */
export function* signUp(request: SignUp): Decision<SignUpOutcome> {
  const { ref, budget, user, authorization, nowMs } = request
  const send = { phone: ref.phone, budgets: [budget], nowMs }
  yield* aloneToSend(send)
  const verified = yield* findVerified(request)
  if ('kind' in verified) return verified
  const spent = yield* findSpent(send)
  if (spent !== undefined) return spent
  const made = yield* createUser(user)
  if (made === undefined) return { kind: 'occupied' }
  yield* chargeSend(send)
  const { code, apiId } = verified
  yield* addAuditEntry({ atMs: nowMs, action: 'signedUp', userId: made.id, ip: authorization.ip, apiId })
  return yield* signIn({ ref, code, user: made, apiId, signedUp: true, authorization, nowMs })
}

/** A verified code, by its row, and the app that may make an account with it. */
interface Verified {
  readonly code: Row
  readonly apiId: number
}

/** The verified code of a sign-up, or the answer that there is none. */
function* findVerified(request: SignUp): Decision<Verified | SignUpOutcome> {
  const { ref, signUpWithinMs, replayWithinMs, nowMs } = request
  const row = yield* findCode.row(holder(ref))
  if (row === undefined) return { kind: 'dead' }
  switch (text(row, 'state')) {
    case 'active':
      return { kind: int(row, 'expires_at_ms') > nowMs ? 'unverified' : 'dead' }
    case 'consumed':
      return bool(row, 'signed_up') ? yield* replay(row, replayWithinMs, nowMs) : { kind: 'occupied' }
    case 'verified': {
      const apiId = int(row, 'api_id')
      const isLate = int(row, 'decided_at_ms') + signUpWithinMs <= nowMs
      return isLate || (yield* mayNotSignUp(apiId)) ? { kind: 'dead' } : { code: row, apiId }
    }
    default:
      return { kind: 'dead' }
  }
}

interface SignIn {
  readonly ref: CodeRef
  /** The code's row. */
  readonly code: Row
  readonly user: User
  readonly apiId: number
  readonly signedUp: boolean
  readonly authorization: NewAuthorization
  readonly nowMs: number
}

function* signIn(request: SignIn): Decision<Authorized | PasswordNeeded> {
  const { ref, code, user, apiId, signedUp, authorization, nowMs } = request
  const { hash, ip } = authorization
  const { authKeyId, phoneCodeHash, dcId } = ref
  const nowS = Math.floor(nowMs / 1000)
  const login = { authKeyId, userId: user.id, hash, apiId, ip, homeHash: null, nowS }
  const { kind } = yield* passFirstFactor(login)
  yield* settleHome.send({ userId: user.id, dcId })
  yield* consume.send({ phoneCodeHash, nowMs, hash, signedUp: Number(signedUp) })
  if (kind === 'passwordNeeded') {
    if (concernsEmail(code)) yield* keepProvenEmail(phoneCodeHash, authKeyId)
    return { kind }
  }
  if (concernsEmail(code)) yield* adoptProvenEmail(phoneCodeHash, user.id)
  yield* forgiveFailures(ref.phone)
  return { kind: 'authorized', user, hash, fresh: true }
}

function* signInOrVerify(attempt: TryCode, code: Row): Decision<TryOutcome> {
  const { ref, authorization, nowMs } = attempt
  const apiId = int(code, 'api_id')
  const user = yield* findUserByPhone(ref.phone)
  if (user !== undefined) {
    return yield* signIn({ ref, code, user, apiId, signedUp: false, authorization, nowMs })
  }
  if (yield* mayNotSignUp(apiId)) return { kind: 'signUpForbidden' }
  yield* verify.send({ phoneCodeHash: ref.phoneCodeHash, nowMs })
  return { kind: 'signUpRequired' }
}

function* mayNotSignUp(apiId: number): Decision<boolean> {
  return (yield* findForbidden.row({ apiId })) !== undefined
}

/**
 * The stored outcome, if the login it led to still stands, or still waits for its password: a log-out is not undone by a
 * late repeat.
 */
function* replay(
  row: Row,
  withinMs: number,
  nowMs: number,
): Decision<Authorized | PasswordNeeded | { readonly kind: 'dead' }> {
  if (int(row, 'decided_at_ms') + withinMs <= nowMs) return { kind: 'dead' }
  const [authKeyId, hash] = [long(row, 'auth_key_id'), long(row, 'authorization_hash')]
  if ((yield* findPending.row({ authKeyId, hash })) !== undefined) return { kind: 'passwordNeeded' }
  const user = yield* findAuthorized.row({ authKeyId, hash })
  return user ? { kind: 'authorized', user: toUser(user), hash, fresh: false } : { kind: 'dead' }
}

/** The answer to a guess that could not be charged: a repeat of one that was right, or nothing at all. */
function* repeatGuess(attempt: TryCode): Decision<TryOutcome> {
  const { ref, digest, nowMs } = attempt
  const row = yield* findCode.row(holder(ref))
  if (row === undefined || !isOneOf(bytes(row, 'digest'), digest)) return { kind: 'dead' }
  if (text(row, 'state') === 'consumed') return yield* replay(row, attempt.replayWithinMs, nowMs)
  if (text(row, 'state') !== 'verified') return { kind: 'dead' }
  if (int(row, 'decided_at_ms') + attempt.signUpWithinMs <= nowMs) return { kind: 'dead' }
  const apiId = int(row, 'api_id')
  if ((yield* findUserByPhone(ref.phone)) === undefined) {
    return { kind: (yield* mayNotSignUp(apiId)) ? 'signUpForbidden' : 'signUpRequired' }
  }
  return yield* signInOrVerify(attempt, row)
}

function concernsEmail(code: Row): boolean {
  return !isNull(code, 'proven_email') || text(code, 'channel') === 'email'
}

const DIGEST_BYTES = 32

/** Compares with every digest, whichever fits: the time it takes tells nothing. */
function isOneOf(digests: Uint8Array, digest: Uint8Array): boolean {
  let fits = false
  for (let at = 0; at < digests.length; at += DIGEST_BYTES) {
    fits = timingSafeEqual(digests.subarray(at, at + DIGEST_BYTES), digest) || fits
  }
  return fits
}
