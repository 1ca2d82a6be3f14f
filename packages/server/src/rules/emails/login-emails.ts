import type { SentCode } from '../../courier/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findLoginEmail, setLoginEmail } from '../accounts/decide-login-emails.ts'
import { findUserByPhone } from '../accounts/decide-users.ts'
import { budgetRefusal, budgetsOf } from '../codes/budgets.ts'
import type { CodeGround } from '../codes/deliveries.ts'
import { requireHeldCode } from '../codes/live-codes.ts'
import { describeCode } from '../codes/sent-code.ts'
import type { CodeHash, LiveCode } from '../codes/words.ts'
import { withNotice } from '../messages/decide-notice.ts'
import { noticesBy } from '../messages/security-notices.ts'
import { refusal } from '../refusal.ts'
import { requestEmailReset, resetEmail } from './decide-email-resets.ts'
import { checkEmail } from './email-address.ts'
import { nextWayOf, sendNextWay, sentCodeNow } from './next-ways.ts'
import type { LoginEmail } from './words.ts'

/** The address that login codes of a number go to; undefined if they go to the phone. @param phone digits only */
export async function loginEmailOf({ store, clock }: Ground, phone: string): Promise<string | undefined> {
  const nowMs = clock.nowMs()
  return (await store.look(() => findLoginEmail(phone, nowMs)))?.email
}

/** Sets an address as the operator, who needs no proof; null takes it away. @throws {RpcError} EMAIL_INVALID */
export async function setLoginEmailOf(
  { store }: Ground,
  userId: bigint,
  email: string | null,
): Promise<void> {
  const checked = email === null ? undefined : checkEmail(email)
  await store.decide(() => setLoginEmail(userId, checked))
}

/**
 * Has the address taken off, at once or after some days. A login whose code went there goes another way.
 *
 * @throws {RpcError} EMAIL_INSTALL_MISSING, TASK_ALREADY_EXISTS, PHONE_CODE_EXPIRED
 */
export async function takeOffLoginEmail(
  on: CodeGround,
  caller: Caller,
  request: CodeHash,
): Promise<SentCode> {
  const { store, clock, settings } = on
  const live = await requireHeldCode(on, caller, request, 400)
  const step = nextWayOf(on, caller, live)
  if (live.chain[live.step] !== 'email' || step === undefined) throw refusal('EMAIL_INSTALL_MISSING')
  const nowMs = clock.nowMs()
  const known = await store.look(() => findLoginEmail(live.phone, nowMs))
  if (known !== undefined && settings.loginEmail.resetAfterS > 0)
    return await takeOffLater(on, caller, live, known, nowMs)
  const budgets = budgetsOf({ ...live, ip: caller.ip }, settings)
  const user = known && (await store.look(() => findUserByPhone(live.phone)))
  const notice = known && user && noticesBy(on, caller)(user.id, { kind: 'loginEmailRemoved', ...known })
  const outcome = await store.decide(() =>
    withNotice(on, resetEmail(store.secret, step, budgets), (outcome) =>
      outcome === 'reset' ? notice : undefined,
    ),
  )
  // A repeat of this very request was quicker: its answer is ours.
  if (outcome === 'moved') return await sentCodeNow(on, caller, request)
  if (outcome !== 'reset') throw budgetRefusal(outcome, settings, nowMs)
  return await sendNextWay(on, step, caller)
}

async function takeOffLater(
  on: Ground,
  caller: Caller,
  live: LiveCode,
  known: LoginEmail,
  nowMs: number,
): Promise<SentCode> {
  const { store, settings } = on
  const untilMs = nowMs + settings.loginEmail.resetAfterS * 1000
  const notice = noticesBy(on, caller)
  const isNew = await store.decide(function* () {
    const request = requestEmailReset(live.phone, untilMs, nowMs)
    const event = { kind: 'loginEmailResetAsked', ...known, untilMs } as const
    const userId = yield* withNotice(on, request, (userId) =>
      userId === undefined ? undefined : notice(userId, event),
    )
    return userId !== undefined
  })
  if (!isNew) throw refusal('TASK_ALREADY_EXISTS')
  return await describeCode(on, live, caller)
}
