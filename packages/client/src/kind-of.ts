/** A value's kind in words, for an error: its content may be a password. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (value === '') return 'an empty string'
  if (value instanceof Promise) return 'a promise'
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string' && value.trim() === '') return 'a string of spaces'
  return `a ${typeof value}`
}
