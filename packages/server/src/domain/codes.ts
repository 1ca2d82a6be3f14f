import { createHmac } from 'node:crypto'
import type { Channel, Delivery, Random } from '../ports.ts'
import type { LiveCode } from '../store/port.ts'
import { testDigit } from './phone.ts'
import { randomDigits } from './random.ts'
import type { Settings } from './settings.ts'
import type { SentCode } from './types.ts'

/** A new code for a number: a known one for test numbers, digits nobody can know for all others. */
export function makeCode(phone: string, length: number, random: Random): string {
  return testDigit(phone)?.repeat(length) ?? randomDigits(random, length)
}

/** 128 random bits that say nothing of the code: a hash computed from it could be guessed at offline. */
export function makePhoneCodeHash(random: Random): string {
  return Buffer.from(random(16)).toString('hex')
}

/** What guesses are compared by: without the pepper, which is not in the data, five digits stay unknown. */
export function digestCode(
  pepper: Uint8Array,
  phoneCodeHash: string,
  phone: string,
  code: string,
): Uint8Array {
  return createHmac('sha256', pepper).update(`${phoneCodeHash}\0${phone}\0${code}`).digest()
}

const TEXTS: { readonly [C in Channel]: (code: string) => string } = {
  sms: (code) =>
    `Login code: ${code}. Do not give this code to anyone, even if they say they are from Telegram!`,
  call: (code) => `Your login code is ${[...code].join(', ')}. Once again: ${[...code].join(', ')}.`,
}

/** What carries a code to the person. */
export function makeDelivery(code: LiveCode, random: Random): Delivery {
  return {
    id: Buffer.from(random(16)).toString('hex'),
    phone: code.phone,
    code: code.code,
    channel: code.channel,
    phoneCodeHash: code.phoneCodeHash,
    to: `+${code.phone}`,
    text: TEXTS[code.channel](code.code),
    sentAtS: Math.floor(code.sentAtMs / 1000),
    expiresAtS: Math.floor(code.expiresAtMs / 1000),
  }
}

/**
 * How the code of a step travels. In order: a message to the account's other sessions, the login e-mail, flash
 * or missed call, SMS; of these the chain of the settings has SMS and what follows it.
 *
 * @returns undefined where the chain is at its end
 */
export function chooseChannel(step: number, { channels }: Pick<Settings, 'channels'>): Channel | undefined {
  return channels[step]
}

/** What the client is told of a code on its way. */
export function toSentCode(code: LiveCode, settings: Settings, nowMs: number): SentCode {
  const next = chooseChannel(code.step + 1, settings)
  const leftMs = code.sentAtMs + settings.resendAfterS * 1000 - nowMs
  return {
    kind: 'sent',
    phoneCodeHash: code.phoneCodeHash,
    channel: code.channel,
    length: code.code.length,
    next: next && { channel: next, timeoutS: Math.max(1, Math.ceil(leftMs / 1000)) },
  }
}
