/** Numbers and codes as people type and paste them: in any script, with marks that nobody sees. */

/** Marks without a shape of their own: direction marks, joiners, soft hyphens, variation selectors, controls. */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Me}\u2800]|(?!\s)\p{Cc}/gu
const ASCII = /^[ -~]*$/
const DIGIT = /^\p{Nd}$/u

/** A character that a reader can see. */
export const VISIBLE: RegExp = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u

/** The text with the digits of every script as 0-9 and without the marks that nobody sees. */
export function plainText(text: string): string {
  if (ASCII.test(text)) return text
  return text
    .normalize('NFKC')
    .replace(UNSEEN, '')
    .replace(/\p{Nd}/gu, asciiDigit)
}

/** The digits of a text, whatever stands between them. */
export function digitsIn(text: string): string {
  return plainText(text).replace(/\D/g, '')
}

/** Unicode keeps the digits of a script together, 0 first, in runs whose length is a multiple of ten. */
function asciiDigit(digit: string): string {
  const codePoint = digit.codePointAt(0) ?? 0
  let zero = codePoint
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1
  return String((codePoint - zero) % 10)
}
