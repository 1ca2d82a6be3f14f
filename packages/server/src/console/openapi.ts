import type { Route, Schema } from './route.ts'
import { failure } from './schemas.ts'

type Json = { readonly [key: string]: unknown }

/** The OpenAPI document of a route table. */
export function openApi(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) {
    const path = paths[route.path] ?? {}
    path[route.method.toLowerCase()] = operation(route)
    paths[route.path] = path
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Cablegram console', version },
    paths: { ...paths, '/metrics': { get: METRICS } },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{}, { token: [] }],
  }
}

const METRICS: Json = {
  summary: 'Figures of the server and its process, as Prometheus reads them',
  responses: { 200: { description: 'Done', content: { 'text/plain': { schema: { type: 'string' } } } } },
}

function operation(route: Route): Json {
  const responses: Record<string, Json> = {
    default: { description: 'A refusal', content: jsonContent(failure) },
  }
  for (const [status, schema] of Object.entries(route.answers)) {
    responses[status] =
      schema === undefined ? { description: 'Done' } : { description: 'Done', content: jsonContent(schema) }
  }
  return {
    summary: route.summary,
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(route.body && { requestBody: { required: true, content: jsonContent(route.body) } }),
    responses,
  }
}

function jsonContent(schema: Schema): Json {
  return { 'application/json': { schema: jsonSchema(schema) } }
}

function parameters(schema: Schema | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return []
  return Object.entries(entriesOf(schema)).map(([name, field]) => ({
    name,
    in: place,
    required: field.type !== 'optional',
    schema: jsonSchema(field),
  }))
}

/**
 * A valibot schema as JSON schema: the kinds that the console's schemas use. Of a pipe only what comes in
 * counts, since a transformation (text to number) describes the program's side.
 */
export function jsonSchema(schema: Schema): Json {
  const parts = reflect(schema)
  switch (schema.type) {
    case 'object':
    case 'strict_object': {
      const entries = Object.entries(entriesOf(schema))
      return {
        type: 'object',
        properties: Object.fromEntries(entries.map(([name, field]) => [name, jsonSchema(field)])),
        required: entries.filter(([, field]) => field.type !== 'optional').map(([name]) => name),
      }
    }
    case 'array':
      return { type: 'array', items: parts.item === undefined ? {} : jsonSchema(parts.item) }
    case 'optional':
      return parts.wrapped === undefined ? {} : jsonSchema(parts.wrapped)
    case 'picklist':
      return { type: typeof parts.options?.[0] === 'number' ? 'integer' : 'string', enum: parts.options }
    default:
      return { type: isWhole(parts) ? 'integer' : schema.type, ...limits(parts) }
  }
}

/** What valibot's schemas carry beside what their common type says. */
interface Reflected {
  readonly type: string
  readonly entries?: Readonly<Record<string, Schema>>
  readonly item?: Schema
  readonly wrapped?: Schema
  readonly options?: readonly unknown[]
  readonly pipe?: readonly { readonly type: string; readonly requirement?: unknown }[]
}

function reflect(schema: Schema & Reflected): Reflected {
  return schema
}

function entriesOf(schema: Schema): Readonly<Record<string, Schema>> {
  const parts = reflect(schema)
  return parts.entries ?? {}
}

function isWhole(parts: Reflected): boolean {
  return parts.pipe?.some((step) => step.type === 'integer') === true
}

const LIMITS: Readonly<Record<string, string>> = {
  min_length: 'minLength',
  max_length: 'maxLength',
  min_value: 'minimum',
  max_value: 'maximum',
}

function limits(parts: Reflected): Json {
  const found: Record<string, unknown> = {}
  for (const step of parts.pipe ?? []) {
    if (step.type === 'transform') break
    const name = LIMITS[step.type]
    if (name !== undefined) found[name] = step.requirement
    if (step.requirement instanceof RegExp) found['pattern'] = step.requirement.source
  }
  return found
}
