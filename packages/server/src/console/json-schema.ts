import type { Schema } from './schema.ts'

/** A JSON Schema of the kinds that the console's schemas have. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
}

/**
 * A valibot schema as JSON Schema, as a caller has to fill it: of a pipe only what comes before a transformation counts.
 * Metadata named `input` replaces what the schema itself says.
 *
 * @throws {TypeError} for a kind of schema that has no JSON Schema here
 */
export function jsonSchema(schema: Schema): JsonSchema {
  const parts = reflect(schema)
  const steps = stepsOf(parts)
  const input = steps.find((step) => step.metadata?.input !== undefined)?.metadata?.input
  const description = steps.find((step) => step.type === 'description')?.description
  return {
    ...(input ?? { ...withoutLimits(parts), ...limits(parts.type, steps) }),
    ...(description !== undefined && { description }),
  }
}

/** The schemas of an object's fields; none for any other schema. */
export function fieldsOf(schema: Schema): Readonly<Record<string, Schema>> {
  return reflect(schema).entries ?? {}
}

/** The schema at the end of a path of keys; undefined where the path leads nowhere. */
export function schemaAt(schema: Schema, path: readonly unknown[]): Schema | undefined {
  let at: Schema | undefined = schema
  for (const key of path) {
    if (at === undefined) return undefined
    const { entries, item } = reflect(unwrapped(at))
    at = item ?? (Object.hasOwn(entries ?? {}, String(key)) ? entries?.[String(key)] : undefined)
  }
  return at
}

/** The fields of a schema under `optional` and `nullable`. */
export function unwrapped(schema: Schema): Schema {
  const { wrapped } = reflect(schema)
  return wrapped === undefined ? schema : unwrapped(wrapped)
}

/** The parts of valibot's schemas that their common type does not have. */
interface Reflected {
  readonly type: string
  readonly entries?: Readonly<Record<string, Schema>>
  readonly item?: Schema
  readonly wrapped?: Schema
  readonly options?: readonly unknown[]
  readonly literal?: unknown
  readonly pipe?: readonly Step[]
}

/** A step of a pipe. */
interface Step {
  readonly type: string
  readonly pipe?: readonly Step[]
  readonly requirement?: unknown
  readonly description?: string
  readonly metadata?: { readonly input?: JsonSchema }
}

function reflect(schema: Schema & Reflected): Reflected {
  return schema
}

/** The steps before the first transformation, and all metadata. */
function stepsOf(parts: Reflected): readonly Step[] {
  const pipe = flattened(parts)
  const end = pipe.findIndex((step) => step.type === 'transform')
  return end < 0
    ? pipe
    : [...pipe.slice(0, end), ...pipe.slice(end).filter((step) => step.type === 'metadata')]
}

/** A pipe may begin with another one. */
function flattened({ pipe = [] }: { readonly pipe?: readonly Step[] }): Step[] {
  return pipe.flatMap((step) => (step.pipe === undefined ? [step] : flattened(step)))
}

function withoutLimits(parts: Reflected): JsonSchema {
  const { type, item, wrapped, options, literal } = parts
  switch (type) {
    case 'string':
    case 'number':
    case 'boolean':
      return { type }
    case 'object':
    case 'strict_object':
      return objectSchema(parts)
    case 'array':
      return { type, ...(item && { items: jsonSchema(item) }) }
    case 'optional':
      return wrapped === undefined ? {} : jsonSchema(wrapped)
    case 'nullable':
      return wrapped === undefined ? {} : { anyOf: [jsonSchema(wrapped), { type: 'null' }] }
    case 'union':
      return { anyOf: (options ?? []).filter(isSchema).map(jsonSchema) }
    case 'literal':
      return { const: literal }
    case 'picklist':
      return { type: typeof options?.[0] === 'number' ? 'integer' : 'string', enum: options ?? [] }
    default:
      throw new TypeError(`a schema of the type ${type} has no JSON Schema`)
  }
}

function isSchema(option: unknown): option is Schema {
  return typeof option === 'object' && option !== null && 'kind' in option
}

function objectSchema({ type, entries = {} }: Reflected): JsonSchema {
  const fields = Object.entries(entries)
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, jsonSchema(field)])),
    required: fields.filter(([, field]) => reflect(field).type !== 'optional').map(([name]) => name),
    ...(type === 'strict_object' && { additionalProperties: false }),
  }
}

/** The keywords of a limit, for text and for lists. */
const LIMITS: Readonly<Record<string, readonly [text: string, list: string]>> = {
  min_length: ['minLength', 'minItems'],
  max_length: ['maxLength', 'maxItems'],
  min_value: ['minimum', 'minimum'],
  max_value: ['maximum', 'maximum'],
}

function limits(type: string, steps: readonly Step[]): JsonSchema {
  const found: Record<string, unknown> = {}
  for (const step of steps) {
    const names = LIMITS[step.type]
    if (names !== undefined) found[names[type === 'array' ? 1 : 0]] = step.requirement
    if (step.type === 'integer') found['type'] = 'integer'
    if (step.requirement instanceof RegExp) found['pattern'] = step.requirement.source
  }
  return found
}
