import { removePhoneRule } from '../../rules/accounts/decide-phone-bans.ts'
import { setPhoneRule } from '../../rules/accounts/phone-bans.ts'
import type { PhoneRuleProblem } from '../../rules/index.ts'
import { findPhoneRule, listPhoneRules } from '../../rules/numbers/decide-phone-rules.ts'
import { digitsIn } from '../../typed-text.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import type { NewPhoneRule, PhoneRule } from '../words.ts'

const PROBLEMS: { readonly [P in PhoneRuleProblem]: readonly [message: string, next: string] } = {
  digits: ['Phone numbers have at most 15 digits.', 'Give the first 1 to 15 digits, country code first.'],
  dc: ['The server does not have this data centre.', 'Give the dc: /server.json lists them.'],
  channels: [
    'The channels cannot follow each other in this order.',
    'Give each channel once, and payment first; after the first come only sms, call, flashCall, missedCall and fragment.',
  ],
}

/** Shows the rules for phone numbers. */
export async function showPhoneRules({ store }: OnConsole): Promise<PhoneRule[]> {
  return await store.look(() => listPhoneRules())
}

/** Shows the rule of exactly these digits. */
export async function showPhoneRule({ store }: OnConsole, digits: string): Promise<PhoneRule | undefined> {
  return await store.look(() => findPhoneRule(digitsIn(digits)))
}

/** Sets the rule of these digits, in place of the one they had. @throws {ConsoleError} 400 if the rule is invalid */
export async function putPhoneRule(on: OnConsole, digits: string, asked: NewPhoneRule): Promise<PhoneRule> {
  const kept = await setPhoneRule(on, { ...asked, digits: digitsIn(digits) })
  if (typeof kept !== 'string') return kept
  throw new ConsoleError(400, 'PHONE_RULE_INVALID', ...PROBLEMS[kept])
}

/** Removes the rule of exactly these digits. @returns false if there was none */
export async function dropPhoneRule({ store }: OnConsole, digits: string): Promise<boolean> {
  return (await store.decide(() => removePhoneRule(digitsIn(digits)))) !== undefined
}
