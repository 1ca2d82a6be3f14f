import type { TypeExpr } from '@cablegram/tl/schema'

/** The boxed type in a type: `InputUser` of `Vector<InputUser>`; empty for primitives. */
export function boxedNameIn(type: TypeExpr): readonly string[] {
  if (type.kind === 'vector') return boxedNameIn(type.item)
  return type.kind === 'boxed' ? [type.name] : []
}
