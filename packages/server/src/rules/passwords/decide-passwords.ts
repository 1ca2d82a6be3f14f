import { int, isNull } from '../../database/columns.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareRepeats, repeatedChange } from '../accounts/decide-repeats.ts'
import { prepareCreateUser, prepareRemoveUser } from '../accounts/decide-users.ts'
import type { User } from '../accounts/words.ts'
import { SET_EMAIL } from '../emails/decide-login-emails.ts'
import { prepareKeptPasswords } from './decide-kept-passwords.ts'
import { preparePasswordCodes } from './decide-password-codes.ts'
import { preparePasswordDelays } from './decide-password-delays.ts'
import { preparePasswordLogins } from './decide-password-logins.ts'
import { openQuestion, preparePasswordProofs, sealQuestion } from './decide-password-proofs.ts'
import { createPasswordRecoveries } from './decide-password-recoveries.ts'
import type {
  AccountPassword,
  AskPassword,
  ChangePassword,
  ChangePasswordOutcome,
  CheckPasswordOutcome,
  DeleteAccount,
  DeleteAccountOutcome,
  NewSecuredUser,
  PasswordChange,
  PasswordQuestion,
  PasswordStore,
} from './words.ts'

type Check = Parameters<PasswordStore['check']>[0]

/** Two-step verification: whatever a password is given for is one write with checking it. */
export function createPasswordStore(db: Database, secret: Secret): PasswordStore {
  const passwords = prepareKeptPasswords(db, secret)
  const codes = preparePasswordCodes(db, secret)
  const delays = preparePasswordDelays(db)
  const logins = preparePasswordLogins(db)
  const removeUser = prepareRemoveUser(db)
  const { prove } = preparePasswordProofs(db, secret, passwords, logins)
  const repeats = prepareRepeats(db, secret)
  const isSet = db.prepare('SELECT 1 FROM passwords WHERE user_id = ?')
  const createUser = prepareCreateUser(db)
  const findByUsername = db.prepare(
    'SELECT 1 FROM users WHERE username IS NOT NULL AND lower(username) = lower(?)',
  )
  const setUsername = db.prepare('UPDATE users SET username = :username WHERE id = :userId')
  const setLoginEmail = db.prepare(SET_EMAIL)
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
  const isRepeated = db.prepare(
    `SELECT 1 FROM password_questions WHERE auth_key_id = :authKeyId AND srp_id = :srpId AND state = 'right'
       AND proof_digest = :digest AND decided_at_ms > :sinceMs`,
  )

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

  /** Whether this very answer was right a moment ago. */
  function isAnsweredRight({
    authKeyId,
    proof,
    replayWithinMs = 0,
    nowMs,
  }: Omit<Parameters<PasswordStore['open']>[0], 'userId'>): boolean {
    if (proof === undefined) return false
    const { srpId, digest } = proof
    return isRepeated.get({ authKeyId, srpId, digest, sinceMs: nowMs - replayWithinMs }) !== undefined
  }

  function check(request: Check): CheckPasswordOutcome {
    const { authKeyId, nowMs } = request
    const own = logins.signedIn(authKeyId)
    if (own !== undefined && isAnsweredRight(request)) return own
    const userId = own?.user.id ?? logins.pendingUserId(authKeyId)
    if (userId === undefined) return { kind: 'noLogin' }
    const outcome = prove({ ...request, userId })
    if (outcome.kind !== 'right') return outcome
    return logins.logIn(authKeyId, userId, nowMs) ?? { kind: 'noLogin' }
  }

  /** What waits in an e-mail was about a password or an address that is no more. */
  function apply(userId: bigint, change: PasswordChange, nowMs: number): boolean {
    if (!passwords.change(userId, change)) return false
    codes.cancel(userId, 'confirmPasswordEmail', nowMs)
    codes.cancel(userId, 'recoverPassword', nowMs)
    return true
  }

  function create(account: NewSecuredUser): User | 'phoneTaken' | 'usernameTaken' {
    const { user, username, makePassword, email, loginEmail } = account
    if (username !== undefined && findByUsername.get(username) !== undefined) return 'usernameTaken'
    const made = createUser(user)
    if (made === undefined) return 'phoneTaken'
    const created = { ...made, username }
    if (username !== undefined) setUsername.run({ userId: created.id, username })
    if (makePassword !== undefined)
      passwords.change(created.id, { password: makePassword(created.id), email })
    if (loginEmail !== undefined) setLoginEmail.run({ userId: created.id, email: loginEmail })
    return created
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
      codes.keep({ ...confirmation, userId, purpose, change: request.change, nowMs }) ?? {
        kind: 'waits',
        fresh: true,
      }
    )
  }

  function deleteAccount(request: DeleteAccount): DeleteAccountOutcome {
    const { authKeyId, userId, isPasswordGiven, deleteAtMs, nowMs } = request
    if (isPasswordGiven) {
      const outcome = prove(request)
      if (outcome.kind !== 'right') return outcome
    } else {
      if (!logins.holds(authKeyId, userId)) return { kind: 'noLogin' }
      const waits = delays.deletion(userId, deleteAtMs, nowMs)
      if (waits !== undefined) return { kind: 'waits', ...waits }
    }
    return { kind: 'deleted', authKeyIds: removeUser(userId, authKeyId) ?? [] }
  }

  return {
    isSet: (userId) => db.read(() => isSet.get(userId) !== undefined),
    hint: (userId) => db.read(() => passwords.find(userId)?.hint),
    ask: (request) => db.write(() => ask(request)),
    check: (request) => db.write(() => check(request)),
    open: (request) =>
      db.write(() => {
        const outcome = prove(request)
        const isRepeat = outcome.kind === 'staleQuestion' && isAnsweredRight(request)
        return isRepeat ? { kind: 'right', password: passwords.find(request.userId) } : outcome
      }),
    change: (asked) =>
      db.write(() => repeats.decide(asked.request, () => change(asked), repeatedPasswordChange)),
    create: (user) => db.write(() => create(user)),
    set: (userId, change, nowMs) =>
      db.write(() => {
        if (isThere.get(userId) === undefined) return 'unknown'
        return apply(userId, change, nowMs) ? 'changed' : 'nothingSet'
      }),
    ...createPasswordRecoveries(db, { passwords, codes, logins, repeats, apply }),
    reset: ({ userId, resetAtMs, nowMs }) =>
      db.write(() => {
        const outcome = delays.reset(userId, resetAtMs, nowMs)
        if (outcome.kind === 'reset') apply(userId, { password: null }, nowMs)
        return outcome
      }),
    declineReset: (userId, retryAtMs, request) =>
      db.write(() => repeats.decide(request, () => delays.declineReset(userId, retryAtMs), repeatedChange)),
    deleteAccount: (request) => db.write(() => deleteAccount(request)),
  }
}

function repeatedPasswordChange(outcome: ChangePasswordOutcome): ChangePasswordOutcome | undefined {
  if (outcome.kind === 'waits') return { ...outcome, fresh: false }
  return outcome.kind === 'changed' ? outcome : undefined
}
