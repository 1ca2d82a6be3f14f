import { CommandLineError } from './errors.ts'

const BYTES_OF: Readonly<Record<string, number>> = { '': 1, K: 1 << 10, M: 1 << 20, G: 1 << 30 }

/**
 * Bytes from text such as `64M`, `1G` or `2000000`.
 *
 * @param what the argument, as the error calls it
 * @param range the least and the most, in bytes
 * @throws CommandLineError
 */
export function parseSize(text: string, what: string, [least, most]: readonly [number, number]): number {
  const [, digits, unit = ''] = /^(\d{1,12})([KMG]?)(?:i?B)?$/i.exec(text) ?? []
  const bytes = digits === undefined ? Number.NaN : Number(digits) * (BYTES_OF[unit.toUpperCase()] ?? 0)
  if (bytes >= least && bytes <= most) return bytes
  throw new CommandLineError(
    `${what} is a size such as 64M, from ${inUnits(least)} to ${inUnits(most)}, not "${text}".`,
  )
}

function inUnits(bytes: number): string {
  const unit = ['G', 'M', 'K'].find((name) => bytes >= (BYTES_OF[name] ?? 0)) ?? ''
  return `${bytes / (BYTES_OF[unit] ?? 1)}${unit}`
}
