import type { Combinator, TypeExpr } from '../schema/index.ts'

/** A TL name as part of a JavaScript name: `auth.sentCode` is auth$sentCode. */
export function identifier(name: string): string {
  return name.replaceAll('.', '$')
}

/** A constructor id as the reader sees it: signed. */
export function wireId(id: number): string {
  return String(id | 0)
}

/** A bit mask; bit 31 is written as the negative number it is in JavaScript's bitwise operators. */
export function hex(mask: number): string {
  return String(mask | 0)
}

/** What a vector's functions are called after `r` or `w`: `V_User`, bare `v_c_future_salt`. */
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

/** A variable for each flags field of a combinator: `flags` is f0, `flags2` f1. */
export function flagVariables(combinator: Combinator): Map<string, string> {
  const flags = combinator.fields.filter(({ type }) => type.kind === 'flags')
  return new Map(flags.map(({ name }, index) => [name, `f${index}`]))
}
