import {
  BUILT_IN,
  type Combinator,
  type Field,
  type MethodError,
  type Schema,
  type Source,
  type TypeExpr,
} from './ast.ts'
import { type JsonNode, parseJson } from './json.ts'
import { namedType } from './parse-tl.ts'
import { schemaError } from './place.ts'

/** Differences between schemas published as JSON. */
export interface JsonOptions {
  /** Prefix to remove from every name: the service schema writes `mt_resPQ`. */
  readonly prefix?: string
  /** Tells the publisher's own entries from Telegram's. */
  readonly isForeign?: (name: string) => boolean
}

/**
 * Parses a schema in JSON form: an array of entries, or an object with that array as `e`; each entry has
 * `kind`, `name`, `id`, `type`, `arguments` and perhaps `throws` and `available`. Descriptions (`comment`) are not read:
 * they are sentences of core.telegram.org.
 *
 * @throws SchemaError if the text has another form.
 */
export function parseJsonSchema(text: string, file: string, options: JsonOptions = {}): Schema {
  const source: Source = { text, file }
  const root = parseJson(source)
  const entries = new EntryReader(source, options).array(root.get('e') ?? root)
  const reader = new EntryReader(source, options)
  const all = entries.map((entry) => reader.combinator(entry))
  const kept = all.filter(({ name }) => !BUILT_IN.has(name) && options.isForeign?.(name) !== true)
  return {
    source,
    constructors: kept.filter(({ kind }) => kind === 'constructor'),
    methods: kept.filter(({ kind }) => kind === 'method'),
  }
}

class EntryReader {
  private readonly source: Source
  private readonly prefix: string

  constructor(source: Source, options: JsonOptions) {
    this.source = source
    this.prefix = options.prefix ?? ''
  }

  combinator(entry: JsonNode): Combinator {
    const isMethod = this.string(entry, 'kind') === 'method'
    const generics = this.optionalArray(entry, 'generics').map((generic) => this.string(generic, 'name'))
    const available = this.optionalString(entry, 'available')
    return {
      kind: isMethod ? 'method' : 'constructor',
      name: this.withoutPrefix(this.string(entry, 'name')),
      id: this.number(entry, 'id') >>> 0,
      generics,
      fields: this.optionalArray(entry, 'arguments').map((argument) => this.field(argument, generics)),
      result: this.type(entry, generics),
      available: available === 'both' || available === 'user' || available === 'bot' ? available : undefined,
      errors: this.optionalArray(entry, 'throws').map((error) => this.error(error)),
      offset: entry.offset,
    }
  }

  array(node: JsonNode): readonly JsonNode[] {
    if (!Array.isArray(node.value)) throw schemaError(this.source, node.offset, 'expected an array')
    return node.value
  }

  private field(argument: JsonNode, generics: readonly string[]): Field {
    const predicate = argument.get('typeModifiers')?.get('predicate')
    return {
      name: this.string(argument, 'name'),
      type: this.type(argument, generics),
      flag: predicate === undefined ? undefined : this.flag(predicate),
      offset: argument.offset,
    }
  }

  private flag(predicate: JsonNode): Field['flag'] {
    const found = /^(\w+)\.(\d+)$/.exec(String(predicate.value))
    if (found?.[1] === undefined) throw schemaError(this.source, predicate.offset, 'expected "flags.N"')
    return { field: found[1], bit: Number(found[2]) }
  }

  private type(node: JsonNode, generics: readonly string[]): TypeExpr {
    const name = this.string(node, 'type')
    const has = (modifier: string) => node.get('typeModifiers')?.get(modifier)?.value === true
    const item: TypeExpr = name.startsWith('!')
      ? { kind: 'generic', name: name.slice(1) }
      : has('isBareType')
        ? { kind: 'bare', name: this.withoutPrefix(name) }
        : namedType(name, generics)
    if (has('isVector')) return { kind: 'vector', boxed: true, item }
    return has('isBareVector') ? { kind: 'vector', boxed: false, item } : item
  }

  private error(node: JsonNode): MethodError {
    return { code: this.number(node, 'code'), name: this.string(node, 'name') }
  }

  private withoutPrefix(name: string): string {
    return name.startsWith(this.prefix) ? name.slice(this.prefix.length) : name
  }

  private string(node: JsonNode, key: string): string {
    const value = node.get(key)?.value
    if (typeof value !== 'string') throw schemaError(this.source, node.offset, `expected a string "${key}"`)
    return value
  }

  private number(node: JsonNode, key: string): number {
    const value = node.get(key)?.value
    if (typeof value !== 'number') throw schemaError(this.source, node.offset, `expected a number "${key}"`)
    return value
  }

  private optionalString(node: JsonNode, key: string): string | undefined {
    return node.get(key) === undefined ? undefined : this.string(node, key)
  }

  private optionalArray(node: JsonNode, key: string): readonly JsonNode[] {
    const child = node.get(key)
    return child === undefined ? [] : this.array(child)
  }
}
