import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { repeatably, repeatedChange } from '../accounts/decide-repeats.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { RequestRef } from '../accounts/words.ts'
import { findKeptPassword } from './decide-kept-passwords.ts'
import {
  aloneToSendCode,
  aloneToTryCode,
  cancelPasswordCode,
  findWaitingChange,
  guessPasswordCode,
  keepPasswordCode,
  type WaitingChange,
  wasPasswordCodeSent,
} from './decide-password-codes.ts'
import { completeLogin, holdsLogin } from './decide-password-logins.ts'
import { applyPasswordChange } from './decide-passwords.ts'
import type {
  NewPassword,
  PasswordEmails,
  Recovered,
  SendPasswordCode,
  SendPasswordCodeOutcome,
  TryPasswordCode,
  TryPasswordCodeOutcome,
  TryRecoveryCode,
} from './words.ts'

const findUser = sql`SELECT * FROM users WHERE id = :userId`

/** The addresses of an account; undefined if there is no such account. */
export function* findPasswordEmails(
  secret: Secret,
  userId: bigint,
  nowMs: number,
): Decision<PasswordEmails | undefined> {
  const row = yield* findUser.row({ userId })
  if (row === undefined) return undefined
  const password = yield* findKeptPassword(secret, userId)
  const waiting = yield* findWaitingChange(secret, userId, nowMs)
  return {
    phone: toUser(row).phone,
    hasPassword: password !== undefined,
    recovery: password?.email,
    unconfirmed: waiting?.change.email ?? undefined,
  }
}

/** Keeps a code to the account's address, or another one to the address that is not confirmed. */
export function* sendPasswordCode(
  secret: Secret,
  { userId, purpose, code, repeatWithinMs, nowMs }: SendPasswordCode,
): Decision<SendPasswordCodeOutcome> {
  yield* aloneToSendCode(code)
  yield* alone('account', userId)
  const waiting =
    purpose === 'recoverPassword'
      ? yield* findRecovery(secret, userId, code.expiresAtMs)
      : yield* findWaitingChange(secret, userId, nowMs)
  if (waiting === undefined || waiting.change.email !== code.delivery.to) return { kind: 'gone' }
  if (yield* wasPasswordCodeSent({ userId, purpose }, nowMs - repeatWithinMs, nowMs))
    return { kind: 'repeated' }
  return (yield* keepPasswordCode(secret, { userId, purpose, code, ...waiting, nowMs })) ?? { kind: 'sent' }
}

/** Makes the change that waited for this code. `repeated`: an earlier call of the same key made it. */
export function* confirmPasswordEmail(
  secret: Secret,
  attempt: TryPasswordCode,
): Decision<TryPasswordCodeOutcome | 'repeated'> {
  const { authKeyId, userId, nowMs } = attempt
  yield* alone('account', userId)
  if (!(yield* holdsLogin(authKeyId, userId))) return 'dead'
  const waiting = yield* findWaitingChange(secret, userId, nowMs)
  const outcome = yield* guessPasswordCode({ ...attempt, purpose: 'confirmPasswordEmail', spends: true })
  if (outcome === 'right') yield* applyPasswordChange(secret, userId, waiting?.change ?? {}, nowMs)
  return outcome
}

/** Gives up the change that waits for its confirmation. False if there is none. */
export function* cancelPasswordEmail(
  secret: Secret,
  userId: bigint,
  nowMs: number,
  request?: RequestRef,
): Decision<boolean> {
  yield* alone('account', userId)
  const cancelled = cancelPasswordCode(userId, 'confirmPasswordEmail', nowMs)
  return yield* repeatably(secret, request, cancelled, repeatedChange)
}

/** Tells whether a recovery code is right; the code stays good. */
export function* checkRecoveryCode(attempt: TryRecoveryCode): Decision<TryPasswordCodeOutcome> {
  yield* aloneToTryCode(attempt)
  const outcome = yield* guessPasswordCode({ ...attempt, purpose: 'recoverPassword', spends: false })
  return outcome === 'repeated' ? 'right' : outcome
}

/** Spends the code, puts the new password in place of the old one, and completes the login that waited for that. */
export function* recoverPassword(
  secret: Secret,
  { password, ...attempt }: TryRecoveryCode & { readonly password: NewPassword | null },
): Decision<Recovered | { readonly kind: 'wrong' } | { readonly kind: 'dead' }> {
  const { authKeyId, userId, nowMs } = attempt
  yield* aloneToTryCode(attempt)
  if (!(yield* holdsLogin(authKeyId, userId))) return { kind: 'dead' }
  const outcome = yield* guessPasswordCode({ ...attempt, purpose: 'recoverPassword', spends: true })
  if (outcome === 'wrong' || outcome === 'dead') return { kind: outcome }
  if (outcome === 'right') yield* applyPasswordChange(secret, userId, { password }, nowMs)
  const login = yield* completeLogin(authKeyId, userId, nowMs)
  return login === undefined ? { kind: 'dead' } : { ...login, applied: outcome === 'right' }
}

/** The change that a recovery code is kept with: the address it went to, and nothing to wait for after it. */
function* findRecovery(
  secret: Secret,
  userId: bigint,
  keptUntilMs: number,
): Decision<WaitingChange | undefined> {
  const email = (yield* findKeptPassword(secret, userId))?.email
  return email === undefined ? undefined : { change: { email }, keptUntilMs }
}
