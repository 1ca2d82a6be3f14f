import type { Combinator, Schema, TypeExpr } from '../schema/index.ts'

/** A schema with the facts that the compiler looks up often. */
export interface Shape {
  readonly schema: Schema
  /** Constructors of a boxed type, in schema order. */
  readonly types: ReadonlyMap<string, readonly Combinator[]>
  readonly constructors: ReadonlyMap<string, Combinator>
  readonly methods: ReadonlyMap<string, Combinator>
  /** Types that can contain themselves; only these can nest without limit. */
  readonly recursive: ReadonlySet<string>
  /** Minimum size in bytes of a value of this type. */
  minBytes(type: TypeExpr): number
}

/** Computes the shape of a checked schema. */
export function shapeOf(schema: Schema): Shape {
  const types = new Map<string, Combinator[]>()
  for (const combinator of schema.constructors) {
    const name = typeName(combinator)
    const siblings = types.get(name)
    if (siblings === undefined) types.set(name, [combinator])
    else siblings.push(combinator)
  }
  const constructors = new Map(schema.constructors.map((combinator) => [combinator.name, combinator]))
  return {
    schema,
    types,
    constructors,
    methods: new Map(schema.methods.map((combinator) => [combinator.name, combinator])),
    recursive: recursiveTypes(types, constructors),
    minBytes: minBytesOf(types, constructors),
  }
}

/** Boxed type of a constructor. */
export function typeName(combinator: Combinator): string {
  if (combinator.result.kind !== 'boxed') throw new TypeError(`${combinator.name} does not have a boxed type`)
  return combinator.result.name
}

function recursiveTypes(
  types: ReadonlyMap<string, readonly Combinator[]>,
  constructors: ReadonlyMap<string, Combinator>,
): Set<string> {
  const containedIn = (type: TypeExpr): string | undefined => {
    if (type.kind === 'vector') return containedIn(type.item)
    if (type.kind === 'boxed') return type.name
    const bare = type.kind === 'bare' ? constructors.get(type.name) : undefined
    return bare === undefined ? undefined : typeName(bare)
  }
  const parts = new Map<string, Set<string>>()
  for (const [name, siblings] of types) {
    const contained = siblings.flatMap(({ fields }) => fields.map(({ type }) => containedIn(type)))
    parts.set(name, new Set(contained.filter((part) => part !== undefined)))
  }
  const reachesItself = (name: string): boolean => {
    const seen = new Set<string>()
    const open = [...(parts.get(name) ?? [])]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === name) return true
      if (seen.has(next)) continue
      seen.add(next)
      open.push(...(parts.get(next) ?? []))
    }
    return false
  }
  return new Set([...types.keys()].filter(reachesItself))
}

const PRIMITIVE_BYTES = { int: 4, long: 8, double: 8, string: 4, bytes: 4, int128: 16, int256: 32, Bool: 4 }

function minBytesOf(
  types: ReadonlyMap<string, readonly Combinator[]>,
  constructors: ReadonlyMap<string, Combinator>,
): (type: TypeExpr) => number {
  const known = new Map<string, number>()
  const ofFields = (combinator: Combinator): number => {
    const required = combinator.fields.filter(({ flag }) => flag === undefined)
    return required.reduce((sum, { type }) => sum + minBytes(type), 0)
  }
  const minBytes = (type: TypeExpr): number => {
    switch (type.kind) {
      case 'primitive':
        return PRIMITIVE_BYTES[type.name]
      case 'flags':
        return 4
      case 'true':
        return 0
      case 'generic':
        return 4
      case 'vector':
        return type.boxed ? 8 : 4
      case 'bare': {
        const combinator = constructors.get(type.name)
        return combinator === undefined ? 0 : ofFields(combinator)
      }
      case 'boxed': {
        const found = known.get(type.name)
        if (found !== undefined) return found
        // While its size is being computed, a recursive type counts as its id only, which is never too much.
        known.set(type.name, 4)
        const least = Math.min(...(types.get(type.name) ?? []).map(ofFields))
        known.set(type.name, 4 + least)
        return 4 + least
      }
    }
  }
  return minBytes
}
