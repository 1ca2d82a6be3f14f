import type { StandIns } from '../layers/rules.ts'
import { type Combinator, type Field, fieldName, type TypeExpr } from '../schema/index.ts'
import { flagVariables, hex, identifier, itemKey, wireId } from './identifiers.ts'
import type { Shape } from './shape.ts'
import { type StandIn, standInExpression, standInsFor } from './stand-ins.ts'
import { type Vector, vectorTypes } from './uses.ts'

/** Largest union that is read with a chain of comparisons. */
export const CHAIN_LENGTH = 12

/** Emits the readers of a schema: `rC_` for a constructor's fields, `rT_` for a boxed type, `rV_` for vectors, `rM_` for a method's parameters. */
export function emitReaders(shape: Shape, standIns: StandIns): string[] {
  return [
    ...vectorTypes(shape).map((vector) => emitVectorReader(shape, vector)),
    ...shape.schema.constructors.map((combinator) => emitFieldsReader('rC', combinator)),
    ...[...shape.types].map(([name, siblings]) =>
      emitTypeReader(shape, name, [...siblings, ...standInsFor(siblings, shape, standIns)]),
    ),
    ...shape.schema.methods.map((method) => emitFieldsReader('rM', method)),
  ]
}

/** Expression that reads a value of this type from `r`. */
export function readExpression(type: TypeExpr): string {
  switch (type.kind) {
    case 'primitive':
      return `r.${type.name.toLowerCase()}()`
    case 'flags':
      return 'r.int()'
    case 'true':
      return 'true'
    case 'boxed':
      return `rT_${identifier(type.name)}(r)`
    case 'bare':
      return `rC_${identifier(type.name)}(r)`
    case 'vector':
      return `r${itemKey(type)}(r)`
    case 'generic':
      return 'r.rest()'
  }
}

/**
 * Emits one object literal with fields in schema order, so that all values of a constructor share one hidden class.
 * The flags are read inside the expression of the field that follows them.
 */
export function emitFieldsReader(prefix: string, combinator: Combinator): string {
  const flags = flagVariables(combinator)
  const members = [`_:${JSON.stringify(combinator.name)}`]
  let pending = ''
  for (const field of combinator.fields) {
    if (field.type.kind === 'flags') {
      pending += `${flags.get(field.name)}=r.int(),`
      continue
    }
    const value = fieldExpression(field, flags)
    members.push(`${fieldName(field.name)}:${pending === '' ? value : `(${pending}${value})`}`)
    pending = ''
  }
  const variables = flags.size === 0 ? '' : `let ${[...flags.values()].join(',')};`
  const literal = `{${members.join(',')}}`
  const body = pending === '' ? `return ${literal}` : `const v=${literal};${pending.slice(0, -1)};return v`
  return `function ${prefix}_${identifier(combinator.name)}(r){${variables}${body}}`
}

function fieldExpression(field: Field, flags: ReadonlyMap<string, string>): string {
  const value = readExpression(field.type)
  if (field.flag === undefined) return value
  return `${flags.get(field.flag.field)}&${hex(2 ** field.flag.bit)}?${value}:undefined`
}

function emitTypeReader(shape: Shape, name: string, siblings: readonly StandIn[]): string {
  const own = identifier(name)
  const dispatch = emitDispatch(name, siblings)
  if (!shape.recursive.has(name)) return `function rT_${own}(r){${dispatch}}`
  return `function rU_${own}(r){${dispatch}}\nfunction rT_${own}(r){r.enter();const v=rU_${own}(r);r.leave();return v}`
}

/** Emits the choice by constructor id: comparisons for a few, a hashed switch for many. */
export function emitDispatch(name: string, siblings: readonly StandIn[]): string {
  const [only, second] = siblings
  const call = (one: StandIn) => `return ${standInExpression(one, `rC_${identifier(one.name)}(r)`)}`
  if (only !== undefined && second === undefined) return `r.expect(${wireId(only.id)});${call(only)}`
  const test = (one: StandIn) => `if(i===${wireId(one.id)})${call(one)};`
  const miss = `return r.unknown(${JSON.stringify(name)})`
  if (siblings.length <= CHAIN_LENGTH) return `const i=r.id();${siblings.map(test).join('')}${miss}`
  const { shift, mask, buckets } = hashIds(siblings)
  const cases = [...buckets].map(([key, bucket]) => `case ${key}:${bucket.map(test).join('')}break;`)
  return `const i=r.id();switch(i>>>${shift}&${mask}){${cases.join('')}}${miss}`
}

/** Finds the bits of the id that spread these constructors best over a dense switch. */
function hashIds(siblings: readonly Combinator[]): Hashed {
  const bits = Math.ceil(Math.log2(siblings.length))
  const mask = 2 ** bits - 1
  const shifts = Array.from({ length: 33 - bits }, (_, shift) => shift)
  const all = shifts.map((shift) => ({ shift, mask, buckets: bucketsOf(siblings, shift, mask) }))
  return all.reduce((best, next) => (next.buckets.size > best.buckets.size ? next : best))
}

interface Hashed {
  readonly shift: number
  readonly mask: number
  readonly buckets: ReadonlyMap<number, readonly Combinator[]>
}

function bucketsOf(siblings: readonly Combinator[], shift: number, mask: number): Hashed['buckets'] {
  const keyOf = ({ id }: Combinator) => (id >>> shift) & mask
  const keys = [...new Set(siblings.map(keyOf))].sort((a, b) => a - b)
  return new Map(keys.map((key) => [key, siblings.filter((sibling) => keyOf(sibling) === key)]))
}

function emitVectorReader(shape: Shape, vector: Vector): string {
  const min = Math.max(4, shape.minBytes(vector.item))
  const count = vector.boxed ? `r.vectorCount(${min})` : `r.count(${min})`
  const item = readExpression(vector.item)
  return `function r${itemKey(vector)}(r){const n=${count},a=new Array(n);for(let i=0;i<n;i++)a[i]=${item};return a}`
}
