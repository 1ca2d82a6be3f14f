import type { Random } from '../ports.ts'

/** 63 random bits, never 0: what a positive TL long holds. */
export function randomLong(random: Random): bigint {
  const value = Buffer.from(random(8)).readBigUInt64BE() & 0x7fff_ffff_ffff_ffffn
  return value === 0n ? randomLong(random) : value
}

/** `length` decimal digits, each string of them equally likely. @param length 1…9 */
export function randomDigits(random: Random, length: number): string {
  const count = 10 ** length
  // Values of the last, incomplete run of `count` would make small codes likelier: throw them away.
  const end = 2 ** 32 - (2 ** 32 % count)
  for (;;) {
    const value = Buffer.from(random(4)).readUInt32BE()
    if (value < end) return String(value % count).padStart(length, '0')
  }
}
