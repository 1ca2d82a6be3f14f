import fc, { type Arbitrary, type GeneratorValue } from 'fast-check'
import type { Shape } from '../compiler/index.ts'
import { type Combinator, type Field, fieldName, type TypeExpr } from '../schema/index.ts'

/** A TL value as the codecs take it. */
export interface TlObject {
  readonly _: string
  readonly [field: string]: unknown
}

/** Properties of the values to make. */
export interface ValueOptions {
  /** Keeps constructors out of unions. */
  readonly isAllowed?: (combinator: Combinator) => boolean
  /** Number of bits used of a long. */
  readonly longBits?: 32 | 64
  /** Says of an optional field, by its TL name `botInfo.user_id`, that it is always or never there; else that is drawn. */
  readonly presence?: (field: string) => 'always' | 'never' | undefined
}

/** Any text without lone surrogates. fast-check's own unit for that lists all million characters first. */
export function anyText(maxLength: number): Arbitrary<string> {
  const point = fc.oneof(fc.nat(0x7f), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }))
  return fc.array(point, { maxLength }).map((points) => String.fromCodePoint(...points))
}

const TEXT = anyText(12)

/** From here on optional fields are left out, vectors are empty, and unions take one of their plainest members. */
const PLAIN_DEPTH = 3

/** Makes random values from a schema alone, without the compiler's help. */
export class ValueMaker {
  private readonly shape: Shape
  private readonly isAllowed: (combinator: Combinator) => boolean
  private readonly longBits: 32 | 64
  private readonly presence: (field: string) => 'always' | 'never' | undefined
  private readonly costs = new Map<string, number>()

  constructor(shape: Shape, { isAllowed, longBits, presence }: ValueOptions = {}) {
    this.shape = shape
    this.isAllowed = isAllowed ?? (() => true)
    this.longBits = longBits ?? 64
    this.presence = presence ?? (() => undefined)
  }

  /** A constructor or a request; every field is there, undefined where it is absent. */
  combinator(g: GeneratorValue, combinator: Combinator, depth = 0): TlObject {
    // A bit stands for all fields on it, so it is drawn once.
    const bits = new Map<string, boolean>()
    const isPresent = ({ name, flag }: Field): boolean => {
      const decided = this.presence(`${combinator.name}.${name}`)
      if (flag === undefined || decided !== undefined) return decided !== 'never'
      const bit = `${flag.field}.${flag.bit}`
      const known = bits.get(bit) ?? (depth < PLAIN_DEPTH && g(fc.boolean))
      bits.set(bit, known)
      return known
    }
    const fields = combinator.fields
      .filter(({ type }) => type.kind !== 'flags')
      .map((field) => [
        fieldName(field.name),
        isPresent(field) && this.canMake(field.type) ? this.value(g, field.type, depth + 1) : undefined,
      ])
    return { _: combinator.name, ...Object.fromEntries(fields) }
  }

  /** A value of a type. */
  value(g: GeneratorValue, type: TypeExpr, depth = 0): unknown {
    switch (type.kind) {
      case 'primitive':
        return primitive(g, type.name, this.longBits)
      case 'true':
        return true
      case 'vector': {
        const length = depth < PLAIN_DEPTH && this.canMake(type.item) ? g(fc.nat, 2) : 0
        return Array.from({ length }, () => this.value(g, type.item, depth + 1))
      }
      case 'generic':
        return new Uint8Array(4 * g(fc.nat, 5)).fill(g(fc.nat, 255))
      case 'bare': {
        const combinator = this.shape.constructors.get(type.name)
        if (combinator === undefined) throw new TypeError(`no constructor ${type.name}`)
        return this.combinator(g, combinator, depth)
      }
      case 'boxed': {
        const allowed = this.members(type.name)
        // Inside a value that is left out as a whole, anything will do.
        const members = allowed.length === 0 ? [...(this.shape.types.get(type.name) ?? [])] : allowed
        const least = Math.min(...members.map((member) => this.cost(member)))
        const plainest = members.filter((member) => this.cost(member) === least)
        const choice = depth < PLAIN_DEPTH ? members : plainest
        const chosen = choice[g(fc.nat, choice.length - 1)]
        if (chosen === undefined) throw new TypeError(`no constructor of ${type.name} is allowed`)
        return this.combinator(g, chosen, depth)
      }
      case 'flags':
        throw new TypeError('flags are no value')
    }
  }

  private members(type: string): Combinator[] {
    return (this.shape.types.get(type) ?? []).filter((member) => this.isAllowed(member))
  }

  /** Tells whether a constructor of a type is allowed. */
  canMake(type: TypeExpr): boolean {
    return type.kind !== 'boxed' || this.members(type.name).length > 0
  }

  /** Smallest depth of constructors that the required fields need. */
  private cost(combinator: Combinator): number {
    const known = this.costs.get(combinator.name)
    if (known !== undefined) return known
    this.costs.set(combinator.name, 1000)
    const required = combinator.fields.filter(({ flag }) => flag === undefined)
    const parts = required.map(({ type }) => {
      if (type.kind !== 'boxed') return 0
      return Math.min(1000, ...this.members(type.name).map((member) => this.cost(member)))
    })
    const cost = 1 + Math.max(0, ...parts)
    this.costs.set(combinator.name, cost)
    return cost
  }
}

function primitive(
  g: GeneratorValue,
  name: (TypeExpr & { kind: 'primitive' })['name'],
  longBits: 32 | 64,
): unknown {
  switch (name) {
    case 'int':
      return g(fc.integer)
    case 'long':
      return g(fc.bigInt, -(2n ** BigInt(longBits - 1)), 2n ** BigInt(longBits - 1) - 1n)
    case 'double':
      return g(fc.double)
    case 'string':
      return g(() => TEXT)
    case 'bytes':
      return g(fc.uint8Array, { maxLength: 12 })
    case 'int128':
      return g(fc.uint8Array, { minLength: 16, maxLength: 16 })
    case 'int256':
      return g(fc.uint8Array, { minLength: 32, maxLength: 32 })
    case 'Bool':
      return g(fc.boolean)
  }
}
