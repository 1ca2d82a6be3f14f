import { createHash } from 'node:crypto'
import type { RpcError } from '@cablegram/mtproto'
import type { SendLimit, Settings } from '../../ground/settings.ts'
import { networkOf, siteOf } from '../numbers/network.ts'
import { refusal } from '../refusal.ts'
import type { BudgetSpent, FailureBudget, SendBudget } from './words.ts'

/** The caller and the number that a send is counted against. */
export interface Sender {
  readonly phone: string
  readonly ip: string
  readonly authKeyId: bigint
  readonly apiId: number
  /** The address that the code goes to; undefined if it goes to the phone. */
  readonly email?: string | undefined
  /** Its key or its network has signed in to the number's account before; undefined if nobody has. */
  readonly isKnown?: boolean | undefined
}

/** The budgets of the settings, as they are for this sender. */
export function budgetsOf(
  sender: Sender,
  settings: Pick<Settings, 'sendLimits' | 'prefixDigits' | 'sendsKept'>,
): SendBudget[] {
  return settings.sendLimits.map(({ scope, max, windowS, distinctPhones = false }) => ({
    scope,
    subject: subjectOf(scope, sender, settings.prefixDigits),
    max: scope === 'phone' && sender.isKnown === false ? sharedSends(max, settings.sendsKept) : max,
    windowMs: windowS * 1000,
    distinctPhones,
  }))
}

/** The sends of a number that strangers can use up; of a small budget they can use all. */
function sharedSends(max: number, kept: number): number {
  return max > 2 * kept ? max - kept : max
}

/** The budgets of wrong guesses for a caller. */
export function failureBudget({ ip }: { readonly ip: string }, settings: Settings): FailureBudget {
  const { failures, failuresKept, networkFailures, siteFailures, knownLoginS } = settings
  const site = siteOf(ip)
  return {
    max: failures.max,
    windowMs: failures.windowS * 1000,
    kept: Math.min(failuresKept, failures.max - 1),
    knownForMs: knownLoginS * 1000,
    network: networkOf(ip),
    networkLimit: networkFailures && { max: networkFailures.max, windowMs: networkFailures.windowS * 1000 },
    ...(site !== undefined &&
      siteFailures && { siteLimit: { site, max: siteFailures.max, windowMs: siteFailures.windowS * 1000 } }),
  }
}

/**
 * The budget of accounts that a number may make. Without it, people who delete theirs could make new ones without end.
 */
export function signUpBudget(phone: string, { signUpLimit: { max, windowS } }: Settings): SendBudget {
  return { scope: 'signUp', subject: phone, max, windowMs: windowS * 1000, distinctPhones: false }
}

/** The refusal of a spent budget. X is the true number of seconds left. */
export function budgetRefusal(
  { budget, freeAtMs }: BudgetSpent,
  settings: Pick<Settings, 'sendLimits'>,
  nowMs: number,
): RpcError {
  if (settings.sendLimits[budget]?.refusal === 'PHONE_NUMBER_FLOOD') return refusal('PHONE_NUMBER_FLOOD')
  return floodWait(freeAtMs, nowMs)
}

/** FLOOD_WAIT_X with the true number of seconds left. */
export function floodWait(freeAtMs: number, nowMs: number): RpcError {
  return refusal('FLOOD_WAIT_X', { x: Math.max(1, Math.ceil((freeAtMs - nowMs) / 1000)) })
}

/** The longest window of any rule, a day at least: what is older is of no use. */
export function longestWindowMs(settings: Settings): number {
  const {
    sendLimits,
    emailLimits,
    actLimits,
    failures,
    networkFailures,
    siteFailures,
    signUpLimit,
    password,
  } = settings
  const limits = [
    ...sendLimits,
    ...emailLimits,
    ...actLimits,
    failures,
    ...[networkFailures, siteFailures].filter((limit) => limit !== undefined),
    signUpLimit,
    password.limit,
    password.emailCode.sends,
  ]
  const windows = limits.map(({ windowS }) => windowS)
  return Math.max(86_400, ...windows) * 1000
}

function subjectOf(scope: SendLimit['scope'], sender: Sender, prefixDigits: number): string {
  const subjects: { readonly [S in SendLimit['scope']]: string } = {
    phone: sender.phone,
    address: networkOf(sender.ip),
    authKey: String(sender.authKeyId),
    app: String(sender.apiId),
    prefix: sender.phone.slice(0, prefixDigits),
    global: '',
    emailAddress: sender.email === undefined ? '' : mailboxOf(sender.email),
  }
  return subjects[scope]
}

/**
 * The key that mails to an address are counted by, however the address is written: `ada+1@` and `ada+2@` are one mailbox
 * with most providers. Nobody reads addresses out of a count.
 */
export function mailboxOf(email: string): string {
  const mailbox = email.toLowerCase().replace(/\+[^@]*@/, '@')
  return createHash('sha256').update(mailbox).digest('hex')
}
