// Long form: three times the requests.
/**
 * Sends requests that follow /openapi.json, and requests that do not: every answer is one the document
 * names, and no request makes the server fail.
 */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startServer } from '@cablegram/server'
import fc from 'fast-check'
import { effort } from '../effort.ts'

const SEED = 20_261_128
const REQUESTS_OF_EACH: number = effort(4, 12)

interface JsonSchema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
}

interface Operation {
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required: boolean
    readonly schema: JsonSchema
  }[]
  readonly requestBody?: {
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } }
  }
  readonly responses: Readonly<Record<string, unknown>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** The first accounts and bots, the first app, the first fault. */
const IDS_IN_USE = [1, 10_001, 1_000_001, 1_000_002, 1_000_003]

const server = await startServer({ store: 'memory', testClock: true })
after(() => server.close())
const { paths }: Document = JSON.parse(await (await fetch(`${server.info.console}/openapi.json`)).text())

/** Values that the document allows. */
function allowed(schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(allowed))
  switch (schema.type) {
    case 'integer': {
      const [min, max] = [schema.minimum ?? -1000, Math.min(schema.maximum ?? 1000, 2 ** 31)]
      const inUse = IDS_IN_USE.filter((id) => id >= min && id <= max)
      return fc.oneof(fc.integer({ min, max }), fc.constantFrom(...inUse, max))
    }
    case 'number':
      return fc.double({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(allowed(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 4),
      })
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, each]) => [name, allowed(each)]),
        ),
        { requiredKeys: [...(schema.required ?? [])] },
      )
    default:
      return text(schema)
  }
}

/** Texts with a meaning for some route, and texts without one. */
function text({ pattern, minLength = 0, maxLength = 64 }: JsonSchema): fc.Arbitrary<string> {
  const known = fc.constantFrom(
    '+9996621234',
    '9996632222',
    '+1 555 0100',
    'auth.sendCode',
    'ada@example.org',
    'echo_bot',
    '::1',
  )
  const any = fc.string({ minLength, maxLength: Math.min(maxLength, 300), unit: 'grapheme' })
  return pattern === undefined
    ? fc.oneof(known, any)
    : fc.oneof(known, fc.stringMatching(new RegExp(pattern, 'u'), { maxLength: Math.min(maxLength, 64) }))
}

/** Values, most of which are not allowed. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1e3',
    '9'.repeat(400),
    '%',
    '../..',
    '\u0000',
    '💥',
    '٩٩٩',
    '__proto__',
    'null',
  ),
)

const mostly = (schema: JsonSchema): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: allowed(schema) }, { weight: 1, arbitrary: anything })

interface Request {
  readonly params: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
  readonly body: unknown
}

function requests({ parameters = [], requestBody }: Operation): fc.Arbitrary<Request> {
  const at = (place: string) => {
    const here = parameters.filter((parameter) => parameter.in === place)
    const values = here.map(({ name, schema }) => [
      name,
      mostly(name === 'timeoutMs' ? { ...schema, maximum: 2 } : schema),
    ])
    const requiredKeys = here
      .filter(({ required, name }) => required || name === 'timeoutMs')
      .map(({ name }) => name)
    return fc.record<Record<string, unknown>>(Object.fromEntries(values), { requiredKeys })
  }
  const body = requestBody && mostly(requestBody.content['application/json'].schema)
  return fc.record({ params: at('path'), query: at('query'), body: body ?? fc.constant(undefined) })
}

async function send(method: string, path: string, { params, query, body }: Request): Promise<number> {
  const filled = path.replace(
    /\{(\w+)\}/g,
    (_, name: string) => encodeURIComponent(String(params[name])) || '%20',
  )
  const url = new URL(filled, server.info.console)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value))
  const init =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(url, { method: method.toUpperCase(), ...init })
  await response.arrayBuffer()
  return response.status
}

for (const [path, operations] of Object.entries(paths)) {
  for (const [method, operation] of Object.entries(operations)) {
    test(`${method.toUpperCase()} ${path} answers as documented, whatever it is asked`, async () => {
      await fc.assert(
        fc.asyncProperty(requests(operation), async (request) => {
          const status = await send(method, path, request)
          assert.ok(String(status) in operation.responses, `${status} to ${JSON.stringify(request)}`)
        }),
        { seed: SEED, numRuns: REQUESTS_OF_EACH, endOnFailure: true },
      )
    })
  }
}
