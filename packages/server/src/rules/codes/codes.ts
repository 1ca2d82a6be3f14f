import { createHmac } from 'node:crypto'
import type { Random } from '@cablegram/mtproto'
import type { Channel } from '../../courier/port.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomDigits, randomWord } from '../../ground/random.ts'
import type { Settings } from '../../ground/settings.ts'
import { plainText } from '../../typed-text.ts'
import { testDigit } from '../numbers/phone.ts'
import type { CodeForm, CodeRef, LiveCode } from './words.ts'

/** The form of a code on each channel; undefined if nothing is sent. */
const FORMS: { readonly [C in Channel]: CodeForm | undefined } = {
  app: 'digits',
  sms: 'digits',
  call: 'digits',
  missedCall: 'digits',
  fragment: 'digits',
  firebase: 'digits',
  flashCall: 'caller',
  email: 'email',
  smsWord: 'word',
  smsPhrase: 'phrase',
  setUpEmail: undefined,
  payment: undefined,
}

/** The word of a test number, by its digit: codes of test numbers are known. */
const DIGIT_NAMES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

type CodeSettings = Pick<Settings, 'codeLength' | 'callerPrefix' | 'loginEmail' | 'testNumbers'>

/** A code for an e-mail address of somebody with this number: a known one for test numbers. */
export function makeEmailCode(
  phone: string,
  length: number,
  { testNumbers }: Pick<Settings, 'testNumbers'>,
  random: Random,
): string {
  const digit = testNumbers ? testDigit(phone) : undefined
  return digit?.repeat(length) ?? randomDigits(random, length)
}

/**
 * The codes of a chain, one of each form it needs: digits stay the same whichever way they go, so that whichever
 * message arrives first is good. Known ones for test numbers, for all others such as nobody can know.
 */
export function makeCodes(
  phone: string,
  chain: readonly Channel[],
  settings: CodeSettings,
  random: Random,
): LiveCode['codes'] {
  const { codeLength, callerPrefix, loginEmail, testNumbers } = settings
  const digit = testNumbers ? testDigit(phone) : undefined
  const name = digit === undefined ? undefined : DIGIT_NAMES[Number(digit)]
  const digits = (): string => digit?.repeat(codeLength) ?? randomDigits(random, codeLength)
  const make: { readonly [F in CodeForm]: () => string } = {
    digits,
    caller: () => callerPrefix + digits(),
    // One word alone is to be as hard to guess as digits, its first letter known; so are three, the first known.
    word: () => name ?? randomWord(random, 4),
    phrase: () => Array.from({ length: 3 }, () => name ?? randomWord(random, 3)).join(' '),
    email: () => makeEmailCode(phone, loginEmail.codeLength, settings, random),
  }
  const forms = new Set(chain.flatMap((channel) => FORMS[channel] ?? []))
  return Object.fromEntries([...forms].map((form) => [form, make[form]()]))
}

/** The code as it goes this way; undefined where none does. */
export function codeFor({ codes }: Pick<LiveCode, 'codes'>, channel: Channel): string | undefined {
  const form = FORMS[channel]
  return form && codes[form]
}

/** The key that guesses are hashed with. */
export function codePepper({ store }: Pick<Ground, 'store'>): Uint8Array {
  return store.secret.derive('phone codes')
}

/** 128 random bits that say nothing of the code: a hash computed from it could be guessed at offline. */
export function makePhoneCodeHash(random: Random): string {
  return Buffer.from(random(16)).toString('hex')
}

/**
 * The hash that guesses are compared by: without the pepper, which is not in the data, five digits stay unknown.
 *
 * @param by what was typed as a code of an e-mail is not good as one of the phone, nor the other way round
 */
export function digestCode(
  pepper: Uint8Array,
  { phoneCodeHash, phone }: Pick<CodeRef, 'phoneCodeHash' | 'phone'>,
  typed: string,
  by: 'phone' | 'email' = 'phone',
): Uint8Array {
  const code = canonical(typed)
  return createHmac('sha256', pepper).update(`${phoneCodeHash}\0${phone}\0${by}\0${code}`).digest()
}

/**
 * The digests of all codes that have been sent by this step, one after the other. They stay good when the next one is
 * sent: what is typed is of one form, and so can only fit one of them, and a resend that fails leaves nobody
 * without a code.
 */
export function digestsOf(pepper: Uint8Array, code: LiveCode, step: number = code.step): Uint8Array {
  const forms = new Set(code.chain.slice(0, step + 1).flatMap((channel) => FORMS[channel] ?? []))
  const digests = [...forms].flatMap((form) => {
    const typed = code.codes[form]
    return typed === undefined ? [] : [digestCode(pepper, code, typed, form === 'email' ? 'email' : 'phone')]
  })
  return new Uint8Array(Buffer.concat(digests))
}

/**
 * A number as its digits, in whichever script and with whatever marks it was typed or pasted; words in small letters
 * with single spaces, without punctuation.
 */
export function canonical(typed: string): string {
  const plain = plainText(typed)
  if (!/\p{L}/u.test(plain)) return plain.replace(/\D/g, '')
  return plain.toLowerCase().replace(/\p{P}/gu, '').trim().replace(/\s+/g, ' ')
}
