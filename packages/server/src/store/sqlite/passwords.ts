import type {
  AccountPassword,
  AskPassword,
  Authorized,
  ChangePassword,
  ChangePasswordOutcome,
  CheckPasswordOutcome,
  DeleteAccount,
  DeleteAccountOutcome,
  PasswordChange,
  PasswordQuestion,
  PasswordStore,
  SendPasswordCode,
  SendPasswordCodeOutcome,
  TryRecoveryCode,
} from '../port.ts'
import type { Secret } from '../secret.ts'
import { prepareAuthorize } from './authorizations.ts'
import { bool, int, isNull, long, text } from './columns.ts'
import type { Database } from './database.ts'
import { prepareKeptPasswords } from './kept-passwords.ts'
import { preparePasswordCodes } from './password-codes.ts'
import { preparePasswordDelays } from './password-delays.ts'
import { openQuestion, preparePasswordProofs, sealQuestion } from './password-proofs.ts'
import { prepareRemoveUser, toUser } from './users.ts'

type Check = Parameters<PasswordStore['check']>[0]
type Recover = Parameters<PasswordStore['recover']>[0]

/** Two-step verification: whatever a password is given for is one write with checking it. */
export function createPasswordStore(db: Database, secret: Secret): PasswordStore {
  const passwords = prepareKeptPasswords(db, secret)
  const codes = preparePasswordCodes(db, secret)
  const delays = preparePasswordDelays(db)
  const removeUser = prepareRemoveUser(db)
  const { prove } = preparePasswordProofs(db, secret, passwords)
  const isSet = db.prepare('SELECT 1 FROM passwords WHERE user_id = ?')
  const isThere = db.prepare('SELECT 1 FROM users WHERE id = ? AND NOT is_bot')
  const findReset = db.prepare('SELECT reset_at_ms FROM passwords WHERE user_id = ?')
  // Given again it is good for as long as a new one would be.
  const askAgain = db.prepare(
    `UPDATE password_questions SET expires_at_ms = :expiresAtMs WHERE auth_key_id = :authKeyId AND user_id = :userId
       AND password_id = :passwordId AND state = 'open' AND expires_at_ms > :nowMs RETURNING *`,
  )
  const insertQuestion = db.prepare(
    `INSERT OR REPLACE INTO password_questions
       (auth_key_id, user_id, srp_id, password_id, sealed_question, expires_at_ms)
     VALUES (:authKeyId, :userId, :srpId, :passwordId, :sealed, :expiresAtMs)`,
  )
  const findPending = db.prepare('SELECT * FROM pending_logins WHERE auth_key_id = ?')
  const findOwn = db.prepare(
    'SELECT u.*, a.hash FROM authorizations a JOIN users u ON u.id = a.user_id WHERE a.auth_key_id = ?',
  )
  const findUser = db.prepare('SELECT * FROM users WHERE id = ?')
  const isRepeated = db.prepare(
    `SELECT 1 FROM password_questions WHERE auth_key_id = :authKeyId AND srp_id = :srpId AND state = 'right'
       AND proof_digest = :digest AND decided_at_ms > :sinceMs`,
  )
  const clearFailures = db.prepare('DELETE FROM failures WHERE phone = ?')
  const authorize = prepareAuthorize(db)

  function ask(request: AskPassword): AccountPassword {
    const { userId, nowMs } = request
    const password = passwords.find(userId)
    const reset = findReset.get(userId)
    return {
      asked: password && { password, question: questionFor(request, password) },
      unconfirmedEmail: codes.waiting(userId, nowMs)?.change.email ?? undefined,
      resetAtMs: reset === undefined || isNull(reset, 'reset_at_ms') ? undefined : int(reset, 'reset_at_ms'),
    }
  }

  function questionFor(request: AskPassword, password: Parameters<AskPassword['make']>[0]): PasswordQuestion {
    const { authKeyId, userId, expiresAtMs, nowMs } = request
    const asked = { authKeyId, userId, passwordId: password.id, expiresAtMs }
    const open = askAgain.get({ ...asked, nowMs })
    if (open !== undefined) return openQuestion(secret, open)
    const question = request.make(password)
    insertQuestion.run({ ...asked, srpId: question.srpId, sealed: sealQuestion(secret, question) })
    return question
  }

  /** Who is signed in on the key, where this has been answered before, or where nobody waits for a password. */
  function signedIn(authKeyId: bigint): Authorized | undefined {
    const own = findOwn.get(authKeyId)
    return own && { kind: 'authorized', user: toUser(own), hash: long(own, 'hash'), fresh: false }
  }

  function check(request: Check): CheckPasswordOutcome {
    const { authKeyId, proof, nowMs } = request
    const own = signedIn(authKeyId)
    if (own !== undefined && proof !== undefined) {
      const { srpId, digest } = proof
      const sinceMs = nowMs - request.replayWithinMs
      if (isRepeated.get({ authKeyId, srpId, digest, sinceMs }) !== undefined) return own
    }
    const pending = own === undefined ? findPending.get(authKeyId) : undefined
    const userId = own?.user.id ?? (pending && long(pending, 'user_id'))
    if (userId === undefined) return { kind: 'noLogin' }
    const outcome = prove({ ...request, userId })
    if (outcome.kind !== 'right') return outcome
    return logIn(authKeyId, nowMs) ?? { kind: 'noLogin' }
  }

  /** The end of a login that waits for a password; one that is there already stays as it is. */
  function logIn(authKeyId: bigint, nowMs: number): Authorized | undefined {
    const pending = findPending.get(authKeyId)
    if (pending === undefined) return signedIn(authKeyId)
    const [userId, hash] = [long(pending, 'user_id'), long(pending, 'hash')]
    const user = toUser(findUser.get(userId) ?? {})
    authorize({
      authKeyId,
      userId,
      hash,
      apiId: int(pending, 'api_id'),
      ip: text(pending, 'ip'),
      homeHash: null,
      confirmed: bool(pending, 'confirmed'),
      nowS: Math.floor(nowMs / 1000),
    })
    clearFailures.run(user.phone)
    return { kind: 'authorized', user, hash, fresh: true }
  }

  /** What waits in an e-mail was about a password or an address that is no more. */
  function apply(userId: bigint, change: PasswordChange, nowMs: number): boolean {
    if (!passwords.change(userId, change)) return false
    codes.cancel(userId, 'confirmPasswordEmail', nowMs)
    codes.cancel(userId, 'recoverPassword', nowMs)
    return true
  }

  function change(request: ChangePassword): ChangePasswordOutcome {
    const { userId, confirmation, nowMs } = request
    const outcome = prove(request)
    if (outcome.kind !== 'right') return outcome
    if (confirmation === undefined) {
      return apply(userId, request.change, nowMs) ? { kind: 'changed' } : { kind: 'nothingSet' }
    }
    if (outcome.password === undefined && !request.change.password) return { kind: 'nothingSet' }
    const purpose = 'confirmPasswordEmail'
    return (
      codes.keep({ ...confirmation, userId, purpose, change: request.change, nowMs }) ?? { kind: 'waits' }
    )
  }

  function sendCode({
    userId,
    purpose,
    code,
    repeatWithinMs,
    nowMs,
  }: SendPasswordCode): SendPasswordCodeOutcome {
    const waiting =
      purpose === 'recoverPassword' ? recovery(userId, code.expiresAtMs) : codes.waiting(userId, nowMs)
    if (waiting === undefined || waiting.change.email !== code.delivery.to) return { kind: 'gone' }
    if (codes.wasSent({ userId, purpose }, nowMs - repeatWithinMs, nowMs)) return { kind: 'repeated' }
    return codes.keep({ userId, purpose, code, ...waiting, nowMs }) ?? { kind: 'sent' }
  }

  /** What a code to recover the password is kept with: the address it went to, and nothing to wait for after it. */
  function recovery(
    userId: bigint,
    keptUntilMs: number,
  ): { change: PasswordChange; keptUntilMs: number } | undefined {
    const email = passwords.find(userId)?.email
    return email === undefined ? undefined : { change: { email }, keptUntilMs }
  }

  function recover({ password, ...attempt }: Recover): Awaited<ReturnType<PasswordStore['recover']>> {
    const { authKeyId, userId, nowMs } = attempt
    const outcome = codes.guess({ ...attempt, purpose: 'recoverPassword', spends: true })
    if (outcome === 'wrong' || outcome === 'dead') return { kind: outcome }
    if (outcome === 'right') apply(userId, { password }, nowMs)
    return logIn(authKeyId, nowMs) ?? { kind: 'dead' }
  }

  function deleteAccount(request: DeleteAccount): DeleteAccountOutcome {
    const { authKeyId, userId, isPasswordGiven, deleteAtMs, nowMs } = request
    if (isPasswordGiven) {
      const outcome = prove(request)
      if (outcome.kind !== 'right') return outcome
    } else {
      const untilMs = delays.deletion(userId, deleteAtMs, nowMs)
      if (untilMs !== undefined) return { kind: 'waits', untilMs }
    }
    return { kind: 'deleted', authKeyIds: removeUser(userId, authKeyId) ?? [] }
  }

  return {
    isSet: (userId) => db.read(() => isSet.get(userId) !== undefined),
    ask: (request) => db.write(() => ask(request)),
    check: (request) => db.write(() => check(request)),
    open: (request) => db.write(() => prove(request)),
    change: (request) => db.write(() => change(request)),
    set: (userId, change, nowMs) =>
      db.write(() => {
        if (isThere.get(userId) === undefined) return 'unknown'
        return apply(userId, change, nowMs) ? 'changed' : 'nothingSet'
      }),
    emails: (userId, nowMs) =>
      db.read(() => {
        const row = findUser.get(userId)
        if (row === undefined) return undefined
        const password = passwords.find(userId)
        const { phone } = toUser(row)
        const unconfirmed = codes.waiting(userId, nowMs)?.change.email ?? undefined
        return { phone, hasPassword: password !== undefined, recovery: password?.email, unconfirmed }
      }),
    sendCode: (request) => db.write(() => sendCode(request)),
    confirmEmail: (attempt) =>
      db.write(() => {
        const { userId, nowMs } = attempt
        const waiting = codes.waiting(userId, nowMs)
        const outcome = codes.guess({ ...attempt, purpose: 'confirmPasswordEmail', spends: true })
        if (outcome === 'right') apply(userId, waiting?.change ?? {}, nowMs)
        return outcome === 'repeated' ? 'right' : outcome
      }),
    cancelEmail: (userId, nowMs) => db.write(() => codes.cancel(userId, 'confirmPasswordEmail', nowMs)),
    checkRecovery: (attempt: TryRecoveryCode) =>
      db.write(() => {
        const outcome = codes.guess({ ...attempt, purpose: 'recoverPassword', spends: false })
        return outcome === 'repeated' ? 'right' : outcome
      }),
    recover: (attempt) => db.write(() => recover(attempt)),
    reset: ({ userId, resetAtMs, nowMs }) =>
      db.write(() => {
        const outcome = delays.reset(userId, resetAtMs, nowMs)
        if (outcome.kind === 'reset') apply(userId, { password: null }, nowMs)
        return outcome
      }),
    declineReset: (userId, retryAtMs) => db.write(() => delays.declineReset(userId, retryAtMs)),
    deleteAccount: (request) => db.write(() => deleteAccount(request)),
  }
}
