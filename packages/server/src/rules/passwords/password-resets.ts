import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { requirePasswordUserId, requireUserId } from '../accounts/keys.ts'
import { withNotice } from '../messages/decide-notice.ts'
import { noticesBy } from '../messages/security-notices.ts'
import { refusal } from '../refusal.ts'
import { declinePasswordReset, deleteAccount, resetPassword } from './decide-passwords.ts'
import { type PasswordAnswer, proofBy, proofRefusal } from './password-proofs.ts'

/** The outcome of asking for a password to be taken away. */
export type ResetOutcome =
  | { readonly kind: 'reset' }
  /** It can be taken away in so many seconds. */
  | { readonly kind: 'waits'; readonly inS: number }
  /** The last request was declined; the next one can be made in so many seconds. */
  | { readonly kind: 'declined'; readonly inS: number }

/**
 * Asks for the password to be taken away, or has it taken away once its time has come.
 *
 * @throws {RpcError} PASSWORD_EMPTY, SESSION_PASSWORD_NEEDED if only somebody who is signed in may ask
 */
export async function askForPasswordReset(on: Ground, caller: Caller): Promise<ResetOutcome> {
  const { store, clock, settings } = on
  const { resetAfterS, resetWhilePending } = settings.password
  const userId = requirePasswordUserId(caller.state)
  if (caller.state.at === 'passwordPending' && !resetWhilePending) throw refusal('SESSION_PASSWORD_NEEDED')
  const nowMs = clock.nowMs()
  const request = { userId, resetAtMs: nowMs + resetAfterS * 1000, nowMs }
  const notice = noticesBy(on, caller)
  const outcome = await store.decide(() =>
    withNotice(on, resetPassword(store.secret, request), (outcome) => {
      if (outcome.kind === 'reset') return notice(userId, { kind: 'passwordReset' })
      if (outcome.kind !== 'waits' || !outcome.fresh) return undefined
      return notice(userId, { kind: 'passwordResetAsked', untilMs: outcome.untilMs })
    }),
  )
  if (outcome.kind === 'noPassword') throw refusal('PASSWORD_EMPTY')
  if (outcome.kind === 'reset') return outcome
  return { kind: outcome.kind, inS: secondsTo(outcome.untilMs, nowMs) }
}

/** Calls off a reset that somebody else has asked for. @throws {RpcError} RESET_REQUEST_MISSING */
export async function declineReset(on: Ground, caller: Caller): Promise<void> {
  const { store, clock, settings } = on
  const userId = requireUserId(caller.state)
  const retryAtMs = clock.nowMs() + settings.password.resetRetryS * 1000
  const request = requestOf(caller, on)
  const isDeclined = await store.decide(() => declinePasswordReset(store.secret, userId, retryAtMs, request))
  if (!isDeclined) throw refusal('RESET_REQUEST_MISSING')
}

/**
 * Deletes the account. Without its password that takes a week, and anybody who gives it meanwhile calls it off.
 *
 * @param answer undefined if the client says nothing of a password, null if it says that there is none
 * @throws {RpcError} 2FA_CONFIRM_WAIT_X, PASSWORD_HASH_INVALID, SRP_ID_INVALID, SRP_PASSWORD_CHANGED, FLOOD_WAIT_X
 */
export async function deleteOwnAccount(
  on: Ground,
  caller: Caller,
  answer: PasswordAnswer | null | undefined,
): Promise<void> {
  const { store, settings } = on
  const proof = proofBy(on, caller, answer ?? undefined)
  const request = {
    ...proof,
    userId: requirePasswordUserId(caller.state),
    isPasswordGiven: answer !== undefined,
    deleteAtMs: proof.nowMs + settings.password.deleteAfterS * 1000,
  }
  const notice = noticesBy(on, caller)
  const outcome = await store.decide(() =>
    withNotice(on, deleteAccount(store.secret, request), (outcome) => {
      if (outcome.kind !== 'waits' || !outcome.fresh) return undefined
      return notice(request.userId, { kind: 'deletionAsked', untilMs: outcome.untilMs })
    }),
  )
  switch (outcome.kind) {
    case 'deleted':
      return
    case 'waits':
      throw refusal('2FA_CONFIRM_WAIT_X', { x: secondsTo(outcome.untilMs, request.nowMs) })
    default:
      throw proofRefusal(outcome, request.nowMs)
  }
}

function secondsTo(untilMs: number, nowMs: number): number {
  return Math.ceil((untilMs - nowMs) / 1000)
}
