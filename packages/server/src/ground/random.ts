import type { Random } from '@cablegram/mtproto'

/** 63 random bits, never 0: what a positive TL long holds. */
export function randomLong(random: Random): bigint {
  const value = Buffer.from(random(8)).readBigUInt64BE() & 0x7fff_ffff_ffff_ffffn
  return value === 0n ? randomLong(random) : value
}

/** `length` decimal digits, each string of them equally likely. @param length 1…9 */
export function randomDigits(random: Random, length: number): string {
  return String(randomBelow(random, 10 ** length)).padStart(length, '0')
}

/** A number from 0 to below `count`, each equally likely. */
export function randomBelow(random: Random, count: number): number {
  // Values of the last, incomplete run of `count` would make small ones likelier: throw them away.
  const end = 2 ** 32 - (2 ** 32 % count)
  for (;;) {
    const value = Buffer.from(random(4)).readUInt32BE()
    if (value < end) return value % count
  }
}

const CONSONANTS = 'bdfgklmnprstvz'
const VOWELS = 'aeiou'

/** A word that can be said and typed and is in no dictionary: each syllable one of 70. @param syllables 1…4 */
export function randomWord(random: Random, syllables: number): string {
  const count = CONSONANTS.length * VOWELS.length
  return Array.from({ length: syllables }, () => {
    const value = randomBelow(random, count)
    return `${CONSONANTS[Math.floor(value / VOWELS.length)]}${VOWELS[value % VOWELS.length]}`
  }).join('')
}
