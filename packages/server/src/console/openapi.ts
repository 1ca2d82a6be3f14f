import { fieldsOf, jsonSchema } from './json-schema.ts'
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
  return Object.entries(fieldsOf(schema)).map(([name, field]) => ({
    name,
    in: place,
    required: field.type !== 'optional',
    schema: jsonSchema(field),
  }))
}
