import type { FieldRule, Instead, LayerRules, PathRule, ResultRule, SentRule } from '../layers/rules.ts'
import { type Combinator, type Field, schemaError, type TypeExpr } from '../schema/index.ts'
import { isSameType, type Sameness, samenessOf } from './sameness.ts'
import { type Shape, typeName } from './shape.ts'

/** Methods that the server runs and values that it sends; a name with a capital letter stands for all constructors of that type. */
export interface Surface {
  readonly methods: readonly string[]
  readonly values: readonly string[]
}

/** Way to write a constructor of the newest layer in an older one. */
export type ConstructorPlan =
  /** As it is, by the newest layer's own writer. */
  | { readonly kind: 'same' }
  | { readonly kind: 'fields'; readonly then: Combinator }
  | { readonly kind: 'instead'; readonly rule: Instead }
  /** Not at all: a UsageError, but that vectors leave out what is omitted. */
  | { readonly kind: 'refuse' | 'omit' | 'unlisted' }

/** Source of the value of an older constructor's field. */
export type FieldPlan =
  | { readonly kind: 'kept' }
  /** A long that was an int: written if it fits. */
  | { readonly kind: 'narrowed' }
  /** `own`: today's field of the same type, which may be missing. */
  | { readonly kind: 'rule'; readonly rule: FieldRule; readonly own: Field | undefined }
  /** Optional, and the newest form has nothing to fill it with. */
  | { readonly kind: 'unset' }

/** A constructor to leave out of vectors, always or where it holds another one. */
export interface Omitted {
  readonly name: string
  readonly held?: { readonly field: string; readonly name: string }
}

/** Conversion of a method's answer. */
export type ResultPlan =
  | { readonly kind: 'kept' }
  | { readonly kind: 'rule'; readonly rule: ResultRule }
  /** The layer lacks the answer's type. */
  | { readonly kind: 'refuse' }

/** Expands the names of the surface to constructors. */
export function surfaceConstructors({ types, constructors }: Shape, { values }: Surface): Combinator[] {
  return values.flatMap((name) => {
    const one = constructors.get(name)
    const found = types.get(name) ?? (one === undefined ? [] : [one])
    if (found.length === 0) throw new TypeError(`the surface names ${name}, which is not in the newest layer`)
    return found
  })
}

/**
 * Decides how one older layer expresses everything on the surface: by names and types of constructors and fields,
 * and by rules where these are not enough.
 */
export class Translation {
  readonly newest: Shape
  readonly older: Shape
  private readonly rules: LayerRules
  private readonly listed: ReadonlySet<string>
  private readonly same: Sameness

  constructor(newest: Shape, older: Shape, surface: Surface, rules: LayerRules) {
    this.newest = newest
    this.older = older
    this.rules = rules
    this.listed = new Set(surfaceConstructors(newest, surface).map(({ name }) => name))
    this.same = samenessOf(newest, older, this.listed)
  }

  /** Tells whether the older layer writes all of a type as the newest does. */
  isSame(type: string): boolean {
    return this.same.types.has(type)
  }

  /** @throws SchemaError if a constructor on the surface needs a rule and has none. */
  planOf(now: Combinator): ConstructorPlan {
    if (this.same.constructors.has(now.name)) return { kind: 'same' }
    if (!this.listed.has(now.name)) return { kind: 'unlisted' }
    const type = typeName(now)
    const then = this.older.constructors.get(now.name)
    if (then !== undefined && typeName(then) === type) return { kind: 'fields', then }
    const rule = this.rules.absent[now.name]
    if (typeof rule === 'string') return { kind: rule }
    const instead = insteadOf(rule).find((one) => this.older.constructors.has(one.instead))
    if (instead !== undefined) return { kind: 'instead', rule: instead }
    // A type that the layer lacks cannot be part of another one either.
    if (!this.older.types.has(type)) return { kind: 'refuse' }
    const [sibling] = this.older.types.get(type) ?? []
    return this.fail(sibling, `${now.name} is on the surface, not in this layer, and has no rule`)
  }

  /** Constructor to write instead when the value in one of its fields is omitted. */
  emptiedOf(now: Combinator): (Instead & { field: string; omitted: Omitted[] }) | undefined {
    const rule = this.rules.emptied[now.name]
    const held = now.fields.find(({ name }) => name === rule?.field)
    const omitted = held === undefined ? [] : this.omitted(held.type)
    return rule === undefined || omitted.length === 0 ? undefined : { ...rule, omitted }
  }

  /** Constructors of a type to leave out of vectors. */
  omitted(type: TypeExpr): Omitted[] {
    const members = type.kind === 'boxed' ? (this.newest.types.get(type.name) ?? []) : []
    return members.flatMap((member): Omitted[] => {
      const { name } = member
      if (this.planOf(member).kind === 'omit') return [{ name }]
      const field = this.rules.holding[name]
      const held = member.fields.find((one) => one.name === field)
      if (field === undefined || held === undefined) return []
      return this.omitted(held.type).map((inside) => ({ name, held: { field, name: inside.name } }))
    })
  }

  /** @throws SchemaError if the field cannot be derived and has no rule. */
  fieldPlan(now: Combinator, then: Combinator, field: Field): FieldPlan {
    const plan = this.unsafeFieldPlan(now, then, field)
    if (plan === undefined) {
      const message = `field ${then.name}.${field.name} cannot be derived from the newest layer and has no rule`
      return this.fail(then, message)
    }
    if (field.flag === undefined && !this.canWrite(field.type)) {
      return this.fail(then, `field ${then.name}.${field.name} is of a type that is not on the surface`)
    }
    return plan
  }

  private unsafeFieldPlan(now: Combinator, then: Combinator, field: Field): FieldPlan | undefined {
    const today = now.fields.find(({ name }) => name === field.name)
    const isSame = today !== undefined && isSameType(today.type, field.type)
    const given = this.ruleOf(`${then.name}.${field.name}`)
    if (given !== undefined && 'lacking' in given) return { kind: 'rule', rule: given, own: undefined }
    const sent = given !== undefined && 'sent' in given ? given.sent : undefined
    if (sent === 'never' && field.flag !== undefined) return { kind: 'unset' }
    const isSure =
      today !== undefined && (today.flag === undefined || field.flag !== undefined || sent === 'always')
    if (isSame && isSure) return { kind: 'kept' }
    const rule = given !== undefined && 'sent' in given ? undefined : given
    const isLeftOut = rule === undefined ? today === undefined : 'omit' in rule
    if (rule !== undefined && !isLeftOut) return { kind: 'rule', rule, own: isSame ? today : undefined }
    if (isSure && isNarrowed(today.type, field.type)) return { kind: 'narrowed' }
    // Fields on one bit come and go together.
    const sharesBit = then.fields.some(
      ({ name, flag }) =>
        flag?.field === field.flag?.field &&
        flag?.bit === field.flag?.bit &&
        name !== field.name &&
        !this.isNeverSent(`${then.name}.${name}`),
    )
    if (!isLeftOut || field.flag === undefined || sharesBit) return undefined
    return rule === undefined ? { kind: 'unset' } : { kind: 'rule', rule, own: undefined }
  }

  /** The rule of a field, if one is for this layer. */
  private ruleOf(field: string): FieldRule | SentRule | undefined {
    return ruleFor(this.rules.toOlder[field], this.older)
  }

  private isNeverSent(field: string): boolean {
    const rule = this.ruleOf(field)
    return rule !== undefined && 'sent' in rule && rule.sent === 'never'
  }

  /** Tells whether any value of this type can be written. */
  canWrite(type: TypeExpr): boolean {
    if (type.kind !== 'boxed') return true
    // Rules make the values of types that only older layers have.
    if (!this.newest.types.has(type.name)) return this.older.types.has(type.name)
    const plans = (this.newest.types.get(type.name) ?? []).map((member) => this.planOf(member).kind)
    return plans.some((kind) => kind === 'same' || kind === 'fields' || kind === 'instead')
  }

  /** @throws SchemaError if the answer has another type and no rule. */
  resultPlan(now: Combinator, then: Combinator): ResultPlan {
    if (isSameType(now.result, then.result)) return { kind: this.isAbsent(now.result) ? 'refuse' : 'kept' }
    const rule = this.rules.results[now.name]
    if (rule === undefined) this.fail(then, `${now.name} answers another type here and has no rule`)
    return { kind: 'rule', rule }
  }

  private isAbsent(type: TypeExpr): boolean {
    if (type.kind === 'vector') return this.isAbsent(type.item)
    return type.kind === 'boxed' && !this.older.types.has(type.name)
  }

  private fail(at: Combinator | undefined, message: string): never {
    throw schemaError(this.older.schema.source, at?.offset ?? 0, message)
  }
}

/** Tells whether a type changed when ids grew to 64 bits, in layer 133. */
export function isNarrowed(now: TypeExpr, then: TypeExpr): boolean {
  if (now.kind === 'vector' && then.kind === 'vector') return isNarrowed(now.item, then.item)
  return now.kind === 'primitive' && now.name === 'long' && then.kind === 'primitive' && then.name === 'int'
}

/** Of the rules of a field, the first that is for a layer. */
export function ruleFor(
  given: LayerRules['toOlder'][string] | undefined,
  older: Shape,
): FieldRule | SentRule | undefined {
  const all = given === undefined ? [] : isList(given) ? given : [given]
  return all.find(
    (rule) => !('lacking' in rule) || rule.lacking === undefined || !older.constructors.has(rule.lacking),
  )
}

function isList(given: LayerRules['toOlder'][string]): given is readonly PathRule[] {
  return Array.isArray(given)
}

function insteadOf(rule: LayerRules['absent'][string] | undefined): readonly Instead[] {
  if (rule === undefined || typeof rule === 'string') return []
  return 'instead' in rule ? [rule] : rule
}
