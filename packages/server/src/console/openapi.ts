import { fieldsOf, jsonSchema } from './json-schema.ts'
import { BYTES, type Route, type Schema } from './route.ts'
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
    info: {
      title: 'Cablegram console',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description: 'What the server has sent, whom it knows, and what is to go wrong.',
    },
    servers: [{ url: '/' }],
    paths: { ...paths, '/metrics': { get: metricsOperation() } },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{}, { token: [] }],
  }
}

function metricsOperation(): Json {
  return {
    operationId: 'getMetrics',
    summary: 'Figures of the server and its process, as Prometheus reads them',
    responses: {
      200: { description: 'Done', content: { 'text/plain': { schema: { type: 'string' } } } },
      ...refusals([401, 403]),
    },
  }
}

function operation(route: Route): Json {
  const responses: Record<string, Json> = {}
  for (const [status, schema] of Object.entries(route.answers)) {
    responses[status] =
      schema === undefined ? { description: 'Done' } : { description: 'Done', content: contentOf(schema) }
  }
  return {
    operationId: operationId(route),
    summary: route.summary,
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(route.body && { requestBody: { required: true, content: jsonContent(route.body) } }),
    responses: { ...responses, ...refusals(refusalsOf(route)) },
  }
}

/** Such as `putApiPhoneRulesDigits`. */
function operationId({ method, path }: Route): string {
  const words = path.match(/\w+/g) ?? []
  return method.toLowerCase() + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'A value is wrong; the message names it',
  401: 'The bearer token is missing or wrong',
  403: 'The request comes from another host or origin, or the rules forbid this to the account',
  404: 'Nothing has this name or id',
  409: 'The state of the server does not allow it',
  413: 'The body is too large',
  415: 'The body is not JSON',
  429: 'Too much at once',
  503: 'The disk takes no writes',
}

/** The statuses that a route refuses with: its own, and those of what is checked before it runs. */
function refusalsOf({ params, query, body, method, refuses }: Route): number[] {
  const isChecked = params !== undefined || query !== undefined || body !== undefined
  return [
    ...(isChecked ? [400] : []),
    401,
    403,
    ...refuses,
    ...(body === undefined ? [] : [413]),
    ...(method === 'GET' ? [] : [415, 503]),
  ]
}

function refusals(statuses: readonly number[]): Readonly<Record<number, Json>> {
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: REFUSALS[status] ?? '', content: jsonContent(failure) },
    ]),
  )
}

function contentOf(schema: Schema | typeof BYTES): Json {
  return schema === BYTES ? { 'application/octet-stream': {} } : jsonContent(schema)
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
