import type { Channel } from '../../courier/port.ts'
import type { Store } from '../../database/store.ts'
import type { Settings } from '../../ground/settings.ts'
import { isChain } from '../codes/channels.ts'
import { refusal } from '../refusal.ts'
import { isDc } from './phone.ts'
import type { PhoneRule } from './words.ts'

/** What the operator says of numbers, by their first digits: of those that fit a number, the longest counts. */
export interface PhoneRules {
  list(): Promise<PhoneRule[]>
  /** The rule of exactly these digits. */
  find(digits: string): Promise<PhoneRule | undefined>
  /** In place of the rule these digits had; whom it bans is signed out; where it is none, what is wrong with it. */
  put(asked: AskedPhoneRule): Promise<PhoneRule | PhoneRuleProblem>
  /** False where there was none; whom only it has spared from another rule's ban is signed out. */
  remove(digits: string): Promise<boolean>
}

/** A rule as the operator says it: `dc` belongs to `migrate`, `channels` to `channels`. */
export interface AskedPhoneRule {
  readonly digits: string
  readonly rule: PhoneRule['rule']
  readonly dc?: number | undefined
  readonly channels?: readonly Channel[] | undefined
}

/** Why a rule is none. */
export type PhoneRuleProblem = 'digits' | 'dc' | 'channels'

/** The rules for phone numbers. */
export function createPhoneRules({
  store,
  settings,
}: {
  readonly store: Pick<Store, 'phoneRules'>
  readonly settings: Pick<Settings, 'dcs'>
}): PhoneRules {
  function ruleOf({ digits, rule, dc, channels }: AskedPhoneRule): PhoneRule | PhoneRuleProblem {
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

  return {
    list: () => store.phoneRules.list(),
    find: (digits) => store.phoneRules.find(digits),
    async put(asked) {
      const rule = ruleOf(asked)
      if (typeof rule === 'string') return rule
      await store.phoneRules.put(rule)
      return rule
    },
    async remove(digits) {
      return (await store.phoneRules.remove(digits)) !== undefined
    },
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

/** What says whether a rule forbids a number to sign in by code, by now: what was sent before is dead, too. */
export function createForbiddenCheck({
  phoneRules,
}: Pick<Store, 'phoneRules'>): (phone: string) => Promise<boolean> {
  return async (phone) => {
    const rule = await phoneRules.match(phone)
    return rule?.rule === 'ban' || rule?.rule === 'protect'
  }
}

/**
 * Row 9 for the ways in besides a code: they know an account, not a number.
 *
 * @throws {RpcError} from what it returns: USER_DEACTIVATED_BAN
 */
export function createBanCheck({
  users,
  phoneRules,
}: Pick<Store, 'users' | 'phoneRules'>): (userId: bigint) => Promise<void> {
  return async (userId) => {
    const [user] = await users.find([userId])
    const rule = user && (await phoneRules.match(user.phone))
    if (rule?.rule === 'ban') throw refusal('USER_DEACTIVATED_BAN')
  }
}
