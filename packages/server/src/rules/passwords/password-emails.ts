import type { Caller } from '../../ground/caller.ts'
import { emailPattern } from '../../ground/email-pattern.ts'
import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { requirePasswordUserId, requireUserId } from '../accounts/keys.ts'
import { requireSignedIn } from '../accounts/signed-in.ts'
import type { User } from '../accounts/words.ts'
import { failureBudget, floodWait } from '../codes/budgets.ts'
import { withLoginNotice, withNotice } from '../messages/decide-notice.ts'
import { noticesBy } from '../messages/security-notices.ts'
import type { Notice } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import {
  cancelPasswordEmail,
  checkRecoveryCode,
  confirmPasswordEmail,
  findPasswordEmails,
  recoverPassword,
  sendPasswordCode,
} from './decide-password-recoveries.ts'
import { checkNewPassword, type SentPassword } from './new-password.ts'
import {
  deliverPasswordCode,
  digestPasswordCode,
  type MailGround,
  makePasswordCode,
} from './password-mails.ts'
import type {
  PasswordCodePurpose,
  PasswordEmails,
  SendPasswordCodeOutcome,
  TryPasswordCode,
  TryRecoveryCode,
} from './words.ts'

/** Makes the change that waited for this code. @throws {RpcError} CODE_INVALID, EMAIL_HASH_EXPIRED */
export async function confirmRecoveryEmail(on: Ground, caller: Caller, code: string): Promise<void> {
  const { store } = on
  const userId = requireUserId(caller.state)
  const attempt = attemptOf(on, caller, userId, 'confirmPasswordEmail', code)
  const notice = noticesBy(on, caller)(userId, { kind: 'recoveryEmailChanged' })
  const outcome = await store.decide(() =>
    withNotice(on, confirmPasswordEmail(store.secret, attempt), (outcome) =>
      outcome === 'right' ? notice : undefined,
    ),
  )
  if (outcome === 'wrong') throw refusal('CODE_INVALID')
  if (outcome === 'dead') throw refusal('EMAIL_HASH_EXPIRED')
}

/** Sends another code to the address that is not confirmed. @throws {RpcError} EMAIL_HASH_EXPIRED, EMAIL_INVALID, FLOOD_WAIT_X */
export async function resendRecoveryEmail(on: MailGround, { state }: Caller): Promise<void> {
  const userId = requireUserId(state)
  const to = (await emailsOf(on, userId))?.unconfirmed
  if (to === undefined || (await send(on, userId, 'confirmPasswordEmail', to, 0)) === 'gone')
    throw refusal('EMAIL_HASH_EXPIRED')
}

/** Gives the change up that waits for its address. @throws {RpcError} EMAIL_HASH_EXPIRED */
export async function cancelRecoveryEmail(on: Ground, caller: Caller): Promise<void> {
  const { store, clock } = on
  const userId = requireUserId(caller.state)
  const [request, nowMs] = [requestOf(caller, on), clock.nowMs()]
  const isCancelled = await store.decide(() => cancelPasswordEmail(store.secret, userId, nowMs, request))
  if (!isCancelled) throw refusal('EMAIL_HASH_EXPIRED')
}

/**
 * Sends a code that recovers a lost password.
 *
 * @returns the form of the address that the code went to
 * @throws {RpcError} PASSWORD_EMPTY, PASSWORD_RECOVERY_NA, FLOOD_WAIT_X
 */
export async function sendRecoveryCode(on: MailGround, caller: Caller): Promise<string> {
  const userId = requirePasswordUserId(caller.state)
  const emails = await emailsOf(on, userId)
  if (emails?.hasPassword !== true) throw refusal('PASSWORD_EMPTY')
  const to = emails.recovery
  if (to === undefined) throw refusal('PASSWORD_RECOVERY_NA')
  const { repeatWithinS } = on.settings.password.emailCode
  const notice = noticesBy(on, caller)(userId, { kind: 'recoveryAsked', email: to })
  const sent = await send(on, userId, 'recoverPassword', to, repeatWithinS * 1000, notice)
  if (sent === 'gone') throw refusal('PASSWORD_RECOVERY_NA')
  return emailPattern(to)
}

/** Checks a recovery code, which stays good. @throws {RpcError} CODE_EMPTY, CODE_INVALID, PASSWORD_RECOVERY_EXPIRED */
export async function tryRecoveryCode(on: Ground, caller: Caller, code: string): Promise<void> {
  const attempt = recoveryAttempt(on, caller, code)
  const outcome = await on.store.decide(() => checkRecoveryCode(attempt))
  if (outcome === 'wrong') throw refusal('CODE_INVALID')
  if (outcome === 'dead') throw refusal('PASSWORD_RECOVERY_EXPIRED')
}

/**
 * Puts another password in place of the lost one, or none, and signs in somebody whom the lost one kept waiting.
 *
 * @throws {RpcError} as {@link tryRecoveryCode} does, and NEW_SALT_INVALID, NEW_SETTINGS_INVALID
 */
export async function replaceLostPassword(
  on: Ground,
  caller: Caller,
  code: string,
  sent: SentPassword | null,
): Promise<User> {
  const { store } = on
  const attempt = recoveryAttempt(on, caller, code)
  const password = sent && checkNewPassword(on, attempt.userId, sent)
  const notice = noticesBy(on, caller)(attempt.userId, { kind: 'passwordRecovered' })
  const outcome = await store.decide(() => {
    const recovery = withLoginNotice(on, recoverPassword(store.secret, { ...attempt, password }))
    return withNotice(on, recovery, (outcome) =>
      outcome.kind === 'authorized' && outcome.applied ? notice : undefined,
    )
  })
  if (outcome.kind === 'wrong') throw refusal('CODE_INVALID')
  if (outcome.kind === 'dead') throw refusal('PASSWORD_RECOVERY_EXPIRED')
  return requireSignedIn(outcome)
}

/** `gone`: nothing is left to send it for. */
async function send(
  on: MailGround,
  userId: bigint,
  purpose: PasswordCodePurpose,
  to: string,
  repeatWithinMs: number,
  notice?: Notice,
): Promise<Exclude<SendPasswordCodeOutcome['kind'], 'budgetSpent'>> {
  const { store, clock } = on
  const code = await makePasswordCode(on, userId, purpose, to)
  const nowMs = clock.nowMs()
  const request = { userId, purpose, code, repeatWithinMs, nowMs }
  const outcome = await store.decide(() =>
    withNotice(on, sendPasswordCode(store.secret, request), ({ kind }) =>
      kind === 'sent' ? notice : undefined,
    ),
  )
  if (outcome.kind === 'budgetSpent') throw floodWait(outcome.freeAtMs, clock.nowMs())
  if (outcome.kind === 'sent') await deliverPasswordCode(on, code)
  return outcome.kind
}

function emailsOf({ store, clock }: Ground, userId: bigint): Promise<PasswordEmails | undefined> {
  const nowMs = clock.nowMs()
  return store.look(() => findPasswordEmails(store.secret, userId, nowMs))
}

/** @throws {RpcError} CODE_EMPTY */
function recoveryAttempt(on: Ground, caller: Caller, code: string): TryRecoveryCode {
  const userId = requirePasswordUserId(caller.state)
  if (code === '') throw refusal('CODE_EMPTY')
  const failures = failureBudget(caller, on.settings)
  return { ...attemptOf(on, caller, userId, 'recoverPassword', code), failures }
}

function attemptOf(
  on: Ground,
  { authKeyId }: Caller,
  userId: bigint,
  purpose: PasswordCodePurpose,
  code: string,
): TryPasswordCode {
  const { clock, settings } = on
  return {
    userId,
    authKeyId,
    digest: digestPasswordCode(on, userId, purpose, code),
    maxAttempts: settings.password.emailCode.maxAttempts,
    replayWithinMs: settings.replayWithinS * 1000,
    nowMs: clock.nowMs(),
  }
}
