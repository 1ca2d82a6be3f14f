import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { requirePasswordUserId, requireUserId } from '../accounts/keys.ts'
import { createSecurityNotices } from '../messages/security-notices.ts'
import { refusal } from '../refusal.ts'
import { createProofs, type PasswordAnswer, proofRefusal } from './password-proofs.ts'

/** What came of asking for a password to be taken away. */
export type ResetOutcome =
  | { readonly kind: 'reset' }
  /** It can be in so many seconds. */
  | { readonly kind: 'waits'; readonly inS: number }
  /** The last one was declined; it can be asked for again in so many seconds. */
  | { readonly kind: 'declined'; readonly inS: number }

/** What is done without a password once some time has passed; every method throws the RpcError of the rule that refuses. */
export interface PasswordResets {
  /** @throws {RpcError} PASSWORD_EMPTY, SESSION_PASSWORD_NEEDED where only who is signed in may ask */
  reset(caller: Caller): Promise<ResetOutcome>
  /** @throws {RpcError} RESET_REQUEST_MISSING */
  decline(caller: Caller): Promise<void>
  /**
   * Deletes the account. Without its password that takes a week, and whoever gives it meanwhile calls it off.
   *
   * @param answer undefined where the client says nothing of a password, null where it says that there is none
   * @throws {RpcError} 2FA_CONFIRM_WAIT_X, PASSWORD_HASH_INVALID, SRP_ID_INVALID, SRP_PASSWORD_CHANGED, FLOOD_WAIT_X
   */
  deleteAccount(caller: Caller, answer: PasswordAnswer | null | undefined): Promise<void>
}

/** The rules of what takes days. */
export function createPasswordResets(parts: Ground): PasswordResets {
  const { store, clock, settings } = parts
  const notices = createSecurityNotices(parts)
  const { resetAfterS, resetRetryS, resetWhilePending, deleteAfterS } = settings.password
  const proofs = createProofs(parts)
  const secondsTo = (untilMs: number, nowMs: number): number => Math.ceil((untilMs - nowMs) / 1000)

  return {
    async reset(caller) {
      const { state } = caller
      const userId = requirePasswordUserId(state)
      if (state.at === 'passwordPending' && !resetWhilePending) throw refusal('SESSION_PASSWORD_NEEDED')
      const nowMs = clock.nowMs()
      const resetAtMs = nowMs + resetAfterS * 1000
      const outcome = await store.passwords.reset({ userId, resetAtMs, nowMs })
      if (outcome.kind === 'noPassword') throw refusal('PASSWORD_EMPTY')
      if (outcome.kind === 'reset') {
        await notices.tell(userId, { kind: 'passwordReset' }, caller)
        return outcome
      }
      if (outcome.kind === 'waits' && outcome.fresh) {
        await notices.tell(userId, { kind: 'passwordResetAsked', untilMs: outcome.untilMs }, caller)
      }
      return { kind: outcome.kind, inS: secondsTo(outcome.untilMs, nowMs) }
    },
    async decline(caller) {
      const userId = requireUserId(caller.state)
      const retryAtMs = clock.nowMs() + resetRetryS * 1000
      const isDeclined = await store.passwords.declineReset(userId, retryAtMs, requestOf(caller, parts))
      if (!isDeclined) throw refusal('RESET_REQUEST_MISSING')
    },
    async deleteAccount(caller, answer) {
      const request = {
        ...proofs(caller, answer ?? undefined),
        userId: requirePasswordUserId(caller.state),
        isPasswordGiven: answer !== undefined,
        deleteAtMs: clock.nowMs() + deleteAfterS * 1000,
      }
      const outcome = await store.passwords.deleteAccount(request)
      switch (outcome.kind) {
        case 'deleted':
          return
        case 'waits':
          if (outcome.fresh) {
            await notices.tell(request.userId, { kind: 'deletionAsked', untilMs: outcome.untilMs }, caller)
          }
          throw refusal('2FA_CONFIRM_WAIT_X', { x: secondsTo(outcome.untilMs, request.nowMs) })
        default:
          throw proofRefusal(outcome, request.nowMs)
      }
    },
  }
}
