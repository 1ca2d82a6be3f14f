import type { Source } from './ast.ts'
import { schemaError } from './place.ts'

/** A JSON value with its position, which `JSON.parse` does not give. */
export class JsonNode {
  readonly value: string | number | boolean | null | readonly JsonNode[] | ReadonlyMap<string, JsonNode>
  readonly offset: number

  constructor(value: JsonNode['value'], offset: number) {
    this.value = value
    this.offset = offset
  }

  /** Returns a member of an object; undefined if there is no such member or this is not an object. */
  get(key: string): JsonNode | undefined {
    return this.value instanceof Map ? this.value.get(key) : undefined
  }
}

/** Parses JSON text. @throws SchemaError where the text is not JSON. */
export function parseJson(source: Source): JsonNode {
  const parser = new JsonParser(source)
  return parser.document()
}

const TOKEN =
  /[ \t\r\n]*(?:([[\]{},:])|("(?:[^"\\\n]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)|$)/y

class JsonParser {
  private readonly source: Source
  private text = ''
  private offset = 0

  constructor(source: Source) {
    this.source = source
    this.advance(0)
  }

  document(): JsonNode {
    const node = this.value()
    if (this.text !== '') this.fail('expected the end of the text')
    return node
  }

  private advance(from: number): void {
    TOKEN.lastIndex = from
    const found = TOKEN.exec(this.source.text)
    if (found === null) {
      this.offset = from + (/^\s*/.exec(this.source.text.slice(from))?.[0].length ?? 0)
      this.fail('not JSON')
    }
    this.text = found[1] ?? found[2] ?? found[3] ?? ''
    this.offset = TOKEN.lastIndex - this.text.length
  }

  private take(): string {
    const { text } = this
    this.advance(this.offset + text.length)
    return text
  }

  private skip(mark: string): boolean {
    if (this.text !== mark) return false
    this.take()
    return true
  }

  private value(): JsonNode {
    const { offset } = this
    if (this.skip('[')) return new JsonNode(this.array(), offset)
    if (this.skip('{')) return new JsonNode(this.object(), offset)
    if (/^[\]},:]?$/.test(this.text)) this.fail('expected a value')
    return new JsonNode(this.scalar(), offset)
  }

  /** A token can have the right outline and still be invalid: `"\x"`, a control character, `01`. */
  private scalar(): string | number | boolean | null {
    try {
      const value: string | number | boolean | null = JSON.parse(this.text)
      this.take()
      return value
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      return this.fail('expected JSON')
    }
  }

  private array(): JsonNode[] {
    const items: JsonNode[] = []
    if (this.skip(']')) return items
    do items.push(this.value())
    while (this.skip(','))
    if (!this.skip(']')) this.fail('expected "," or "]"')
    return items
  }

  private object(): Map<string, JsonNode> {
    const members = new Map<string, JsonNode>()
    if (this.skip('}')) return members
    do {
      if (!this.text.startsWith('"')) this.fail('expected a member')
      const key = String(this.scalar())
      if (!this.skip(':')) this.fail('expected ":"')
      members.set(key, this.value())
    } while (this.skip(','))
    if (!this.skip('}')) this.fail('expected "," or "}"')
    return members
  }

  private fail(message: string): never {
    throw schemaError(this.source, this.offset, message)
  }
}
