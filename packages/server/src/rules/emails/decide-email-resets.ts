import { long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { findLoginEmail } from '../accounts/decide-login-emails.ts'
import { aloneToSend, chargeSend, findSpent } from '../codes/decide-budgets.ts'
import { takeStep } from '../codes/decide-code-steps.ts'
import type { BudgetSpent, CodeStep, SendBudget } from '../codes/words.ts'

const OF_PHONE = 'user_id = (SELECT id FROM users WHERE phone = :phone)'
const remove = sql`DELETE FROM login_emails WHERE ${OF_PHONE}`
const request = sql`
  UPDATE login_emails SET reset_at_ms = :resetAtMs WHERE ${OF_PHONE} AND reset_at_ms IS NULL RETURNING user_id`

/** Notes that an address is to be taken off later. @returns its account; undefined if somebody has asked already */
export function* requestEmailReset(
  phone: string,
  resetAtMs: number,
  nowMs: number,
): Decision<bigint | undefined> {
  // A request whose time has come is not pending: the address is gone.
  if ((yield* findLoginEmail(phone, nowMs)) === undefined) yield* remove.send({ phone })
  const pending = yield* request.row({ phone, resetAtMs })
  return pending && long(pending, 'user_id')
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
