import type { Combinator, TypeExpr } from '../schema/index.ts'
import { itemKey } from './identifiers.ts'
import type { Shape } from './shape.ts'

/** A vector of anything. */
export type Vector = TypeExpr & { kind: 'vector' }

/** Types that a set of combinators uses, including the items of vectors. */
export function usedTypes(combinators: readonly Combinator[]): TypeExpr[] {
  const withItems = (type: TypeExpr): TypeExpr[] =>
    type.kind === 'vector' ? [type, ...withItems(type.item)] : [type]
  return combinators.flatMap(({ kind, fields, result }) => {
    const own = fields.flatMap(({ type }) => withItems(type))
    return kind === 'method' ? [...own, ...withItems(result)] : own
  })
}

/** Distinct vector types used by fields or results. */
export function vectorTypes({ schema }: Shape): Vector[] {
  const used = usedTypes([...schema.constructors, ...schema.methods])
  const vectors = used.filter((type): type is Vector => type.kind === 'vector')
  return [...new Map(vectors.map((vector) => [itemKey(vector), vector])).values()]
}

/** Constructors that a field uses bare. */
export function bareNames({ schema }: Shape): Set<string> {
  const used = usedTypes([...schema.constructors, ...schema.methods])
  return new Set(used.flatMap((type) => (type.kind === 'bare' ? [type.name] : [])))
}
