import type { FieldRule, LayerRules } from '../layers/rules.ts'
import { type Combinator, type Field, fieldName, schemaError, type TypeExpr } from '../schema/index.ts'
import { identifier, itemKey } from './identifiers.ts'
import { HEADER } from './javascript.ts'
import { emitLiteral } from './literal.ts'
import { isSameType, type Sameness, samenessOf } from './sameness.ts'
import { type Shape, typeName } from './shape.ts'
import { emitFieldsWriter, emitVectorWriter, type FieldSource, writeCall } from './writers.ts'

/** What the server runs and sends; a value name with a capital stands for all constructors of that type. */
export interface Surface {
  readonly methods: readonly string[]
  readonly values: readonly string[]
}

/**
 * Compiles the writers of one older layer for the surface: they take values of the newest layer. What is the
 * same in both goes through the newest layer's own writers.
 *
 * @throws SchemaError where a surface constructor needs a rule and there is none.
 */
export function emitOlderWriters(
  newest: Shape,
  older: Shape,
  layer: number,
  surface: Surface,
  rules: LayerRules,
): string {
  return new OlderWriters(newest, older, surface, rules).emit(layer)
}

/** The constructors a surface's value names stand for. */
export function surfaceConstructors({ types, constructors }: Shape, { values }: Surface): Combinator[] {
  return values.flatMap((name) => {
    const one = constructors.get(name)
    const found = types.get(name) ?? (one === undefined ? [] : [one])
    if (found.length === 0) throw new TypeError(`the surface names ${name}, which is not in the newest layer`)
    return found
  })
}

class OlderWriters {
  private readonly newest: Shape
  private readonly older: Shape
  private readonly surface: Surface
  private readonly rules: LayerRules
  private readonly listed: ReadonlySet<string>
  private readonly same: Sameness
  private readonly functions = new Map<string, string>()

  constructor(newest: Shape, older: Shape, surface: Surface, rules: LayerRules) {
    this.newest = newest
    this.older = older
    this.surface = surface
    this.rules = rules
    this.listed = new Set(surfaceConstructors(newest, surface).map(({ name }) => name))
    this.same = samenessOf(newest, older, this.listed)
  }

  emit(layer: number): string {
    const types = new Set(surfaceConstructors(this.newest, this.surface).map(typeName))
    const typeRows = [...types]
      .filter((name) => this.older.types.has(name))
      .map((name) => `["${name}",${this.typeWriter(name)}]`)
    const resultRows = this.surface.methods.flatMap((name) => {
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

  /** Keeps a function under its name; `make` may ask for others, itself included. */
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
    if (isSameType(now.result, then.result) && this.isAbsent(now.result)) return undefined
    const part = this.rules.results[method]
    if (!isSameType(now.result, then.result) && part === undefined) {
      this.fail(then, `${method} answers another type here and has no rule`)
    }
    const value = isSameType(now.result, then.result) ? 'v' : `v.${part}`
    return this.define(`wR_${identifier(method)}`, () => {
      return `function wR_${identifier(method)}(w,v){${this.call(then.result, value)}}`
    })
  }

  private isAbsent(type: TypeExpr): boolean {
    if (type.kind === 'vector') return this.isAbsent(type.item)
    return type.kind === 'boxed' && !this.older.types.has(type.name)
  }

  /** The call that writes a value as an older layer's type, its functions made as needed. */
  private call(type: TypeExpr, value: string): string {
    if (type.kind === 'boxed') this.typeWriter(type.name)
    if (type.kind === 'vector') {
      this.call(type.item, 'v[i]')
      this.define(`w${itemKey(type)}`, () => emitVectorWriter(type, this.omitted(type.item)))
    }
    return writeCall(type, value)
  }

  /** Constructors of a vector's items that this layer does not have and that may be left out. */
  private omitted(item: TypeExpr): string[] {
    const members = item.kind === 'boxed' ? (this.newest.types.get(item.name) ?? []) : []
    const isOmitted = (name: string) =>
      this.rules.absent[name] === 'omit' && !this.older.constructors.has(name)
    return members.flatMap(({ name }) => (isOmitted(name) ? [name] : []))
  }

  private typeWriter(type: string): string {
    const name = `wT_${identifier(type)}`
    return this.define(name, () => {
      if (this.same.types.has(type)) return `function ${name}(w,v){write("${type}",w,v)}`
      const members = this.newest.types.get(type) ?? []
      const same = members.filter((member) => this.same.constructors.has(member.name))
      const own = members.filter((member) => !same.includes(member) && this.isWritten(member, type))
      for (const member of own) this.constructorWriter(member)
      return this.emitType(type, own, same)
    })
  }

  /** Chooses among the constructors with a writer of their own, then those the newest layer's writer does for. */
  private emitType(type: string, own: readonly Combinator[], same: readonly Combinator[]): string {
    const id = identifier(type)
    const [enter, leave] = this.older.recursive.has(type) ? ['w.enter();', ';w.leave()'] : ['', '']
    const tests = own.map(({ name }) => `if(n==="${name}")wC_${identifier(name)}(w,v);else `)
    const names = same.map(({ name }) => `"${name}"`)
    const [set, other] =
      same.length === 0
        ? ['', '']
        : [`const s_${id}=new Set([${names}])\n`, `if(s_${id}.has(n))write("${type}",w,v);else `]
    return `${set}function wT_${id}(w,v){${enter}const n=v?._;${tests.join('')}${other}w.wrong("${type}",v)${leave}}`
  }

  /** On the surface and known in this layer, though not the same. */
  private isWritten(now: Combinator, type: string): boolean {
    if (!this.listed.has(now.name)) return false
    const then = this.older.constructors.get(now.name)
    if (then !== undefined && typeName(then) === type) return true
    if (Object.hasOwn(this.rules.absent, now.name)) return false
    const [sibling] = this.older.types.get(type) ?? []
    return this.fail(sibling ?? then, `${now.name} is on the surface, not in this layer, and has no rule`)
  }

  private constructorWriter(now: Combinator): void {
    this.define(`wC_${identifier(now.name)}`, () => {
      const then = this.older.constructors.get(now.name) ?? now
      return emitFieldsWriter('wC', then, this.fieldsOf(now, then))
    })
  }

  private fieldsOf(now: Combinator, then: Combinator): FieldSource {
    const values = new Map(
      then.fields.map((field) => [field.name, this.fieldValue(now, then, field)] as const),
    )
    return {
      value: ({ name }) => values.get(name),
      write: (field, value) => this.call(field.type, value),
    }
  }

  /** A field of the older constructor as an expression over the newest value; undefined where it is left out. */
  private fieldValue(now: Combinator, then: Combinator, field: Field): string | undefined {
    if (field.type.kind === 'flags') return undefined
    const rule = this.rules.toOlder[`${then.name}.${field.name}`]
    const own = now.fields.find(({ name, type }) => name === field.name && isSameType(type, field.type))
    const isSure = own !== undefined && (own.flag === undefined || field.flag !== undefined)
    if (isSure) return `v.${fieldName(field.name)}`
    if (rule !== undefined) return ruleExpression(rule, own)
    const other = now.fields.find(({ name }) => name === field.name)
    const sharesBit = then.fields.some(
      ({ name, flag }) =>
        name !== field.name && flag?.field === field.flag?.field && flag?.bit === field.flag?.bit,
    )
    if (field.flag !== undefined && other === undefined && !sharesBit) return undefined
    return this.fail(
      then,
      `field ${then.name}.${field.name} cannot be derived from the newest layer and has no rule`,
    )
  }

  private fail(at: Combinator | undefined, message: string): never {
    throw schemaError(this.older.schema.source, at?.offset ?? 0, message)
  }
}

/** A rule's expression over `v`; a field that exists but may be missing falls back to the rule. */
function ruleExpression(rule: FieldRule, own: Field | undefined): string {
  if ('path' in rule) return `v.${rule.path.split('.').join('?.')}`
  const value = emitLiteral(rule.value)
  return own === undefined ? value : `(v.${fieldName(own.name)}??${value})`
}
