import type { Combinator, TypeExpr } from '../schema/index.ts'

/** Turns a TL name into a JavaScript identifier: `auth.sentCode` becomes auth$sentCode. */
export function identifier(name: string): string {
  return name.replaceAll('.', '$')
}

/** Constructor id as the reader returns it: signed. */
export function wireId(id: number): string {
  return String(id | 0)
}

/** Bit mask; bit 31 is negative, as in JavaScript's bitwise operators. */
export function hex(mask: number): string {
  return String(mask | 0)
}

/** Suffix of a vector's functions after `r` or `w`: `V_User`, bare `v_c_future_salt`. */
export function itemKey(type: TypeExpr): string {
  switch (type.kind) {
    case 'vector':
      return `${type.boxed ? 'V' : 'v'}_${itemKey(type.item)}`
    case 'bare':
      return `c_${identifier(type.name)}`
    case 'primitive':
    case 'boxed':
    case 'generic':
      return identifier(type.name)
    default:
      return type.kind
  }
}

/** Suffix of the functions for a method's answer; vectors and boxed types already have theirs. */
export function answerSuffix(type: TypeExpr): string {
  if (type.kind === 'vector') return itemKey(type)
  if (type.kind === 'boxed') return `T_${identifier(type.name)}`
  return type.kind === 'generic' ? 'P_X' : `P_${itemKey(type)}`
}

/** Variables for the flags fields of a combinator: `flags` is f0, `flags2` is f1. */
export function flagVariables(combinator: Combinator): Map<string, string> {
  const flags = combinator.fields.filter(({ type }) => type.kind === 'flags')
  return new Map(flags.map(({ name }, index) => [name, `f${index}`]))
}
