import type { Channel } from '../../courier/port.ts'
import type { Settings } from '../../ground/settings.ts'
import { refusal } from '../refusal.ts'
import { isChain } from './chain.ts'
import { isDc } from './phone.ts'
import type { PhoneRule } from './words.ts'

/** A rule as the operator says it: `dc` belongs to `migrate`, `channels` to `channels`. */
export interface AskedPhoneRule {
  readonly digits: string
  readonly rule: PhoneRule['rule']
  readonly dc?: number | undefined
  readonly channels?: readonly Channel[] | undefined
}

/** The field that keeps a rule from being one. */
export type PhoneRuleProblem = 'digits' | 'dc' | 'channels'

/** The rule that the operator means, or the problem with it. */
export function phoneRuleOf(
  { digits, rule, dc, channels }: AskedPhoneRule,
  settings: Pick<Settings, 'dcs'>,
): PhoneRule | PhoneRuleProblem {
  if (!/^\d{1,15}$/.test(digits)) return 'digits'
  switch (rule) {
    case 'migrate':
      return isDc(dc, settings) ? { digits, rule, dc } : 'dc'
    case 'channels':
      return channels !== undefined && isChain(channels) ? { digits, rule, channels } : 'channels'
    case 'ban':
    case 'protect':
      return { digits, rule }
  }
}

/**
 * Refuses a number that the operator has banned, or whose login codes the operator has switched off.
 *
 * @throws {RpcError} PHONE_NUMBER_BANNED, PHONE_PASSWORD_PROTECTED
 */
export function checkPhoneRule(rule: PhoneRule | undefined): void {
  if (rule?.rule === 'ban') throw refusal('PHONE_NUMBER_BANNED')
  if (rule?.rule === 'protect') throw refusal('PHONE_PASSWORD_PROTECTED')
}

/** True if a rule forbids a number to sign in by code: codes that were sent before are dead, too. */
export function isForbidden(rule: PhoneRule | undefined): boolean {
  return rule?.rule === 'ban' || rule?.rule === 'protect'
}
