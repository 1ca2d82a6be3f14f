import { type Combinator, type Field, fieldName, type TypeExpr } from '../schema/index.ts'
import { flagVariables, hex, identifier, itemKey, wireId } from './identifiers.ts'
import { type Bit, emitId, emitPart, type Part, type Term } from './parts.ts'
import { CHAIN_LENGTH } from './readers.ts'
import type { Shape } from './shape.ts'
import { bareNames, type Vector, vectorTypes } from './uses.ts'

/** Emits the writers of a schema: `wC_` for a constructor with its id, `wB_` for one without, `wT_` for a boxed type, `wV_` for vectors, `wM_` for a request. */
export function emitWriters(shape: Shape): string[] {
  const bare = bareNames(shape)
  return [
    ...vectorTypes(shape).map((vector) => emitVectorWriter(vector)),
    ...shape.schema.constructors.map((combinator) => emitFieldsWriter('wC', combinator)),
    ...shape.schema.constructors
      .filter(({ name }) => bare.has(name))
      .map((combinator) => emitFieldsWriter('wB', combinator)),
    ...[...shape.types].map(([name, siblings]) =>
      emitTypeWriter(name, siblings, { isRecursive: shape.recursive.has(name) }),
    ),
    ...shape.schema.methods.map((method) => emitFieldsWriter('wM', method)),
  ]
}

/** Call that writes `value` as this type to `w`; functions of this module also get the arguments `more`. */
export function writeCall(type: TypeExpr, value: string, more = ''): string {
  switch (type.kind) {
    case 'primitive':
      return `w.${type.name.toLowerCase()}(${value})`
    case 'boxed':
      return `wT_${identifier(type.name)}(w,${value}${more})`
    case 'bare':
      return `wB_${identifier(type.name)}(w,${value}${more})`
    case 'vector':
      return `w${itemKey(type)}(w,${value}${more})`
    case 'generic':
      return `w.raw(${value})`
    default:
      throw new TypeError(`${type.kind} is not written by itself`)
  }
}

/** Source of a constructor's fields and the way to write them; layers differ in both. */
export interface FieldSource {
  /** JavaScript expression for a field's value; undefined for an optional field that is never written. */
  value(field: Field): string | undefined
  write(field: Field, value: string): string
}

const OWN_FIELDS: FieldSource = {
  value: (field) => `v.${fieldName(field.name)}`,
  write: (field, value) => writeCall(field.type, value),
}

/** Emits a function that writes a constructor or a request: id (except in `wB`), flags, fields. */
function emitFieldsWriter(prefix: string, combinator: Combinator): string {
  // The writer of a boxed type has checked the constructor before it calls this; a bare one must check here.
  const check = `if(v?._!=="${combinator.name}")w.wrong("${combinator.name}",v)`
  const start = prefix === 'wB' ? check : emitId(wireId(combinator.id))
  const parts = fieldParts(combinator, OWN_FIELDS).map(emitPart)
  return `function ${prefix}_${identifier(combinator.name)}(w,v){${[start, ...parts].join(';')}}`
}

/** The statements that write the fields of a combinator. */
export function fieldParts(combinator: Combinator, source: FieldSource): Part[] {
  const variables = flagVariables(combinator)
  const bitOf = ({ flag }: Field): Bit | undefined =>
    flag && { variable: variables.get(flag.field) ?? '', mask: hex(2 ** flag.bit) }
  return combinator.fields.flatMap((field): Part[] => {
    if (field.type.kind === 'true') return []
    if (field.type.kind === 'flags') {
      const variable = variables.get(field.name) ?? ''
      const terms = flagTerms(combinator, field, source)
      return [
        { kind: 'flags', variable, terms },
        { kind: 'statement', code: `w.int(${variable})`, bit: undefined },
      ]
    }
    const value = source.value(field)
    return value === undefined
      ? []
      : [{ kind: 'statement', code: source.write(field, value), bit: bitOf(field) }]
  })
}

/** A bit is set if any of its fields is present; the writers of the other fields on it then report what is missing. */
function flagTerms(combinator: Combinator, flags: Field, source: FieldSource): Term[] {
  const bits = new Map<number, string[]>()
  for (const field of combinator.fields) {
    if (field.flag?.field !== flags.name) continue
    const value = source.value(field)
    if (value === undefined) continue
    const test = field.type.kind === 'true' ? value : `${value}!==undefined`
    bits.set(field.flag.bit, [...(bits.get(field.flag.bit) ?? []), test])
  }
  return [...bits].map(([bit, tests]) => ({ test: tests.join('||'), mask: hex(2 ** bit) }))
}

/** Emits a function that writes a boxed type: the constructor that `_` names. */
function emitTypeWriter(
  name: string,
  siblings: readonly Combinator[],
  { isRecursive }: { isRecursive: boolean },
): string {
  const own = identifier(name)
  const [enter, leave] = isRecursive ? ['w.enter();', ';w.leave()'] : ['', '']
  const wrong = `w.wrong(${JSON.stringify(name)},v)`
  const [only, second] = siblings
  if (only !== undefined && second === undefined) {
    const check = `if(v?._!==${JSON.stringify(only.name)})${wrong}`
    return `function wT_${own}(w,v){${enter}${check};wC_${identifier(only.name)}(w,v)${leave}}`
  }
  if (siblings.length <= CHAIN_LENGTH) {
    const tests = siblings.map(
      (combinator) =>
        `if(n===${JSON.stringify(combinator.name)})wC_${identifier(combinator.name)}(w,v);else `,
    )
    return `function wT_${own}(w,v){${enter}const n=v?._;${tests.join('')}${wrong}${leave}}`
  }
  const rows = siblings.map(({ name }) => `[${JSON.stringify(name)},wC_${identifier(name)}]`)
  return (
    `const wN_${own}=new Map([${rows.join(',')}])\n` +
    `function wT_${own}(w,v){${enter}const f=wN_${own}.get(v?._);if(f===undefined)${wrong};f(w,v)${leave}}`
  )
}

function emitVectorWriter(vector: Vector): string {
  const start = vector.boxed ? 'w.vector(n)' : 'w.int(n)'
  const loop = `for(let i=0;i<n;i++)${writeCall(vector.item, 'v[i]')}`
  return `function w${itemKey(vector)}(w,v){const n=w.count(v);${start};${loop}}`
}
