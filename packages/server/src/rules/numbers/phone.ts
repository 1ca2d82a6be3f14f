import { createRequire } from 'node:module'
import type { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import type { Settings } from '../../ground/settings.ts'
import { digitsIn } from '../../typed-text.ts'
import { refusal } from '../refusal.ts'

/** 99966XYYYY: Telegram's test numbers. X is the home data centre, and the digit the code is made of. */
const TEST_NUMBER = /^99966([1-9])\d{4}$/
/** +888: anonymous numbers, bought and not assigned by any country. */
const ANONYMOUS_NUMBER = /^888\d{4,12}$/
/** E.164 has 15 digits; people write some signs between them. */
const MAX_TEXT = 64

/** The digits of what may be a phone number; none where it is too long for one. */
export function digitsOf(text: string): string {
  return text.length > MAX_TEXT ? '' : digitsIn(text)
}

/** The numbers that exist, and the refusal of one that does not. */
export type PhoneSettings = Pick<Settings, 'phoneInvalidCode' | 'numbers' | 'testNumbers'>

/**
 * The digits of a phone number. The test and +888 ranges come first: libphonenumber knows neither.
 *
 * @throws {RpcError} PHONE_NUMBER_INVALID, under the code the settings choose
 */
export function checkPhone(text: string, settings: PhoneSettings): string {
  const digits = digitsOf(text)
  const isTest = settings.testNumbers && TEST_NUMBER.test(digits)
  if (isTest || ANONYMOUS_NUMBER.test(digits) || isInPlan(digits, settings.numbers)) return digits
  throw refusal('PHONE_NUMBER_INVALID', { code: settings.phoneInvalidCode })
}

/** The digit every digit of a test number's code is; undefined for all other numbers. */
export function testDigit(phone: string): string | undefined {
  return TEST_NUMBER.exec(phone)?.[1]
}

/** Tells whether a number is anonymous: its codes are read on a page. */
export function isAnonymousNumber(phone: string): boolean {
  return ANONYMOUS_NUMBER.test(phone)
}

/** The digit of a test number can name as many; with one data centre, which is whichever a client names, all will do. */
const MAX_DC = 9

/** Tells whether there is such a data centre. */
export function isDc(dc: number | undefined, { dcs }: Pick<Settings, 'dcs'>): dc is number {
  return dc !== undefined && Number.isInteger(dc) && dc >= 1 && dc <= (dcs === 1 ? MAX_DC : dcs)
}

/**
 * The home of a number, of `dcs` data centres: a test number where its digit says, others where their account was
 * first signed in to; what is beyond the last is 1. Undefined where any will do.
 *
 * @param accountDc undefined where the number has no account, or one that nobody has signed in to
 */
export function homeDc(phone: string, dcs: number, accountDc: number | undefined): number | undefined {
  const digit = testDigit(phone)
  const home = digit === undefined ? accountDc : Number(digit)
  if (dcs === 1 || home === undefined) return undefined
  return home <= dcs ? home : 1
}

/** Loaded with the first number that is not a test's: the numbering plans of the world take 19 MB. */
let plans: { parsePhoneNumberFromString: typeof parsePhoneNumberFromString } | undefined

/** Tells whether a numbering plan has numbers of this length (`possible`), or has given this one out (`assigned`). */
function isInPlan(digits: string, numbers: Settings['numbers']): boolean {
  plans ??= createRequire(import.meta.url)('libphonenumber-js/min') as NonNullable<typeof plans>
  const parsed = plans.parsePhoneNumberFromString(`+${digits}`)
  // `number` differs where the text has a trunk prefix that is not dialled from abroad: take it as typed or not at all.
  if (parsed?.number !== `+${digits}`) return false
  return numbers === 'possible' ? parsed.isPossible() : parsed.isValid()
}
