import type { Random } from '@cablegram/mtproto'
import type { Channel, CodePurpose, Delivery } from '../../courier/port.ts'
import { codeFor } from './codes.ts'
import type { LiveCode } from './words.ts'

/** A new id for a delivery. */
export function makeDeliveryId(random: Random): string {
  return Buffer.from(random(16)).toString('hex')
}

const spoken = (code: string): string => [...code].join(', ')
const short = (code: string): string =>
  `Login code: ${code}. Do not give this code to anyone, even if they say they are from Telegram!`
const called = (code: string): string => `A call from +${code}, to be left unanswered.`

/** Texts that a person reads, hears or sees. */
const TEXTS: { readonly [C in Channel]: (code: string) => string } = {
  app: (code) =>
    `${short(code)}\n\nIt lets whoever has it into your account, and is needed for nothing else. If you are not ` +
    'logging in on another device, you need not do anything.',
  sms: short,
  firebase: short,
  fragment: short,
  smsWord: short,
  smsPhrase: short,
  email: (code) =>
    `Your login code is ${code}. If it was not you who asked for it, somebody has your number.`,
  call: (code) => `Your login code is ${spoken(code)}. Once again: ${spoken(code)}.`,
  flashCall: called,
  missedCall: (code) => `A call from a number that ends in ${code}, to be left unanswered.`,
  setUpEmail: () => '',
  payment: () => '',
}

/** Of these nothing is sent when their step is reached: something else has to be done first. */
const WITHHELD: ReadonlySet<Channel> = new Set<Channel>(['setUpEmail', 'payment', 'firebase'])

/** Makes the delivery of a login code at its step; undefined if nothing is sent now. */
export function makeDelivery(code: LiveCode, random: Random): Delivery | undefined {
  const channel = code.chain[code.step]
  return channel === undefined || WITHHELD.has(channel) ? undefined : deliveryBy(channel, code, random)
}

/** A code for an e-mail address. */
export interface EmailCode {
  /** Of the account, digits only. */
  readonly phone: string
  readonly email: string
  readonly code: string
  readonly purpose: Exclude<CodePurpose, 'login'>
  readonly text: string
  readonly nowMs: number
  readonly expiresAtMs: number
}

/** Makes the delivery of a code to an e-mail address that belongs to no phone code. */
export function makeEmailDelivery(of: EmailCode, random: Random): Delivery {
  const { phone, email, code, purpose, text, nowMs, expiresAtMs } = of
  return {
    id: makeDeliveryId(random),
    phone,
    code,
    channel: 'email',
    purpose,
    phoneCodeHash: '',
    to: email,
    text,
    sentAtS: Math.floor(nowMs / 1000),
    expiresAtS: Math.floor(expiresAtMs / 1000),
  }
}

/** Makes the delivery of a login code on this channel. */
export function deliveryBy(channel: Channel, code: LiveCode, random: Random): Delivery | undefined {
  const typed = codeFor(code, channel)
  if (typed === undefined) return undefined
  return {
    id: makeDeliveryId(random),
    phone: code.phone,
    code: typed,
    channel,
    purpose: 'login',
    phoneCodeHash: code.phoneCodeHash,
    to: channel === 'email' && code.email !== undefined ? code.email : `+${code.phone}`,
    text: TEXTS[channel](typed),
    sentAtS: Math.floor(code.sentAtMs / 1000),
    expiresAtS: Math.floor(code.expiresAtMs / 1000),
  }
}
