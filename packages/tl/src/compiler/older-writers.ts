import type { FieldRule, Instead, LayerRules } from '../layers/rules.ts'
import { type Combinator, type Field, fieldName, type TypeExpr } from '../schema/index.ts'
import { identifier, itemKey } from './identifiers.ts'
import { HEADER } from './javascript.ts'
import { emitLiteral } from './literal.ts'
import { type Shape, typeName } from './shape.ts'
import { type FieldPlan, type Surface, surfaceConstructors, Translation } from './translation.ts'
import { emitFieldsWriter, emitVectorWriter, type FieldSource, writeCall } from './writers.ts'

/**
 * Compiles the writers of one older layer for the surface. They take values of the newest layer; types that are the
 * same in both use the writers of the newest.
 *
 * @throws SchemaError if a constructor on the surface needs a rule and has none.
 */
export function emitOlderWriters(
  newest: Shape,
  older: Shape,
  layer: number,
  surface: Surface,
  rules: LayerRules,
): string {
  return new OlderWriters(new Translation(newest, older, surface, rules)).emit(layer, surface)
}

class OlderWriters {
  private readonly translation: Translation
  private readonly newest: Shape
  private readonly older: Shape
  private readonly functions = new Map<string, string>()

  constructor(translation: Translation) {
    this.translation = translation
    this.newest = translation.newest
    this.older = translation.older
  }

  emit(layer: number, surface: Surface): string {
    const types = new Set(surfaceConstructors(this.newest, surface).map(typeName))
    const typeRows = [...types]
      .filter((name) => this.older.types.has(name))
      .map((name) => `["${name}",${this.typeWriter(name)}]`)
    const resultRows = surface.methods.flatMap((name) => {
      const writer = this.resultWriter(name)
      return writer === undefined ? [] : [`["${name}",${writer}]`]
    })
    return `${HEADER}${[
      "import { write } from '../api.js'",
      `export const layer = ${layer}`,
      ...this.functions.values(),
      `export const types = new Map([${typeRows.join(',\n')}])`,
      `export const results = new Map([${resultRows.join(',\n')}])`,
    ].join('\n')}\n`
  }

  /** Adds a function under its name once; `make` may ask for others, including itself. */
  private define(name: string, make: () => string): string {
    if (!this.functions.has(name)) {
      this.functions.set(name, '')
      this.functions.set(name, make())
    }
    return name
  }

  private resultWriter(method: string): string | undefined {
    const now = this.newest.methods.get(method)
    if (now === undefined)
      throw new TypeError(`the surface names ${method}, which is not in the newest layer`)
    const then = this.older.methods.get(method) ?? now
    const plan = this.translation.resultPlan(now, then)
    if (plan.kind === 'refuse') return undefined
    const name = `wR_${identifier(method)}`
    return this.define(name, () => {
      const body = plan.kind === 'kept' ? this.call(then.result, 'v') : this.ruleCall(then.result, plan.rule)
      return `function ${name}(w,v){${body}}`
    })
  }

  private ruleCall(type: TypeExpr, rule: LayerRules['results'][string]): string {
    if ('value' in rule) return this.call(type, emitLiteral(rule.value))
    if (rule.embed === undefined) return this.call(type, `v.${rule.path}`)
    const { field, from } = rule.embed
    const item = `v.${from}.find((x)=>x.id===p.id)`
    return `const p=v.${rule.path};${this.call(type, `{...p,${field}:${item}}`)}`
  }

  /** Call that writes a value as a type of the older layer; emits the functions it needs. */
  private call(type: TypeExpr, value: string): string {
    if (type.kind === 'boxed') this.typeWriter(type.name)
    if (type.kind === 'vector') {
      this.call(type.item, 'v[i]')
      this.define(`w${itemKey(type)}`, () => emitVectorWriter(type, this.translation.omitted(type.item)))
    }
    return writeCall(type, value)
  }

  private typeWriter(type: string): string {
    const name = `wT_${identifier(type)}`
    return this.define(name, () => {
      if (this.translation.isSame(type)) return `function ${name}(w,v){write("${type}",w,v)}`
      const members = this.newest.types.get(type) ?? []
      const tests = members.map((member) => this.memberTest(member))
      const same = members.filter((member) => this.translation.planOf(member).kind === 'same')
      return this.emitType(type, tests.join(''), same)
    })
  }

  /** Emits the code for a constructor that the newest layer's writer cannot write. */
  private memberTest(now: Combinator): string {
    const plan = this.translation.planOf(now)
    if (plan.kind === 'instead') return test(`n==="${now.name}"`, this.insteadCall(now, plan.rule))
    if (plan.kind !== 'fields') return ''
    const writer = `wC_${identifier(now.name)}`
    this.define(writer, () => emitFieldsWriter('wC', plan.then, this.fieldsOf(now, plan.then)))
    const emptied = this.translation.emptiedOf(now)
    const own = test(`n==="${now.name}"`, `${writer}(w,v)`)
    if (emptied === undefined) return own
    const isOmitted = emptied.omitted.map((name) => `v.${fieldName(emptied.field)}?._==="${name}"`).join('||')
    return test(`n==="${now.name}"&&(${isOmitted})`, this.insteadCall(now, emptied)) + own
  }

  private insteadCall(now: Combinator, { instead, fields }: Instead): string {
    const members = Object.entries(fields).map(([name, rule]) => `${name}:${ruleExpression(rule, undefined)}`)
    return writeCall(now.result, `{${[`_:"${instead}"`, ...members].join(',')}}`)
  }

  /** Emits the choice: first constructors that differ, then those that the newest layer's writer can write. */
  private emitType(type: string, tests: string, same: readonly Combinator[]): string {
    const id = identifier(type)
    const [enter, leave] = this.older.recursive.has(type) ? ['w.enter();', ';w.leave()'] : ['', '']
    const names = same.map(({ name }) => `"${name}"`)
    const [set, other] =
      same.length === 0
        ? ['', '']
        : [`const s_${id}=new Set([${names}])\n`, test(`s_${id}.has(n)`, `write("${type}",w,v)`)]
    return `${set}function wT_${id}(w,v){${enter}const n=v?._;${tests}${other}w.wrong("${type}",v)${leave}}`
  }

  private fieldsOf(now: Combinator, then: Combinator): FieldSource {
    const plans = then.fields
      .filter(({ type }) => type.kind !== 'flags')
      .map((field) => [field, this.translation.fieldPlan(now, then, field)] as const)
    const byName = new Map(plans.map(([field, plan]) => [field.name, plan]))
    return {
      value: (field) => planExpression(field, byName.get(field.name)),
      write: (field, value) =>
        byName.get(field.name)?.kind === 'narrowed' ? `w.narrow(${value})` : this.call(field.type, value),
    }
  }
}

function test(condition: string, call: string): string {
  return `if(${condition})${call};else `
}

/** Expression for a field of the older constructor over the newest value; undefined if it is left out. */
function planExpression(field: Field, plan: FieldPlan | undefined): string | undefined {
  if (plan === undefined || plan.kind === 'unset') return undefined
  return plan.kind === 'rule' ? ruleExpression(plan.rule, plan.own) : `v.${fieldName(field.name)}`
}

/** Expression of a rule over `v`; an existing optional field falls back to the rule when it is missing. */
function ruleExpression(rule: FieldRule, own: Field | undefined): string | undefined {
  if ('omit' in rule) return undefined
  if ('path' in rule) return `v.${rule.path.split('.').join('?.')}`
  const value = emitLiteral(rule.value)
  return own === undefined ? value : `(v.${fieldName(own.name)}??${value})`
}
