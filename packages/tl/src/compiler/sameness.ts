import type { Combinator, Field, TypeExpr } from '../schema/index.ts'
import type { Shape } from './shape.ts'

/** Types and constructors that two schemas write identically. */
export interface Sameness {
  readonly types: ReadonlySet<string>
  readonly constructors: ReadonlySet<string>
}

/**
 * Finds the types and constructors of `from` that `to` has with the same id and fields. `true` fields take no bytes
 * and do not change the id, so they may differ, except in constructors named in `exact`.
 */
export function samenessOf(from: Shape, to: Shape, exact: ReadonlySet<string>): Sameness {
  const types = new Set([...from.types.keys()].filter((name) => to.types.has(name)))
  const constructors = new Set(
    from.schema.constructors
      .filter((combinator) => isSameLayout(combinator, to.constructors.get(combinator.name), exact))
      .map(({ name }) => name),
  )
  const holds = (type: TypeExpr): boolean => {
    if (type.kind === 'vector') return holds(type.item)
    if (type.kind === 'bare') return constructors.has(type.name)
    return type.kind !== 'boxed' || types.has(type.name)
  }
  // A type that contains a different one is different too; repeat until nothing changes.
  for (let before = -1; before !== types.size + constructors.size; ) {
    before = types.size + constructors.size
    for (const name of constructors) {
      if (from.constructors.get(name)?.fields.every(({ type }) => holds(type)) !== true)
        constructors.delete(name)
    }
    for (const name of types) {
      if (from.types.get(name)?.every((sibling) => constructors.has(sibling.name)) !== true)
        types.delete(name)
    }
  }
  return { types, constructors }
}

function isSameLayout(a: Combinator, b: Combinator | undefined, exact: ReadonlySet<string>): boolean {
  if (b === undefined || a.id !== b.id) return false
  return layoutOf(a, exact.has(a.name)) === layoutOf(b, exact.has(a.name))
}

function layoutOf({ fields, result }: Combinator, withTrue: boolean): string {
  const counted = fields.filter(({ type }) => withTrue || type.kind !== 'true')
  return JSON.stringify([counted.map(({ name, type, flag }: Field) => [name, type, flag]), result])
}

/** Tells whether two types are written the same way, judging by their names. */
export function isSameType(a: TypeExpr, b: TypeExpr): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
