import { createHash } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import type { RpcError } from '@cablegram/mtproto'
import type { BudgetSpent, SendBudget } from '../../store/port.ts'
import { refusal } from '../refusals.ts'
import type { SendLimit, Settings } from '../settings.ts'

/** Whom a send is counted against. */
export interface Sender {
  readonly phone: string
  readonly ip: string
  readonly authKeyId: bigint
  readonly apiId: number
  /** Where the code goes; undefined where that is the phone. */
  readonly email?: string | undefined
}

/** The budgets of the settings, as they are for this sender. */
export function budgetsOf(
  sender: Sender,
  settings: Pick<Settings, 'sendLimits' | 'prefixDigits'>,
): SendBudget[] {
  return settings.sendLimits.map(({ scope, max, windowS, distinctPhones = false }) => ({
    scope,
    subject: subjectOf(scope, sender, settings.prefixDigits),
    max,
    windowMs: windowS * 1000,
    distinctPhones,
  }))
}

/** How often a number may make an account: those who delete theirs could else make new ones without end. */
export function signUpBudget(phone: string, { signUpLimit: { max, windowS } }: Settings): SendBudget {
  return { scope: 'signUp', subject: phone, max, windowMs: windowS * 1000, distinctPhones: false }
}

/** What a spent budget refuses with. X is the true number of seconds left. */
export function budgetRefusal(
  { budget, freeAtMs }: BudgetSpent,
  settings: Pick<Settings, 'sendLimits'>,
  nowMs: number,
): RpcError {
  if (settings.sendLimits[budget]?.refusal === 'PHONE_NUMBER_FLOOD') return refusal('PHONE_NUMBER_FLOOD')
  return refusal('FLOOD_WAIT_X', { x: Math.max(1, Math.ceil((freeAtMs - nowMs) / 1000)) })
}

/** The longest window of any rule, a day at least: what is older is of no use. */
export function longestWindowMs(settings: Settings): number {
  const { sendLimits, emailLimits, failures, signUpLimit, password } = settings
  const limits = [
    ...sendLimits,
    ...emailLimits,
    failures,
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
 * What mails to an address are counted by, however it is written: `ada+1@` and `ada+2@` are one mailbox to most who
 * keep them. Nobody reads addresses out of a count.
 */
export function mailboxOf(email: string): string {
  const mailbox = email.toLowerCase().replace(/\+[^@]*@/, '@')
  return createHash('sha256').update(mailbox).digest('hex')
}

/** What one customer of a provider holds: an IPv4 address, or the /64 of an IPv6 one. */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  if (isIPv4(ip) || !isIPv6(ip)) return ip
  const [head = '', tail] = (ip.split('%')[0] ?? '').split('::')
  const groups = head === '' ? [] : head.split(':')
  // Without `::` all eight groups are there; with it, the ones left out are zeros between head and tail.
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length)
  const all = [...groups, ...Array<string>(zeros).fill('0'), ...after]
  const prefix = all.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${prefix.join(':')}::/64`
}
