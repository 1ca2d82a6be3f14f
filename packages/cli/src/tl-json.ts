import { closestNames, didYouMean, UsageError } from '@cablegram/tl'
import { constructorShape, constructorsOf, methodShape } from '@cablegram/tl/fields'
import { CommandLineError } from './errors.ts'

/** Encodes a request. Throws a UsageError `TL_VALUE` at the first value of a wrong type. */
export type EncodeRequest = (request: { readonly _: string }) => unknown

/**
 * Turns a call's parameters from JSON into TL values. Those are plain objects too, except for `long` (a decimal string
 * in JSON) and bytes (base64). JSON does not tell such strings from text, but the codec does: if it refuses a value, the
 * value's other forms are tried.
 *
 * @throws CommandLineError if no form of a value fits its field, or if there is no such field
 */
export function paramsFromJson(method: string, json: string, encode: EncodeRequest): object {
  const source = parseObject(json)
  const forms = new Map<string, number>()
  for (;;) {
    const params = convert(source, '', forms)
    const trace = traceReads({ ...params, _: method })
    try {
      encode(trace.value)
      checkAllRead(method, source, '', trace.reads)
      return params
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      checkMisspelt(method, source, trace.lastPath(), trace.reads)
      const form = (forms.get(trace.lastPath()) ?? 0) + 1
      const value = at(source, trace.lastPath())
      if (form >= formsOf(value).length) throw unfit(error, value)
      forms.set(trace.lastPath(), form)
    }
  }
}

/** The codec's error, about the JSON that stands for its values. */
function unfit({ message }: UsageError, value: Json | undefined): CommandLineError {
  const inJson = message
    .replace(
      /expected a (?:signed 64-bit )?bigint(?:, not a string)?/,
      'expected a long as a decimal string, such as "5"',
    )
    .replace(/expected ((?:\d+ )?bytes)(?:, not a string)?/, 'expected $1 as a string in base64')
  const question = isObject(value) && '_' in value ? constructorHint(String(value['_']), message) : ''
  return new CommandLineError(`${inJson}.${question === '' ? '' : ` ${question}`}`)
}

/** A constructor of the type that the codec wanted, where the given one is unknown. */
function constructorHint(given: string, message: string): string {
  const [, type = ''] = /expected an? ([\w.]+), and/.exec(message) ?? []
  if (constructorShape(given) !== undefined) return ''
  return didYouMean(
    given,
    constructorsOf(type).map(({ name }) => name),
  )
}

/** The writer reads every field, also those that are left out: a name that it has not read does not exist. */
function checkAllRead(method: string, json: Json, path: string, reads: ReadonlySet<string>): void {
  if (typeof json !== 'object' || json === null) return
  for (const [key, value] of Object.entries(json)) {
    if (key === '_') continue
    const place = `${path}/${key}`
    if (!reads.has(place)) throw noSuchField(method, path, key, fieldsOf(method, path, json))
    checkAllRead(method, value, place, reads)
  }
}

/** The names of all fields of the object at this path, of the method itself at the empty one. */
function fieldsOf(method: string, path: string, json: object): string[] {
  const shape = path === '' ? methodShape(method) : constructorShape('_' in json ? String(json._) : '')
  return (shape?.fields ?? []).filter(({ type }) => type !== '#').map(({ key }) => key)
}

const MOST_FIELDS = 12

function noSuchField(method: string, path: string, key: string, fields: readonly string[]): CommandLineError {
  const where = `${method}${path.replaceAll('/', '.')}`
  const names = fields.length > MOST_FIELDS ? [...fields.slice(0, MOST_FIELDS), '…'] : fields
  const all = names.length === 0 ? 'It has no fields.' : `It has ${names.join(', ')}.`
  return new CommandLineError(`${where} has no "${key}". ${didYouMean(key, fields) || all}`)
}

/** A field that is missing, where a name beside it that was not read looks like it: a slip of the pen. */
function checkMisspelt(method: string, source: JsonObject, path: string, reads: ReadonlySet<string>): void {
  const end = path.lastIndexOf('/')
  const [parentPath, field] = [path.slice(0, end), path.slice(end + 1)]
  const parent = at(source, parentPath)
  if (!isObject(parent) || parent[field] !== undefined) return
  const unread = Object.keys(parent).filter((key) => key !== '_' && !reads.has(`${parentPath}/${key}`))
  const wrong = unread.find((key) => closestNames(key, [field]).length > 0)
  if (wrong !== undefined) throw noSuchField(method, parentPath, wrong, [field])
}

/** Writes a TL value as JSON: longs as decimal strings, bytes as base64. */
export function toJson(value: unknown, indent?: number): string {
  const plain = (_key: string, part: unknown) => {
    if (typeof part === 'bigint') return part.toString()
    if (part instanceof Uint8Array) return Buffer.from(part).toString('base64')
    return part
  }
  return JSON.stringify(value, plain, indent)
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = { readonly [key: string]: Json }

function parseObject(text: string): JsonObject {
  const value = parse(text)
  if (isObject(value)) return value
  throw new CommandLineError(
    'the parameters have to be a JSON object, such as \'{"id":[{"_":"inputUserSelf"}]}\'.',
  )
}

function parse(text: string): Json {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CommandLineError(
      `the parameters are not JSON: ${error instanceof Error ? error.message : error}.`,
    )
  }
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The possible TL values of a JSON value, the plainest first. */
function formsOf(json: Json | undefined): unknown[] {
  if (typeof json === 'number' && Number.isSafeInteger(json)) return [json, BigInt(json)]
  if (typeof json !== 'string') return [json]
  const forms: unknown[] = [json]
  if (/^-?\d{1,20}$/.test(json)) forms.push(BigInt(json))
  if (/^[A-Za-z0-9+/]*={0,2}$/.test(json)) forms.push(new Uint8Array(Buffer.from(json, 'base64')))
  return forms
}

/** Builds the TL values, in the form noted for their path, else in the plainest. */
function convert(json: JsonObject, path: string, forms: ReadonlyMap<string, number>): object
function convert(json: Json, path: string, forms: ReadonlyMap<string, number>): unknown
function convert(json: Json, path: string, forms: ReadonlyMap<string, number>): unknown {
  if (json === null) return undefined
  if (typeof json !== 'object') return formsOf(json)[forms.get(path) ?? 0]
  const part = (key: string | number, value: Json) => convert(value, `${path}/${key}`, forms)
  if (Array.isArray(json)) return json.map((value, index) => part(index, value))
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, part(key, value)]))
}

function at(source: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = source
  for (const key of path.split('/').slice(1)) {
    value = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined
  }
  return value
}

/** Notes the properties that were read. When a writer throws, the last one is the wrong one. */
function traceReads<T extends object>(top: T): { value: T; lastPath(): string; reads: ReadonlySet<string> } {
  const reads = new Set<string>()
  let last = ''
  const follow = <V>(part: V, path: string): V => {
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) return part
    return new Proxy(part, {
      get(target, key) {
        const child: unknown = Reflect.get(target, key)
        if (typeof key === 'symbol' || key === '_') return child
        if (key === 'length' && Array.isArray(target)) return child
        last = `${path}/${key}`
        reads.add(last)
        return follow(child, last)
      },
    })
  }
  return { value: follow(top, ''), lastPath: () => last, reads }
}
