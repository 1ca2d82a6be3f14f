import { requirePasswordUserId, requireUserId } from '../accounts/keys.ts'
import type { DomainParts } from '../domain.ts'
import type { Messages } from '../messages/messages.ts'
import { serviceMessage } from '../messages/service-chat.ts'
import { randomLong } from '../random.ts'
import { refusal } from '../refusals.ts'
import type { Caller } from '../types.ts'
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

const DAY_MS = 86_400_000

const RESET = {
  bold: 'Somebody has asked for the password of your account to be taken away',
  advice: 'If it was not you, decline it in the settings of two-step verification.',
}
const DELETION: typeof RESET = {
  bold: 'Somebody who does not know your password has asked for your account to be deleted',
  advice: 'If it was not you, give your password to call it off: log in somewhere, or change it.',
}

/** The rules of what takes days. */
export function createPasswordResets(
  parts: DomainParts,
  messages: Pick<Messages, 'deliver'>,
): PasswordResets {
  const { store, clock, random, bus, settings } = parts
  const { resetAfterS, resetRetryS, resetWhilePending, deleteAfterS } = settings.password
  const proofs = createProofs(parts)
  const secondsTo = (untilMs: number, nowMs: number): number => Math.ceil((untilMs - nowMs) / 1000)

  /** Whoever it was that asked: the account hears of it while there is time. */
  async function tell(userId: bigint, { bold, advice }: typeof RESET, untilMs: number, nowMs: number) {
    const days = Math.ceil((untilMs - nowMs) / DAY_MS)
    const text = `${bold}, and it can be done in ${days === 1 ? 'a day' : `${days} days`}. ${advice}`
    const dateS = Math.floor(nowMs / 1000)
    await messages.deliver(userId, serviceMessage({ text, bold, dateS, randomId: randomLong(random) }))
  }

  return {
    async reset({ state }) {
      const userId = requirePasswordUserId(state)
      if (state.at === 'passwordPending' && !resetWhilePending) throw refusal('SESSION_PASSWORD_NEEDED')
      const nowMs = clock.nowMs()
      const resetAtMs = nowMs + resetAfterS * 1000
      const outcome = await store.passwords.reset({ userId, resetAtMs, nowMs })
      if (outcome.kind === 'noPassword') throw refusal('PASSWORD_EMPTY')
      if (outcome.kind === 'reset') return outcome
      if (outcome.kind === 'waits' && outcome.fresh) await tell(userId, RESET, outcome.untilMs, nowMs)
      return { kind: outcome.kind, inS: secondsTo(outcome.untilMs, nowMs) }
    },
    async decline({ state }) {
      const userId = requireUserId(state)
      const isDeclined = await store.passwords.declineReset(userId, clock.nowMs() + resetRetryS * 1000)
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
          for (const authKeyId of outcome.authKeyIds)
            bus.publish('keyRevoked', { authKeyId, reason: 'USER_DEACTIVATED' })
          return
        case 'waits':
          if (outcome.fresh) await tell(request.userId, DELETION, outcome.untilMs, request.nowMs)
          throw refusal('2FA_CONFIRM_WAIT_X', { x: secondsTo(outcome.untilMs, request.nowMs) })
        default:
          throw proofRefusal(outcome, request.nowMs)
      }
    },
  }
}
