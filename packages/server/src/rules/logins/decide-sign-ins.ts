import { timingSafeEqual } from 'node:crypto'
import { bool, bytes, int, long, type Row, text } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareAudit } from '../accounts/decide-audit.ts'
import { prepareFirstFactor } from '../accounts/decide-authorizations.ts'
import { prepareCreateUser, toUser } from '../accounts/decide-users.ts'
import type { Authorized, NewAuthorization, PasswordNeeded, User } from '../accounts/words.ts'
import type { SendBudgets } from '../codes/decide-budgets.ts'
import { holder, OF_HOLDER } from '../codes/decide-code-holder.ts'
import { prepareFailures } from '../codes/decide-failures.ts'
import type { CodeRef, CodeStore, SignUp, SignUpOutcome, TryCode, TryOutcome } from '../codes/words.ts'
import { prepareProvenEmails } from '../emails/decide-proven-emails.ts'

/** What ends a code well: a guess that is right, a sign-up, and their repeats. */
export function createSignIns(db: Database, budgets: SendBudgets): Pick<CodeStore, 'tryCode' | 'signUp'> {
  // The charge comes before the comparison and is one statement: however many guesses come at once, no more than
  // maxAttempts are ever compared. The last one a code bears leaves it exhausted, unless it turns out right.
  const chargeGuess = db.prepare(
    `UPDATE phone_codes SET attempts = attempts + 1,
       state = CASE WHEN attempts + 1 >= :maxAttempts THEN 'exhausted' ELSE 'active' END
     WHERE ${OF_HOLDER} AND state = 'active' AND expires_at_ms > :nowMs AND attempts < :maxAttempts
     RETURNING digest, api_id`,
  )
  const failures = prepareFailures(db)
  const audit = prepareAudit(db)
  const findCode = db.prepare(`SELECT * FROM phone_codes WHERE ${OF_HOLDER}`)
  const verify = db.prepare(
    `UPDATE phone_codes SET state = 'verified', decided_at_ms = :nowMs WHERE phone_code_hash = :phoneCodeHash`,
  )
  const consume = db.prepare(
    `UPDATE phone_codes SET state = 'consumed', decided_at_ms = :nowMs, authorization_hash = :hash,
       signed_up = :signedUp WHERE phone_code_hash = :phoneCodeHash`,
  )
  const findUser = db.prepare('SELECT * FROM users WHERE phone = ?')
  const createUser = prepareCreateUser(db)
  const signInOrPend = prepareFirstFactor(db)
  const provenEmails = prepareProvenEmails(db)
  const settleHome = db.prepare('UPDATE users SET home_dc = :dcId WHERE id = :userId AND home_dc IS NULL')
  const findAuthorized = db.prepare(
    `SELECT u.* FROM authorizations a JOIN users u ON u.id = a.user_id
     WHERE a.auth_key_id = :authKeyId AND a.hash = :hash`,
  )
  const isPending = db.prepare('SELECT 1 FROM pending_logins WHERE auth_key_id = :authKeyId AND hash = :hash')
  const findForbidden = db.prepare('SELECT 1 FROM apps WHERE api_id = ? AND signup_forbidden = 1')

  interface SignIn {
    readonly ref: CodeRef
    readonly user: User
    readonly apiId: number
    readonly signedUp: boolean
    readonly authorization: NewAuthorization
    readonly nowMs: number
  }

  function authorize({
    ref,
    user,
    apiId,
    signedUp,
    authorization,
    nowMs,
  }: SignIn): Authorized | PasswordNeeded {
    const { hash, ip } = authorization
    const { authKeyId, phoneCodeHash, dcId } = ref
    const nowS = Math.floor(nowMs / 1000)
    const { kind } = signInOrPend({ authKeyId, userId: user.id, hash, apiId, ip, homeHash: null, nowS })
    settleHome.run({ userId: user.id, dcId })
    consume.run({ phoneCodeHash, nowMs, hash, signedUp: Number(signedUp) })
    if (kind === 'passwordNeeded') {
      provenEmails.onPending(phoneCodeHash, authKeyId)
      return { kind }
    }
    provenEmails.onSignedIn(phoneCodeHash, user.id)
    failures.forgive(ref.phone)
    return { kind: 'authorized', user, hash, fresh: true }
  }

  function signInOrVerify(attempt: TryCode, apiId: number): TryOutcome {
    const { ref, authorization, nowMs } = attempt
    const row = findUser.get(ref.phone)
    if (row !== undefined) {
      return authorize({ ref, user: toUser(row), apiId, signedUp: false, authorization, nowMs })
    }
    if (findForbidden.get(apiId) !== undefined) return { kind: 'signUpForbidden' }
    verify.run({ phoneCodeHash: ref.phoneCodeHash, nowMs })
    return { kind: 'signUpRequired' }
  }

  /** The stored outcome, if the login it led to still stands, or still waits for its password: a log-out is not undone by a late repeat. */
  function replay(
    row: Row,
    withinMs: number,
    nowMs: number,
  ): Authorized | PasswordNeeded | { readonly kind: 'dead' } {
    if (int(row, 'decided_at_ms') + withinMs <= nowMs) return { kind: 'dead' }
    const [authKeyId, hash] = [long(row, 'auth_key_id'), long(row, 'authorization_hash')]
    if (isPending.get({ authKeyId, hash }) !== undefined) return { kind: 'passwordNeeded' }
    const user = findAuthorized.get({ authKeyId, hash })
    return user ? { kind: 'authorized', user: toUser(user), hash, fresh: false } : { kind: 'dead' }
  }

  /** A guess that could not be charged: a repeat of one that was right, or nothing at all. */
  function repeatedGuess(attempt: TryCode): TryOutcome {
    const { ref, digest, nowMs } = attempt
    const row = findCode.get(holder(ref))
    if (row === undefined || !isOneOf(bytes(row, 'digest'), digest)) return { kind: 'dead' }
    if (text(row, 'state') === 'consumed') return replay(row, attempt.replayWithinMs, nowMs)
    if (text(row, 'state') !== 'verified') return { kind: 'dead' }
    if (int(row, 'decided_at_ms') + attempt.signUpWithinMs <= nowMs) return { kind: 'dead' }
    const user = findUser.get(ref.phone)
    if (user === undefined) {
      return { kind: findForbidden.get(long(row, 'api_id')) ? 'signUpForbidden' : 'signUpRequired' }
    }
    return signInOrVerify(attempt, int(row, 'api_id'))
  }

  function tryCode(attempt: TryCode): TryOutcome {
    const { ref, digest, maxAttempts, nowMs } = attempt
    const guesser = { ...ref, budget: attempt.failures, nowMs }
    const room = failures.room(guesser)
    const charged = room.kind === 'room' ? chargeGuess.get({ ...holder(ref), maxAttempts, nowMs }) : undefined
    if (charged === undefined) {
      const repeated = repeatedGuess(attempt)
      return repeated.kind === 'dead' && room.kind === 'networkSpent' ? room : repeated
    }
    if (!isOneOf(bytes(charged, 'digest'), digest)) {
      failures.charge(guesser, 'code')
      audit({
        atMs: nowMs,
        action: 'wrongCode',
        phone: ref.phone,
        ip: attempt.authorization.ip,
        apiId: int(charged, 'api_id'),
      })
      return { kind: 'wrong' }
    }
    return signInOrVerify(attempt, int(charged, 'api_id'))
  }

  function signUp({
    ref,
    budget,
    user,
    signUpWithinMs,
    replayWithinMs,
    authorization,
    nowMs,
  }: SignUp): SignUpOutcome {
    const row = findCode.get(holder(ref))
    switch (row && text(row, 'state')) {
      case 'active':
        return { kind: row && int(row, 'expires_at_ms') > nowMs ? 'unverified' : 'dead' }
      case 'consumed':
        return row && bool(row, 'signed_up') ? replay(row, replayWithinMs, nowMs) : { kind: 'occupied' }
      case 'verified':
        break
      default:
        return { kind: 'dead' }
    }
    if (row === undefined || int(row, 'decided_at_ms') + signUpWithinMs <= nowMs) return { kind: 'dead' }
    const apiId = int(row, 'api_id')
    if (findForbidden.get(apiId) !== undefined) return { kind: 'dead' }
    const send = { phone: ref.phone, budgets: [budget], nowMs }
    const spent = budgets.findSpent(send)
    if (spent !== undefined) return spent
    const made = createUser(user)
    if (made === undefined) return { kind: 'occupied' }
    budgets.charge(send)
    audit({ atMs: nowMs, action: 'signedUp', userId: made.id, ip: authorization.ip, apiId })
    return authorize({
      ref,
      user: made,
      apiId,
      signedUp: true,
      authorization,
      nowMs,
    })
  }

  return {
    tryCode: (attempt) => db.write(() => tryCode(attempt)),
    signUp: (request) => db.write(() => signUp(request)),
  }
}

const DIGEST_BYTES = 32

/** Compares with every digest, whichever fits: how long it takes tells nothing. */
function isOneOf(digests: Uint8Array, digest: Uint8Array): boolean {
  let fits = false
  for (let at = 0; at < digests.length; at += DIGEST_BYTES) {
    fits = timingSafeEqual(digests.subarray(at, at + DIGEST_BYTES), digest) || fits
  }
  return fits
}
