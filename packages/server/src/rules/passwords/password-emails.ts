import type { Caller } from '../../ground/caller.ts'
import { emailPattern } from '../../ground/email-pattern.ts'
import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { requirePasswordUserId, requireUserId } from '../accounts/keys.ts'
import type { User } from '../accounts/words.ts'
import { failureBudget } from '../codes/budgets.ts'
import type { EmailCodes } from '../emails/email-codes.ts'
import { createNewLogins } from '../messages/new-logins.ts'
import { createSecurityNotices } from '../messages/security-notices.ts'
import { refusal } from '../refusal.ts'
import type { NewPasswords, SentPassword } from './new-password.ts'
import type { PasswordCodePurpose, TryPasswordCode } from './words.ts'

/** What goes by e-mail in two-step verification; every method throws the RpcError of the rule that refuses. */
export interface PasswordEmails {
  /** Makes the change that waited for it. @throws {RpcError} CODE_INVALID, EMAIL_HASH_EXPIRED */
  confirm(caller: Caller, code: string): Promise<void>
  /** @throws {RpcError} EMAIL_HASH_EXPIRED, EMAIL_INVALID, FLOOD_WAIT_X */
  resend(caller: Caller): Promise<void>
  /** Gives the change up. @throws {RpcError} EMAIL_HASH_EXPIRED */
  cancel(caller: Caller): Promise<void>
  /** The pattern of the address a code went to. @throws {RpcError} PASSWORD_EMPTY, PASSWORD_RECOVERY_NA, FLOOD_WAIT_X */
  requestRecovery(caller: Caller): Promise<string>
  /** The code stays good. @throws {RpcError} CODE_EMPTY, CODE_INVALID, PASSWORD_RECOVERY_EXPIRED */
  checkRecovery(caller: Caller, code: string): Promise<void>
  /**
   * Puts another password in place of the lost one, or none, and signs in whom that kept waiting.
   * @throws {RpcError} as `checkRecovery` does, and NEW_SALT_INVALID, NEW_SETTINGS_INVALID
   */
  recover(caller: Caller, code: string, password: SentPassword | null): Promise<User>
}

/** The rules of recovery addresses. */
export function createPasswordEmails(
  parts: Ground,
  { emailCodes, newPasswords }: { readonly emailCodes: EmailCodes; readonly newPasswords: NewPasswords },
): PasswordEmails {
  const { store, clock, settings } = parts
  const { emailCode } = settings.password
  const newLogins = createNewLogins(parts)
  const notices = createSecurityNotices(parts)

  function guess(
    { authKeyId }: Caller,
    userId: bigint,
    purpose: PasswordCodePurpose,
    code: string,
  ): TryPasswordCode {
    return {
      userId,
      authKeyId,
      digest: emailCodes.digest(userId, purpose, code),
      maxAttempts: emailCode.maxAttempts,
      replayWithinMs: settings.replayWithinS * 1000,
      nowMs: clock.nowMs(),
    }
  }

  /** `gone`: nothing to send it for is left. */
  async function send(userId: bigint, purpose: PasswordCodePurpose, to: string, repeatWithinMs: number) {
    const code = await emailCodes.make(userId, purpose, to)
    const nowMs = clock.nowMs()
    const outcome = await store.passwords.sendCode({ userId, purpose, code, repeatWithinMs, nowMs })
    if (outcome.kind === 'budgetSpent') throw emailCodes.refuse(outcome)
    if (outcome.kind === 'sent') await emailCodes.deliver(code)
    return outcome.kind
  }

  function tryRecovery(caller: Caller, code: string) {
    const userId = requirePasswordUserId(caller.state)
    if (code === '') throw refusal('CODE_EMPTY')
    const failures = failureBudget(caller, settings)
    return { ...guess(caller, userId, 'recoverPassword', code), failures }
  }

  return {
    async confirm(caller, code) {
      const userId = requireUserId(caller.state)
      const attempt = guess(caller, userId, 'confirmPasswordEmail', code)
      const outcome = await store.passwords.confirmEmail(attempt)
      if (outcome === 'wrong') throw refusal('CODE_INVALID')
      if (outcome === 'dead') throw refusal('EMAIL_HASH_EXPIRED')
      if (outcome === 'right') await notices.tell(userId, { kind: 'recoveryEmailChanged' }, caller)
    },
    async resend({ state }) {
      const userId = requireUserId(state)
      const to = (await store.passwords.emails(userId, clock.nowMs()))?.unconfirmed
      if (to === undefined || (await send(userId, 'confirmPasswordEmail', to, 0)) === 'gone')
        throw refusal('EMAIL_HASH_EXPIRED')
    },
    async cancel(caller) {
      const userId = requireUserId(caller.state)
      const request = requestOf(caller, parts)
      const isCancelled = await store.passwords.cancelEmail(userId, clock.nowMs(), request)
      if (!isCancelled) throw refusal('EMAIL_HASH_EXPIRED')
    },
    async requestRecovery(caller) {
      const userId = requirePasswordUserId(caller.state)
      const emails = await store.passwords.emails(userId, clock.nowMs())
      if (emails?.hasPassword !== true) throw refusal('PASSWORD_EMPTY')
      const to = emails.recovery
      if (to === undefined) throw refusal('PASSWORD_RECOVERY_NA')
      const sent = await send(userId, 'recoverPassword', to, emailCode.repeatWithinS * 1000)
      if (sent === 'gone') throw refusal('PASSWORD_RECOVERY_NA')
      if (sent === 'sent') await notices.tell(userId, { kind: 'recoveryAsked', email: to }, caller)
      return emailPattern(to)
    },
    async checkRecovery(caller, code) {
      const outcome = await store.passwords.checkRecovery(tryRecovery(caller, code))
      if (outcome === 'wrong') throw refusal('CODE_INVALID')
      if (outcome === 'dead') throw refusal('PASSWORD_RECOVERY_EXPIRED')
    },
    async recover(caller, code, sent) {
      const attempt = tryRecovery(caller, code)
      const password = sent && newPasswords.check(attempt.userId, sent)
      const outcome = await store.passwords.recover({ ...attempt, password })
      if (outcome.kind === 'wrong') throw refusal('CODE_INVALID')
      if (outcome.kind === 'dead') throw refusal('PASSWORD_RECOVERY_EXPIRED')
      const user = await newLogins.finish(outcome, caller)
      if (outcome.applied) await notices.tell(user.id, { kind: 'passwordRecovered' }, caller)
      return user
    },
  }
}
