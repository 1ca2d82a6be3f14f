import { CommandLineError } from './errors.ts'

const SECONDS_OF: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3_600,
  d: 86_400,
  w: 604_800,
}
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g

/**
 * Seconds from text such as `90`, `5m`, `1h30m` or `250ms`.
 *
 * @param what the argument, as the error calls it
 * @throws CommandLineError
 */
export function parseDuration(text: string, what: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  const parts = [...text.matchAll(PART)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new CommandLineError(`${what} is a time such as 90s, 5m, 1h30m or 7d, not "${text}".`)
  }
  return parts.reduce((sum, [, count = '', unit = '']) => sum + Number(count) * (SECONDS_OF[unit] ?? 0), 0)
}

/** A time in words, such as `1 h 30 min`. */
export function inWords(seconds: number): string {
  const parts: string[] = []
  let left = Math.round(seconds)
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(left / length)
    left -= count * length
    if (count > 0) parts.push(`${count} ${unit}`)
  }
  return parts.join(' ') || '0 s'
}
