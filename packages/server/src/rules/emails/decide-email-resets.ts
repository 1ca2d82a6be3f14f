import { long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { findLoginEmail } from '../accounts/decide-login-emails.ts'
import { aloneToSend, chargeSend, findSpent } from '../codes/decide-budgets.ts'
import { takeStep } from '../codes/decide-code-steps.ts'
import type { BudgetSpent, CodeStep, InAppMessage, SendBudget } from '../codes/words.ts'
import { appendMessage } from '../messages/decide-append-message.ts'

const OF_PHONE = 'user_id = (SELECT id FROM users WHERE phone = :phone)'
const remove = sql`DELETE FROM login_emails WHERE ${OF_PHONE}`
const request = sql`
  UPDATE login_emails SET reset_at_ms = :resetAtMs WHERE ${OF_PHONE} AND reset_at_ms IS NULL RETURNING user_id`

/**
 * Notes that an address is to be taken off later, and tells its account. False if somebody has asked already.
 *
 * @param notice written into the box of the account in the same decision
 */
export function* requestEmailReset(
  secret: Secret,
  phone: string,
  resetAtMs: number,
  nowMs: number,
  notice?: InAppMessage,
): Decision<boolean> {
  // A request whose time has come is not pending: the address is gone.
  if ((yield* findLoginEmail(phone, nowMs)) === undefined) yield* remove.send({ phone })
  const pending = yield* request.row({ phone, resetAtMs })
  if (pending !== undefined && notice !== undefined)
    yield* appendMessage(secret, { ...notice.limits, boxId: long(pending, 'user_id') }, notice.message)
  return pending !== undefined
}

/** Takes an address off at once, and its login goes on another way. `moved`: somebody else was quicker. */
export function* resetEmail(
  secret: Secret,
  step: CodeStep,
  budgets: readonly SendBudget[],
): Decision<'reset' | 'moved' | BudgetSpent> {
  const { phone } = step.ref
  const send = { phone, budgets, nowMs: step.nowMs }
  yield* aloneToSend(send)
  const spent = yield* findSpent(send)
  if (spent !== undefined) return spent
  if (!(yield* takeStep(secret, step))) return 'moved'
  yield* chargeSend(send)
  yield* remove.send({ phone })
  return 'reset'
}
