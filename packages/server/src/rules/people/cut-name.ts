import { VISIBLE } from '../../typed-text.ts'

const MAX_LENGTH = 64

/** A name that may be empty, as the store keeps it: without space around it, not too long, and with something to see. */
export function cutName(name: string): string {
  const trimmed = name.trim()
  return VISIBLE.test(trimmed) ? [...trimmed].slice(0, MAX_LENGTH).join('') : ''
}
