import type { Literal } from '../layers/rules.ts'

/** Prints a rule's constant as JavaScript. */
export function emitLiteral(value: Literal): string {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value !== 'object') return JSON.stringify(value)
  if (value instanceof Uint8Array) return `new Uint8Array([${[...value].join(',')}])`
  if (isList(value)) return `[${value.map(emitLiteral).join(',')}]`
  const members = Object.entries(value).map(([key, part]) => `${key}:${emitLiteral(part)}`)
  return `{${members.join(',')}}`
}

function isList(value: object): value is readonly Literal[] {
  return Array.isArray(value)
}
