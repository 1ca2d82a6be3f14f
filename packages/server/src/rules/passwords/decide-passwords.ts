import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { repeatably, repeatedChange } from '../accounts/decide-repeats.ts'
import type { RequestRef } from '../accounts/words.ts'
import { removePerson } from '../people/decide-farewells.ts'
import { changeKeptPassword, findKeptPassword } from './decide-kept-passwords.ts'
import {
  aloneToSendCode,
  cancelPasswordCode,
  findWaitingChange,
  keepPasswordCode,
} from './decide-password-codes.ts'
import {
  callOffPasswordReset,
  delayDeletion,
  findPasswordReset,
  requestPasswordReset,
} from './decide-password-delays.ts'
import { completeLogin, findHeldUserId, findSignedIn, holdsLogin } from './decide-password-logins.ts'
import {
  aloneToProve,
  askQuestion,
  type Proven,
  provePassword,
  wasProvenRight,
} from './decide-password-proofs.ts'
import type {
  AccountPassword,
  AskPassword,
  ChangePassword,
  ChangePasswordOutcome,
  CheckPassword,
  CheckPasswordOutcome,
  DeleteAccount,
  DeleteAccountOutcome,
  NotProven,
  OpenPassword,
  PasswordChange,
  ResetPassword,
  ResetPasswordOutcome,
} from './words.ts'

const findSet = sql`SELECT 1 FROM passwords WHERE user_id = :userId`
const findPerson = sql`SELECT 1 FROM users WHERE id = :userId AND is_bot = 0`

/** Tells whether an account has a password. */
export function* isPasswordSet(userId: bigint): Decision<boolean> {
  return (yield* findSet.row({ userId })) !== undefined
}

/**
 * Asks a key for the password of its account. A key has one open question: it gets that again until the question is
 * answered, has expired, or its password has changed.
 */
export function* askPassword(secret: Secret, request: AskPassword): Decision<AccountPassword> {
  const { userId, nowMs } = request
  yield* alone('account', userId)
  const password = yield* findKeptPassword(secret, userId)
  const question = password && (yield* askQuestion(secret, request, password))
  const waiting = yield* findWaitingChange(secret, userId, nowMs)
  return {
    asked: password && question && { password, question },
    unconfirmedEmail: waiting?.change.email ?? undefined,
    resetAtMs: yield* findPasswordReset(userId),
  }
}

/** Signs in the key that waits for this password. A key that is signed in with the account already stays so. */
export function* passSecondFactor(secret: Secret, request: CheckPassword): Decision<CheckPasswordOutcome> {
  const { authKeyId, nowMs } = request
  const userId = yield* findHeldUserId(authKeyId)
  if (userId === undefined) return { kind: 'noLogin' }
  yield* aloneToProve({ ...request, userId })
  const own = yield* findSignedIn(authKeyId, userId)
  if (own !== undefined && (yield* wasProvenRight(request))) return own
  const outcome = yield* provePassword(secret, { ...request, userId })
  if (outcome.kind !== 'right') return outcome
  return (yield* completeLogin(authKeyId, userId, nowMs)) ?? { kind: 'noLogin' }
}

/** Opens what only the password opens. A repeat of a right answer is right for a time, too. */
export function* openPassword(secret: Secret, request: OpenPassword): Decision<Proven | NotProven> {
  yield* aloneToProve(request)
  const outcome = yield* provePassword(secret, request)
  const isRepeat = outcome.kind === 'staleQuestion' && (yield* wasProvenRight(request))
  if (!isRepeat) return outcome
  return { kind: 'right', password: yield* findKeptPassword(secret, request.userId) }
}

/** Makes a change for somebody who gives the password, or has it wait until its address is confirmed. */
export function* changePassword(secret: Secret, asked: ChangePassword): Decision<ChangePasswordOutcome> {
  const { confirmation } = asked
  if (confirmation !== undefined) yield* aloneToSendCode(confirmation.code)
  yield* aloneToProve(asked)
  return yield* repeatably(secret, asked.request, change(secret, asked), repeatedPasswordChange)
}

function* change(secret: Secret, request: ChangePassword): Decision<ChangePasswordOutcome> {
  const { userId, confirmation, nowMs } = request
  const outcome = yield* provePassword(secret, request)
  if (outcome.kind !== 'right') return outcome
  if (confirmation === undefined) {
    const isChanged = yield* applyPasswordChange(secret, userId, request.change, nowMs)
    return { kind: isChanged ? 'changed' : 'nothingSet' }
  }
  if (outcome.password === undefined && !request.change.password) return { kind: 'nothingSet' }
  const purpose = 'confirmPasswordEmail'
  const code = { ...confirmation, userId, purpose, change: request.change, nowMs } as const
  return (yield* keepPasswordCode(secret, code)) ?? { kind: 'waits', fresh: true }
}

function repeatedPasswordChange(outcome: ChangePasswordOutcome): ChangePasswordOutcome | undefined {
  if (outcome.kind === 'waits') return { ...outcome, fresh: false }
  return outcome.kind === 'changed' ? outcome : undefined
}

/** Makes a change as the operator, who needs no password. `unknown` if there is no such account. */
export function* setPassword(
  secret: Secret,
  userId: bigint,
  change: PasswordChange,
  nowMs: number,
): Decision<'changed' | 'nothingSet' | 'unknown'> {
  yield* alone('account', userId)
  if ((yield* findPerson.row({ userId })) === undefined) return 'unknown'
  return (yield* applyPasswordChange(secret, userId, change, nowMs)) ? 'changed' : 'nothingSet'
}

/** Makes a change and ends what waits in an e-mail: that was about a password or an address that is no more. */
export function* applyPasswordChange(
  secret: Secret,
  userId: bigint,
  change: PasswordChange,
  nowMs: number,
): Decision<boolean> {
  if (!(yield* changeKeptPassword(secret, userId, change, Math.floor(nowMs / 1000)))) return false
  yield* cancelPasswordCode(userId, 'confirmPasswordEmail', nowMs)
  yield* cancelPasswordCode(userId, 'recoverPassword', nowMs)
  return true
}

/** Asks for the password to be taken away, and takes it away once its time has come. */
export function* resetPassword(secret: Secret, request: ResetPassword): Decision<ResetPasswordOutcome> {
  const { userId, nowMs } = request
  yield* alone('account', userId)
  const outcome = yield* requestPasswordReset(request)
  if (outcome.kind === 'reset') yield* applyPasswordChange(secret, userId, { password: null }, nowMs)
  return outcome
}

/** Declines a reset: nobody can ask for another one before `retryAtMs`. False if nobody had asked for one. */
export function* declinePasswordReset(
  secret: Secret,
  userId: bigint,
  retryAtMs: number,
  request?: RequestRef,
): Decision<boolean> {
  yield* alone('account', userId)
  return yield* repeatably(secret, request, callOffPasswordReset(userId, retryAtMs), repeatedChange)
}

/** Deletes an account. The key that asks is signed out, the others get USER_DEACTIVATED. */
export function* deleteAccount(secret: Secret, request: DeleteAccount): Decision<DeleteAccountOutcome> {
  const { authKeyId, userId, isPasswordGiven, deleteAtMs, nowMs } = request
  yield* aloneToProve(request)
  if (isPasswordGiven) {
    const outcome = yield* provePassword(secret, request)
    if (outcome.kind !== 'right') return outcome
  } else {
    if (!(yield* holdsLogin(authKeyId, userId))) return { kind: 'noLogin' }
    const waits = yield* delayDeletion(userId, deleteAtMs, nowMs)
    if (waits !== undefined) return { kind: 'waits', ...waits }
  }
  const nowS = Math.floor(nowMs / 1000)
  return { kind: 'deleted', authKeyIds: (yield* removePerson(userId, nowS, authKeyId)) ?? [] }
}
