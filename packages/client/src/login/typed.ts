/**
 * Marks that come along unseen when text is pasted: zero width, direction, byte order, soft hyphens, variation selectors.
 */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
/** The same without the joiners, which some scripts write inside words. */
const INVISIBLE_IN_WORDS = /(?![\u200c\u200d])[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu
/** Characters that a reader cannot see: spaces, controls, invisible marks, and the empty pattern of Braille. */
const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/gu
const ANY_DIGIT = /\p{Nd}/gu
const IS_DIGIT = /^\p{Nd}$/u

/** Whether a text has no character that a reader can see. */
export function isBlank(typed: string): boolean {
  return typed.replace(UNSEEN, '') === ''
}

/** A phone number without what was typed or pasted around its digits; text that is not a number stays, trimmed. */
export function plainPhoneNumber(typed: string): string {
  const text = plain(typed).replace(/^\s*tel:/i, '')
  const number = text.replace(/[^\p{L}\p{N}+]/gu, '')
  return /^\+?\d+$/.test(number) ? number : text.trim()
}

/** A code of digits or letters without spaces, dashes, dots and marks. */
export function plainCode(typed: string): string {
  return plain(typed).replace(/[^\p{L}\p{N}]/gu, '')
}

/** A code that is a word or a phrase: one space between words, no dot or quotation mark around it. */
export function plainWords(typed: string): string {
  const text = typed.replace(INVISIBLE_IN_WORDS, '').replace(/[\s\p{Cc}]+/gu, ' ')
  return text.replace(/^[\s\p{P}]+|[\s\p{P}]+$/gu, '')
}

/** A bot's token without spaces, marks and quotation marks. */
export function plainBotToken(typed: string): string {
  return plain(typed)
    .replace(/\s/g, '')
    .replace(/^[^\w-]+|[^\w-]+$/g, '')
}

/** Whether a text is a bot's token: the bot's number, a colon and a secret. */
export function isBotToken(text: string): boolean {
  return /^\d+:[\w-]+$/.test(text)
}

/** An e-mail address without spaces, marks and a dot behind it. */
export function plainEmail(typed: string): string {
  return typed
    .replace(INVISIBLE, '')
    .replace(/[\s\p{Cc}]/gu, '')
    .replace(/[.,;]+$/, '')
}

/** Digits of every script become ASCII, wide and compatibility forms their plain ones, invisible marks nothing. */
function plain(typed: string): string {
  return typed.normalize('NFKC').replace(INVISIBLE, '').replace(ANY_DIGIT, asciiDigit)
}

/** Unicode has the digits of a script side by side, from 0 to 9. */
function asciiDigit(digit: string): string {
  const point = digit.codePointAt(0) ?? 0
  let first = point
  while (IS_DIGIT.test(String.fromCodePoint(first - 1))) first -= 1
  return String((point - first) % 10)
}
