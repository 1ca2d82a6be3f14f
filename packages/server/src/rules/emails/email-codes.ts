import { createHmac } from 'node:crypto'
import type { RpcError } from '@cablegram/mtproto'
import type { Ground } from '../../ground/ground.ts'
import { randomDigits } from '../../ground/random.ts'
import { mailboxOf } from '../codes/budgets.ts'
import { makeEmailDelivery } from '../codes/code-deliveries.ts'
import { canonical } from '../codes/codes.ts'
import type { Deliveries } from '../codes/deliveries.ts'
import type { BudgetSpent, SendBudget } from '../codes/words.ts'
import type { NewPasswordCode, PasswordCodePurpose } from '../passwords/words.ts'
import { refusal } from '../refusal.ts'

/** Codes to the addresses of two-step verification. */
export interface EmailCodes {
  /** A new code, to be committed before it is delivered. */
  make(userId: bigint, purpose: PasswordCodePurpose, to: string): Promise<NewPasswordCode>
  /** @throws {RpcError} EMAIL_INVALID where no mail can go there, −500 where the courier has not answered in time */
  deliver(code: NewPasswordCode): Promise<void>
  /** What a guess at a code is compared by. */
  digest(userId: bigint, purpose: PasswordCodePurpose, code: string): Uint8Array
  /** What a spent budget of mails refuses with. */
  refuse(spent: BudgetSpent): RpcError
}

const TEXTS: { readonly [P in PasswordCodePurpose]: (code: string) => string } = {
  confirmPasswordEmail: (code) =>
    `${code} confirms that a lost password can be recovered through this address. If it was not you who entered it, do nothing.`,
  recoverPassword: (code) =>
    `${code} puts a new password in place of the one you have lost. If it was not you who asked for it, somebody has your number.`,
}

/** Codes to e-mail addresses, on these parts. */
export function createEmailCodes(parts: Ground, deliveries: Deliveries): EmailCodes {
  const { store, clock, random, settings } = parts
  const { length, lifetimeS, sends } = settings.password.emailCode
  const pepper = store.deriveSecret('password codes')

  function digest(userId: bigint, purpose: PasswordCodePurpose, code: string): Uint8Array {
    return createHmac('sha256', pepper)
      .update(`${purpose}\0${userId}\0${canonical(code)}`)
      .digest()
  }

  function budgetsOf(userId: bigint, to: string): SendBudget[] {
    const limit = { max: sends.max, windowMs: sends.windowS * 1000, distinctPhones: false }
    return [
      { scope: 'passwordEmails', subject: String(userId), ...limit },
      { scope: 'emailAddress', subject: mailboxOf(to), ...limit },
      {
        scope: 'emailAddress',
        subject: mailboxOf(to),
        max: settings.mailsPerDay,
        windowMs: 86_400_000,
        distinctPhones: false,
      },
    ]
  }

  return {
    async make(userId, purpose, to) {
      const emails = await store.passwords.emails(userId, clock.nowMs())
      if (emails === undefined) throw refusal('AUTH_KEY_UNREGISTERED')
      const code = randomDigits(random, length)
      const nowMs = clock.nowMs()
      const expiresAtMs = nowMs + lifetimeS * 1000
      const mail = { phone: emails.phone, email: to, code, purpose, text: TEXTS[purpose](code) }
      const delivery = makeEmailDelivery({ ...mail, nowMs, expiresAtMs }, random)
      return { digest: digest(userId, purpose, code), delivery, expiresAtMs, budgets: budgetsOf(userId, to) }
    },
    async deliver({ delivery }) {
      if (!(await deliveries.send(delivery))) throw refusal('EMAIL_INVALID')
    },
    digest,
    refuse: ({ freeAtMs }) =>
      refusal('FLOOD_WAIT_X', { x: Math.max(1, Math.ceil((freeAtMs - clock.nowMs()) / 1000)) }),
  }
}
