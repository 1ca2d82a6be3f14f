import type { FieldRule, Instead, LayerRules } from '../layers/rules.ts'
import { type Combinator, type Field, fieldName, type TypeExpr } from '../schema/index.ts'
import { answerSuffix, identifier, itemKey, wireId } from './identifiers.ts'
import type { Part } from './parts.ts'
import { pathIn, ruleExpression } from './rule-expression.ts'
import { type Shape, typeName } from './shape.ts'
import {
  type FieldPlan,
  type Omitted,
  type Surface,
  surfaceConstructors,
  type Translation,
} from './translation.ts'
import type { Vector } from './uses.ts'
import { type FieldSource, fieldParts, writeCall } from './writers.ts'

/** Body of a function of `w`, `v` and the layer `L`: text, or parts that may be merged with those of other layers. */
export type Body = string | readonly Part[]

/** Everything that writes the surface in one older layer. */
export interface LayerWriters {
  readonly layer: number
  /** `wT_` writes a boxed type, `wC_` a constructor, `wV_` a vector, `wP_` another answer, `wR_` an answer by a rule. */
  readonly functions: ReadonlyMap<string, Body>
  /** `s_`: constructors of a type that the newest layer's writer writes, if they are too many to compare one by one. */
  readonly sets: ReadonlyMap<string, readonly string[]>
  /** Names of the functions that write the types of the surface, or {@link NEWEST}; without types that the layer lacks. */
  readonly types: ReadonlyMap<string, string>
  /** Names of the functions that write a method's answer, or {@link NEWEST}; without answers that the layer lacks. */
  readonly answers: ReadonlyMap<string, string>
}

/** In place of a function's name: the layer writes this as the newest does. */
export const NEWEST = '"newest"'

/** Largest number of constructors that are compared one by one; above it, a set loads faster. */
const FEW = 4

/** Arguments of a function besides `w` and `v`. */
const LAYER = ',L'

/**
 * Compiles the writers of one older layer for the surface. They take values of the newest layer; types that are the
 * same in both use the writers of the newest.
 *
 * @param isSameInAll tells whether all older layers write a type as the newest does
 * @throws SchemaError if a constructor on the surface needs a rule and has none.
 */
export function olderWriters(
  layer: number,
  translation: Translation,
  surface: Surface,
  isSameInAll: (type: string) => boolean,
): LayerWriters {
  const writers = new OlderWriters(translation, isSameInAll)
  writers.addSurface(surface)
  const { functions, sets, types, answers } = writers
  return { layer, functions, sets, types, answers }
}

class OlderWriters {
  readonly functions = new Map<string, Body>()
  readonly sets = new Map<string, readonly string[]>()
  readonly types = new Map<string, string>()
  readonly answers = new Map<string, string>()
  private readonly translation: Translation
  private readonly isSameInAll: (type: string) => boolean
  private readonly newest: Shape
  private readonly older: Shape

  constructor(translation: Translation, isSameInAll: (type: string) => boolean) {
    this.translation = translation
    this.isSameInAll = isSameInAll
    this.newest = translation.newest
    this.older = translation.older
  }

  addSurface(surface: Surface): void {
    for (const type of new Set(surfaceConstructors(this.newest, surface).map(typeName))) {
      if (!this.older.types.has(type)) continue
      if (!this.translation.isSame(type)) this.addTypeWriter(type)
      this.types.set(type, this.translation.isSame(type) ? NEWEST : `wT_${identifier(type)}`)
    }
    for (const method of surface.methods) this.addAnswer(method)
  }

  /** Adds a function under its name once; `make` may ask for others, including itself. */
  private define(name: string, make: () => Body): void {
    if (this.functions.has(name)) return
    this.functions.set(name, '')
    this.functions.set(name, make())
  }

  private addAnswer(method: string): void {
    const now = this.newest.methods.get(method)
    if (now === undefined)
      throw new TypeError(`the surface names ${method}, which is not in the newest layer`)
    const then = this.older.methods.get(method) ?? now
    const plan = this.translation.resultPlan(now, then)
    if (plan.kind === 'refuse') return
    const isNewest = plan.kind === 'kept' && this.isWrittenByNewest(then.result)
    const name = plan.kind === 'kept' ? `w${answerSuffix(then.result)}` : `wR_${identifier(method)}`
    this.answers.set(method, isNewest ? NEWEST : name)
    if (plan.kind === 'rule') this.define(name, () => this.ruleCall(then.result, plan.rule))
    else if (!isNewest) this.call(then.result, 'v')
  }

  private isWrittenByNewest(type: TypeExpr): boolean {
    if (type.kind === 'boxed') return this.translation.isSame(type.name)
    if (type.kind !== 'vector') return true
    return this.isWrittenByNewest(type.item) && this.translation.omitted(type.item).length === 0
  }

  private ruleCall(type: TypeExpr, rule: LayerRules['results'][string]): string {
    if (!('embed' in rule))
      return this.call(
        type,
        ruleExpression(rule, (path) => pathIn('v', path)),
      )
    const { field, from } = rule.embed
    const item = `v.${from}.find((x)=>x.id===p.id)`
    return `const p=v.${rule.path};${this.call(type, `{...p,${field}:${item}}`)}`
  }

  /** Call that writes a value as a type of the older layer; adds the functions it needs. */
  private call(type: TypeExpr, value: string): string {
    if (type.kind === 'boxed') {
      if (this.isSameInAll(type.name)) return `write("${type.name}",w,${value})`
      this.addTypeWriter(type.name)
    }
    if (type.kind === 'vector') this.define(`w${itemKey(type)}`, () => this.vectorParts(type))
    return writeCall(type, value, LAYER)
  }

  private vectorParts(vector: Vector): Part[] {
    const start = vector.boxed ? 'w.vector(n)' : 'w.int(n)'
    const loop = `${start};for(let i=0;i<n;i++)${this.call(vector.item, 'v[i]')}`
    const tests = this.translation.omitted(vector.item).map((omitted) => omissionTest(omitted, 'n', 'x'))
    return [
      statement('w.count(v)'),
      ...(tests.length === 0 ? [] : [{ kind: 'omit', tests } as const]),
      statement('const n=v.length'),
      statement(loop),
    ]
  }

  private addTypeWriter(type: string): void {
    this.define(`wT_${identifier(type)}`, () => {
      if (this.translation.isSame(type)) return `write("${type}",w,v)`
      const members = this.newest.types.get(type) ?? []
      if (members.length === 0) return this.choice(type, this.formerCases(type), [])
      const cases = members.flatMap((member) => this.memberCases(member))
      const same = members.filter((member) => this.translation.planOf(member).kind === 'same')
      return this.choice(type, cases, same)
    })
  }

  /** The cases of a type that only older layers have; a rule makes its values. */
  private formerCases(type: string): Part[] {
    const members = this.older.types.get(type) ?? []
    return members.map((member): Part => {
      const writer = `wC_${identifier(member.name)}`
      const fields: FieldSource = {
        value: (field) => `v.${fieldName(field.name)}`,
        write: (field, value) => this.narrowCall(field.type, value),
      }
      this.define(writer, () => [{ kind: 'id', id: wireId(member.id) }, ...fieldParts(member, fields)])
      return { kind: 'case', test: `n==="${member.name}"`, code: `${writer}(w,v${LAYER})` }
    })
  }

  /** The cases of a constructor that the newest layer's writer cannot write. */
  private memberCases(now: Combinator): Part[] {
    const isNamed = `n==="${now.name}"`
    const plan = this.translation.planOf(now)
    if (plan.kind === 'instead')
      return [{ kind: 'case', test: isNamed, code: this.insteadCall(now, plan.rule) }]
    if (plan.kind !== 'fields') return []
    const writer = `wC_${identifier(now.name)}`
    this.define(writer, () => this.constructorParts(now, plan.then))
    const own: Part = { kind: 'case', test: isNamed, code: `${writer}(w,v${LAYER})` }
    const emptied = this.translation.emptiedOf(now)
    if (emptied === undefined) return [own]
    const held = `v.${fieldName(emptied.field)}`
    const isOmitted = emptied.omitted.map((omitted) => omissionTest(omitted, `${held}?._`, held)).join('||')
    return [{ kind: 'case', test: `${isNamed}&&(${isOmitted})`, code: this.insteadCall(now, emptied) }, own]
  }

  private constructorParts(now: Combinator, then: Combinator): Part[] {
    return [{ kind: 'id', id: wireId(then.id) }, ...fieldParts(then, this.fieldsOf(now, then))]
  }

  private insteadCall(now: Combinator, { instead, fields }: Instead): string {
    const members = Object.entries(fields).map(
      ([name, rule]) => `${name}:${fieldExpression(rule, undefined)}`,
    )
    return writeCall(now.result, `{${[`_:"${instead}"`, ...members].join(',')}}`, LAYER)
  }

  /** The choice: first constructors that differ, then those that the newest layer's writer can write. */
  private choice(type: string, cases: readonly Part[], same: readonly Combinator[]): Part[] {
    const isRecursive = this.older.recursive.has(type)
    return [
      ...(isRecursive ? [statement('w.enter()')] : []),
      statement('const n=v?._'),
      ...cases,
      ...this.sameCases(
        type,
        same.map(({ name }) => name),
      ),
      statement(`w.wrong("${type}",v)`),
      ...(isRecursive ? [statement('w.leave()')] : []),
    ]
  }

  /** The cases of constructors that the newest layer's writer can write. */
  private sameCases(type: string, same: readonly string[]): Part[] {
    const caseOf = (test: string): Part => ({ kind: 'case', test, code: `write("${type}",w,v)` })
    if (same.length <= FEW) return same.map((name) => caseOf(`n==="${name}"`))
    const set = `s_${identifier(type)}`
    this.sets.set(set, same)
    return [caseOf(`${set}(L).has(n)`)]
  }

  private fieldsOf(now: Combinator, then: Combinator): FieldSource {
    const plans = then.fields
      .filter(({ type }) => type.kind !== 'flags')
      .map((field) => [field, this.translation.fieldPlan(now, then, field)] as const)
    const byName = new Map(plans.map(([field, plan]) => [field.name, plan]))
    return {
      value: (field) => planExpression(field, byName.get(field.name)),
      write: (field, value) =>
        isNarrow(byName.get(field.name)) ? this.narrowCall(field.type, value) : this.call(field.type, value),
    }
  }

  /** Call that writes a long, or a list of longs, as what it was before layer 133; a rule may also give ints. */
  private narrowCall(type: TypeExpr, value: string): string {
    if (type.kind === 'primitive' && type.name === 'int') return `w.narrow(${value})`
    if (type.kind !== 'vector' || type.item.kind !== 'primitive' || type.item.name !== 'int')
      return this.call(type, value)
    this.define('wV_narrow', () => [
      statement('const n=w.count(v)'),
      statement('w.vector(n);for(let i=0;i<n;i++)w.narrow(v[i])'),
    ])
    return `wV_narrow(w,${value}${LAYER})`
  }
}

/** Tests if a value is to be left out, by its constructor `n` and the value that it holds. */
function omissionTest({ name, held }: Omitted, n: string, value: string): string {
  const isNamed = `${n}==="${name}"`
  return held === undefined ? isNamed : `${isNamed}&&${value}.${held.field}?._==="${held.name}"`
}

function statement(code: string): Part {
  return { kind: 'statement', code, bit: undefined }
}

function isNarrow(plan: FieldPlan | undefined): boolean {
  return plan?.kind === 'narrowed' || (plan?.kind === 'rule' && !('value' in plan.rule))
}

/** Expression for a field of the older constructor over the newest value; undefined if it is left out. */
function planExpression(field: Field, plan: FieldPlan | undefined): string | undefined {
  if (plan === undefined || plan.kind === 'unset') return undefined
  if (plan.kind !== 'rule') return `v.${fieldName(field.name)}`
  const value = fieldExpression(plan.rule, plan.own)
  // A bit tells that there is a value, even if that is zero.
  return field.type.kind === 'true' && value !== undefined ? `(${value}!==undefined)` : value
}

/** Expression of a rule over `v`; an existing optional field falls back to the rule when it is missing. */
function fieldExpression(rule: FieldRule, own: Field | undefined): string | undefined {
  if ('omit' in rule) return undefined
  const value = ruleExpression(rule, (path) => pathIn('v', path))
  return own === undefined || !('value' in rule) ? value : `(v.${fieldName(own.name)}??${value})`
}
