import type { Ground } from '../../ground/ground.ts'
import { type AskedPhoneRule, type PhoneRuleProblem, phoneRuleOf } from '../numbers/phone-rules.ts'
import type { PhoneRule } from '../numbers/words.ts'
import { putPhoneRule } from './decide-phone-bans.ts'

/** Says what holds for numbers, in place of the rule that their digits had. Accounts that it bans are signed out. */
export async function setPhoneRule(
  { store, settings }: Ground,
  asked: AskedPhoneRule,
): Promise<PhoneRule | PhoneRuleProblem> {
  const rule = phoneRuleOf(asked, settings)
  if (typeof rule === 'string') return rule
  await store.decide(() => putPhoneRule(rule))
  return rule
}
