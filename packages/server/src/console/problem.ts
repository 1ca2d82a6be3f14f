import { closestNames, didYouMean } from '@cablegram/tl'
import type * as v from 'valibot'
import { fieldsOf, type JsonSchema, jsonSchema, schemaAt, unwrapped } from './json-schema.ts'
import type { Schema } from './schema.ts'

/** Names that a caller knows the fields of a value by, such as the parameters of a function. */
export type GivenNames = Readonly<Record<string, string>>

/**
 * A sentence that says which part of a value is wrong, and what the part may be. It quotes no text that the caller gave,
 * unless the text had to be one of a few: it may be a password.
 *
 * @param name what the whole value is called
 * @param given fields that the caller gave under names of their own
 */
export function problemIn(
  schema: Schema,
  issue: v.BaseIssue<unknown>,
  name: string,
  given: GivenNames = {},
): string {
  const path = (issue.path ?? []).map(({ key }) => key)
  const place = placeOf(name, path, given)
  const wanted = schemaAt(schema, path)
  if (wanted === undefined) return unknownField(schema, path, place)
  const what = whatItMayBe(jsonSchema(wanted))
  if (issue.input === undefined) return `${place} is missing: it has to be ${what}.`
  return withQuestion(`${place} has to be ${what}${insteadOf(issue.input, wanted)}.`, issue.input, wanted)
}

function placeOf(name: string, [field, ...rest]: readonly unknown[], given: GivenNames): string {
  if (field === undefined) return name
  const own = typeof field === 'string' ? given[field] : undefined
  return rest.reduce<string>(partOf, own ?? partOf(name, field))
}

function partOf(whole: string, key: unknown): string {
  return typeof key === 'number' ? `${whole}[${key}]` : `${whole}.${key}`
}

function unknownField(schema: Schema, path: readonly unknown[], place: string): string {
  const parent = schemaAt(schema, path.slice(0, -1))
  const known = Object.keys(parent === undefined ? {} : fieldsOf(unwrapped(parent)))
  const question = didYouMean(String(path.at(-1)), known)
  return `There is no field ${place}. ${question === '' ? `The fields are ${listed(known, 'and')}.` : question}`
}

/** The values of a schema, in words. */
export function whatItMayBe(schema: JsonSchema): string {
  const { anyOf, description } = schema
  if (anyOf !== undefined) return description ?? listed(anyOf.map(whatItMayBe), 'or')
  if (schema.const !== undefined) return quoted(schema.const)
  if (schema.enum !== undefined) return listed(schema.enum.map(quoted), 'or')
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema.minimum, schema.maximum)}`
    case 'number':
      return `a number${range(schema.minimum, schema.maximum)}`
    case 'boolean':
      return 'true or false'
    case 'string':
      return description ?? `text${lengths(schema.minLength, schema.maxLength, 'characters')}`
    case 'array':
      return `a list${lengths(schema.minItems, schema.maxItems, 'values')}`
    case 'object':
      return `an object with ${listed(schema.required?.length ? schema.required : Object.keys(schema.properties ?? {}), 'and')}`
    default:
      return String(schema.type)
  }
}

function range(min: number | undefined, max: number | undefined): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  return max === undefined ? '' : ` of at most ${max}`
}

function lengths(min: number | undefined, max: number | undefined, unit: string): string {
  if (min === undefined && max === undefined) return ''
  if (min !== undefined && max !== undefined) return ` of ${min} to ${max} ${unit}`
  return min === undefined ? ` of at most ${max} ${unit}` : ` of at least ${min} ${unit}`
}

const MAX_QUOTED = 40

function insteadOf(input: unknown, wanted: Schema): string {
  const { type, enum: options, anyOf = [] } = jsonSchema(unwrapped(wanted))
  switch (typeof input) {
    case 'string':
      if (options !== undefined || type === 'integer') return `, not ${quoted(input.slice(0, MAX_QUOTED))}`
      return type === 'string' || anyOf.some((each) => each.type === 'string') ? '' : ', not text'
    case 'number':
    case 'boolean':
      return `, not ${input}`
    case 'bigint':
      return `, not the bigint ${input}n`
    case 'object':
      if (input === null) return ', not null'
      if (Array.isArray(input)) return type === 'array' ? `, not ${input.length}` : ', not a list'
      return ', not an object'
    default:
      return `, not a ${typeof input}`
  }
}

function withQuestion(sentence: string, input: unknown, wanted: Schema): string {
  const options = jsonSchema(unwrapped(wanted)).enum?.filter((option) => typeof option === 'string')
  if (options === undefined || typeof input !== 'string') return sentence
  const [closest] = closestNames(input, options)
  return closest === undefined ? sentence : `${sentence} Did you mean ${quoted(closest)}?`
}

function quoted(value: unknown): string {
  return JSON.stringify(value)
}

function listed(items: readonly string[], last: 'and' | 'or'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`
}
