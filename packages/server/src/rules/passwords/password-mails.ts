import { createHmac } from 'node:crypto'
import type { Ground } from '../../ground/ground.ts'
import { randomDigits } from '../../ground/random.ts'
import { mailboxOf } from '../codes/budgets.ts'
import { makeEmailDelivery } from '../codes/code-deliveries.ts'
import { canonical } from '../codes/codes.ts'
import type { Deliveries } from '../codes/deliveries.ts'
import type { SendBudget } from '../codes/words.ts'
import { refusal } from '../refusal.ts'
import { findPasswordEmails } from './decide-password-recoveries.ts'
import type { NewPasswordCode, PasswordCodePurpose } from './words.ts'

/** The ground of what sends a mail. */
export type MailGround = Ground & { readonly deliveries: Deliveries }

const TEXTS: { readonly [P in PasswordCodePurpose]: (code: string) => string } = {
  confirmPasswordEmail: (code) =>
    `${code} confirms that a lost password can be recovered through this address. If it was not you who entered it, do nothing.`,
  recoverPassword: (code) =>
    `${code} puts a new password in place of the one you have lost. If it was not you who asked for it, somebody has your number.`,
}

/** Makes a code to an address, to be committed before it is delivered. @throws {RpcError} AUTH_KEY_UNREGISTERED */
export async function makePasswordCode(
  on: Ground,
  userId: bigint,
  purpose: PasswordCodePurpose,
  to: string,
): Promise<NewPasswordCode> {
  const { store, clock, random, settings } = on
  const { length, lifetimeS } = settings.password.emailCode
  const emails = await store.look(() => findPasswordEmails(store.secret, userId, clock.nowMs()))
  if (emails === undefined) throw refusal('AUTH_KEY_UNREGISTERED')
  const code = randomDigits(random, length)
  const nowMs = clock.nowMs()
  const expiresAtMs = nowMs + lifetimeS * 1000
  const mail = { phone: emails.phone, email: to, code, purpose, text: TEXTS[purpose](code) }
  return {
    digest: digestPasswordCode(on, userId, purpose, code),
    delivery: makeEmailDelivery({ ...mail, nowMs, expiresAtMs }, random),
    expiresAtMs,
    budgets: budgetsOf(on, userId, to),
  }
}

/** Delivers a committed code. @throws {RpcError} EMAIL_INVALID if no mail can go there, −500 if the courier is late */
export async function deliverPasswordCode(on: MailGround, { delivery }: NewPasswordCode): Promise<void> {
  if (!(await on.deliveries.send(delivery))) throw refusal('EMAIL_INVALID')
}

/** The keyed hash that a guess at a code is compared by. */
export function digestPasswordCode(
  { store }: Pick<Ground, 'store'>,
  userId: bigint,
  purpose: PasswordCodePurpose,
  code: string,
): Uint8Array {
  return createHmac('sha256', store.secret.derive('password codes'))
    .update(`${purpose}\0${userId}\0${canonical(code)}`)
    .digest()
}

function budgetsOf({ settings }: Ground, userId: bigint, to: string): SendBudget[] {
  const { max, windowS } = settings.password.emailCode.sends
  const limit = { max, windowMs: windowS * 1000, distinctPhones: false }
  const ofAddress = { scope: 'emailAddress', subject: mailboxOf(to), distinctPhones: false }
  return [
    { scope: 'passwordEmails', subject: String(userId), ...limit },
    { ...limit, ...ofAddress },
    { ...ofAddress, max: settings.mailsPerDay, windowMs: 86_400_000 },
  ]
}
