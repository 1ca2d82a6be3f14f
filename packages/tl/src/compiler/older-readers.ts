import type { LayerRules, MakingRule } from '../layers/rules.ts'
import {
  type Combinator,
  type Field,
  fieldName,
  type Schema,
  schemaError,
  type TypeExpr,
} from '../schema/index.ts'
import { flagVariables, hex, identifier, itemKey } from './identifiers.ts'
import { HEADER } from './javascript.ts'
import { emitLiteral } from './literal.ts'
import { ruleExpression } from './rule-expression.ts'
import { isSameType, samenessOf } from './sameness.ts'
import { type Shape, typeName } from './shape.ts'
import { type StandIn, standInExpression, standInsFor } from './stand-ins.ts'
import { isNarrowed, type Surface } from './translation.ts'

/**
 * Compiles readers for requests that only older layers have; they return the newest form. Covers the methods of the
 * surface, and names every method id that the newest layer lacks.
 *
 * @param olders oldest first; of two combinators with the same id the newer one wins.
 * @throws SchemaError if a field of the newest form needs a rule and has none.
 */
export function emitOlderReaders(
  newest: Shape,
  olders: readonly Shape[],
  surface: Surface,
  rules: LayerRules,
): string {
  const readers = new OlderReaders(newest, olders, rules)
  const methods = surface.methods.flatMap((name) => readers.methodRows(name))
  const known = new Set(newest.schema.methods.map(({ id }) => id))
  const others = olders.flatMap(({ schema }) => schema.methods.filter(({ id }) => !known.has(id)))
  const names = new Map(others.map(({ id, name }) => [id, name]))
  const functions = [...readers.functions].sort(([a], [b]) => (a < b ? -1 : 1))
  return `${HEADER}${[
    "import { read } from '../api.js'",
    ...functions.map(([, text]) => text),
    `export const requests = new Map([${methods.join(',\n')}])`,
    `export const names = new Map([${[...names].map(([id, name]) => `[${id},"${name}"]`).join(',\n')}])`,
  ].join('\n')}\n`
}

class OlderReaders {
  readonly functions = new Map<string, string>()
  private readonly newest: Shape
  private readonly olders: readonly Shape[]
  private readonly rules: LayerRules
  /** Types of each older layer that the newest layer's readers can read. */
  private readonly plain: ReadonlyMap<Shape, ReadonlySet<string>>

  constructor(newest: Shape, olders: readonly Shape[], rules: LayerRules) {
    this.newest = newest
    this.olders = olders
    this.rules = rules
    this.plain = new Map(olders.map((older) => [older, samenessOf(older, newest, new Set()).types]))
  }

  /** Table rows for the ids of a method that the newest layer cannot read. */
  methodRows(name: string): string[] {
    const now = this.newest.methods.get(name)
    if (now === undefined) throw new TypeError(`the surface names ${name}, which is not in the newest layer`)
    const byId = new Map<number, { then: Combinator; schema: Schema }>()
    for (const { methods, schema } of [...this.olders, this.newest]) {
      const then = methods.get(name)
      if (then !== undefined) byId.set(then.id, { then, schema })
    }
    const needed = [...byId.values()].filter(
      ({ then }) => then.id !== now.id || then.fields.some(({ type }) => !this.isPlain(type)),
    )
    return needed.map(({ then, schema }) => `[${then.id},${this.reader('rM', now, then, schema)}]`)
  }

  /** Tells whether the newest layer's reader can read this type from bytes of any layer. */
  private isPlain(type: TypeExpr): boolean {
    if (type.kind === 'vector') return this.isPlain(type.item)
    if (type.kind !== 'boxed' || this.rules.onlyNewest.includes(type.name)) return true
    return this.olders.every((older) => !older.types.has(type.name) || this.plain.get(older)?.has(type.name))
  }

  private define(name: string, make: () => string): string {
    if (!this.functions.has(name)) {
      this.functions.set(name, '')
      this.functions.set(name, make())
    }
    return name
  }

  private expression(type: TypeExpr): string {
    switch (type.kind) {
      case 'primitive':
        return `r.${type.name.toLowerCase()}()`
      case 'generic':
        return 'r.rest()'
      case 'vector':
        return `${this.vectorReader(type)}(r)`
      case 'boxed':
        return this.isPlain(type) ? `read("${type.name}",r)` : `${this.typeReader(type.name)}(r)`
      default:
        throw new TypeError(`requests of older layers have no ${type.kind}`)
    }
  }

  private vectorReader(type: TypeExpr & { kind: 'vector' }): string {
    const name = `r${itemKey(type)}`
    return this.define(name, () => `function ${name}(r){return r.vector((r)=>${this.expression(type.item)})}`)
  }

  /** Reader of a type with constructors that the newest layer cannot read; tries those first. */
  private typeReader(type: string): string {
    const name = `rT_${identifier(type)}`
    return this.define(name, () => {
      const byId = new Map<number, { then: StandIn; schema: Schema }>()
      for (const shape of [...this.olders, this.newest]) {
        const own = shape.types.get(type) ?? []
        for (const then of [...own, ...standInsFor(own, shape, this.rules.standIns)])
          byId.set(then.id, { then, schema: shape.schema })
      }
      const cases = [...byId.values()].flatMap(({ then, schema }) => {
        if (this.isReadAs(then))
          return [`case ${then.id}:r.id();return ${this.reader('rC', then, then, schema)}(r)`]
        const now = this.newest.constructors.get(then.name)
        const isRead = now?.id === then.id && then.fields.every((field) => this.isPlain(field.type))
        if (now === undefined || isRead) return []
        if (then.within === undefined && typeName(now) !== type) return []
        const fields = `${this.reader('rC', now, then, schema)}(r)`
        return [`case ${then.id}:r.id();return ${standInExpression(then, fields)}`]
      })
      const others = this.newest.types.has(type)
        ? `return read("${type}",r)`
        : `r.id();return r.unknown("${type}")`
      const body = `switch(r.peekId()){${cases.join(';')}}${others}`
      if (!this.newest.recursive.has(type)) return `function ${name}(r){${body}}`
      return `function ${name}_(r){${body}}\nfunction ${name}(r){r.enter();const v=${name}_(r);r.leave();return v}`
    })
  }

  /** Function that reads the fields of an older combinator in order and returns the newest form. */
  private reader(prefix: string, now: Combinator, then: Combinator, schema: Schema): string {
    const name = `${prefix}_${identifier(then.name)}_${then.id.toString(16)}`
    return this.define(name, () => {
      const flags = flagVariables(then)
      const statements = then.fields.map((field) => {
        if (field.type.kind === 'flags') return `const ${flags.get(field.name)}=r.int()`
        const value = field.type.kind === 'true' ? 'true' : this.expression(field.type)
        const { flag } = field
        const test = flag === undefined ? '' : `${flags.get(flag.field)}&${hex(2 ** flag.bit)}?`
        return `const ${local(field)}=${test}${value}${test === '' ? '' : ':undefined'}`
      })
      const members = now.fields
        .filter(({ type }) => type.kind !== 'flags')
        .map((field) => [fieldName(field.name), this.fieldValue(field, then, schema)] as const)
      return `function ${name}(r){${statements.join(';')};return ${this.literal(now, members)}}`
    })
  }

  /** Tells whether a rule says what to read a constructor as. */
  private isReadAs({ name, fields }: Combinator): boolean {
    const rule = this.rules.readAs[name]
    if (rule === undefined || 'as' in rule) return rule !== undefined
    return fields.some((field) => field.name === rule.into)
  }

  private literal(now: Combinator, members: readonly (readonly [string, string])[]): string {
    const rule = this.isReadAs(now) ? this.rules.readAs[now.name] : undefined
    const isWhole = (name: string) => rule !== undefined && 'into' in rule && rule.into === name
    const parts = members.map(([name, value]) => (isWhole(name) ? `...${value}` : `${name}:${value}`))
    if (rule !== undefined && 'into' in rule) return `{${parts.join(',')}}`
    return `{${[`_:"${rule?.as ?? now.name}"`, ...parts].join(',')}}`
  }

  /** Expression for a field of the newest form over the values read. */
  private fieldValue(field: Field, then: Combinator, schema: Schema): string {
    const own = then.fields.find(({ name, type }) => name === field.name && isSameType(type, field.type))
    if (own !== undefined && (own.flag === undefined || field.flag !== undefined)) return local(own)
    const rule = this.rules.fromOlder[`${then.name}.${field.name}`]
    if (rule !== undefined && 'value' in rule) {
      const value = emitLiteral(rule.value)
      return own === undefined ? value : `${local(own)}??${value}`
    }
    if (rule !== undefined && hasSource(rule, then)) return ruleExpression(rule, (path) => pathOf(path, then))
    const other = then.fields.find(({ name }) => name === field.name)
    if (field.flag !== undefined && other === undefined) return 'undefined'
    if (other !== undefined && isNarrowed(field.type, other.type)) return widened(other)
    const message = `field ${then.name}.${field.name} of the newest layer cannot be derived from this and has no rule`
    throw schemaError(schema.source, then.offset, message)
  }
}

function widened(field: Field): string {
  const { type, flag } = field
  const wide = type.kind === 'vector' ? `${local(field)}.map(BigInt)` : `BigInt(${local(field)})`
  return flag === undefined ? wide : `${local(field)}===undefined?undefined:${wide}`
}

/** Tells whether a combinator has the field from which a rule takes its value. */
function hasSource(rule: MakingRule, { fields }: Combinator): boolean {
  const path = 'path' in rule ? rule.path : 'make' in rule ? rule.where : undefined
  return path !== undefined && fields.some(({ name }) => name === path.split('.')[0])
}

/** Expression for a path whose first name is a field of the older combinator. */
function pathOf(path: string, { fields }: Combinator): string {
  const [first, ...rest] = path.replace(/^\^/, '').split('.')
  const field = fields.find(({ name }) => name === first)
  if (field === undefined) return 'undefined'
  return [local(field), ...rest].join('?.')
}

function local(field: Field): string {
  return `$${fieldName(field.name)}`
}
