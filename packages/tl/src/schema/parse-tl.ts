import {
  BUILT_IN,
  type Combinator,
  type Field,
  PRIMITIVES,
  type Schema,
  type Source,
  type TypeExpr,
} from './ast.ts'
import { combinatorId } from './crc.ts'
import { TokenCursor } from './tokens.ts'

/**
 * Parses TL text as Telegram publishes it: `name#id {X:Type} field:flags.1?Vector<T> … = Type;` in sections
 * `---types---` and `---functions---`. A missing id is computed from the text.
 *
 * @throws SchemaError where the text is not TL. `checkSchema` checks what the text means.
 */
export function parseTl(text: string, file: string): Schema {
  const source: Source = { text, file }
  const cursor = new TokenCursor(source)
  const constructors: Combinator[] = []
  const methods: Combinator[] = []
  let kind: Combinator['kind'] = 'constructor'
  while (cursor.next.text !== '') {
    if (cursor.skip('---types---')) kind = 'constructor'
    else if (cursor.skip('---functions---')) kind = 'method'
    else if (BUILT_IN.has(cursor.next.text)) skipDeclaration(cursor)
    else (kind === 'method' ? methods : constructors).push(parseCombinator(cursor, kind))
  }
  return { source, constructors, methods }
}

function skipDeclaration(cursor: TokenCursor): void {
  while (cursor.next.text !== ';') {
    if (cursor.next.text === '') cursor.fail('expected ";"')
    cursor.take()
  }
  cursor.take()
}

function parseCombinator(cursor: TokenCursor, kind: Combinator['kind']): Combinator {
  const { text: name, offset } = parseName(cursor, 'a constructor or method')
  const statedId = cursor.skip('#') ? parseId(cursor) : undefined
  const generics: string[] = []
  while (cursor.skip('{')) generics.push(parseGeneric(cursor))
  const fields: Field[] = []
  while (!cursor.skip('=')) fields.push(parseField(cursor, generics))
  const result = parseType(cursor, generics)
  cursor.expect(';')
  const rest = { available: undefined, errors: [], offset }
  const id = statedId ?? combinatorId({ name, generics, fields, result })
  return { kind, name, id, generics, fields, result, ...rest }
}

function parseName(cursor: TokenCursor, what: string): { text: string; offset: number } {
  const first = cursor.word(what)
  let text = first.text
  while (cursor.skip('.')) text += `.${cursor.word('a name').text}`
  return { text, offset: first.offset }
}

function parseId(cursor: TokenCursor): number {
  if (!/^[0-9a-f]{1,8}$/.test(cursor.next.text)) cursor.fail('expected an id of up to 8 hex digits')
  return Number.parseInt(cursor.take().text, 16)
}

function parseGeneric(cursor: TokenCursor): string {
  const { text } = cursor.word('a type variable')
  cursor.expect(':')
  cursor.expect('Type')
  cursor.expect('}')
  return text
}

function parseField(cursor: TokenCursor, generics: readonly string[]): Field {
  const { text: name, offset } = cursor.word('a field or "="')
  cursor.expect(':')
  const base = { name, flag: undefined, offset }
  if (cursor.skip('#')) return { ...base, type: { kind: 'flags' } }
  if (cursor.skip('!')) {
    const variable = cursor.word('a type variable')
    if (!generics.includes(variable.text)) cursor.fail('not a type variable of this method', variable)
    return { ...base, type: { kind: 'generic', name: variable.text } }
  }
  return { ...base, ...parseFlagged(cursor, generics) }
}

/** Parses `Type` or `flags.3?Type`; the two differ only after the name. */
function parseFlagged(cursor: TokenCursor, generics: readonly string[]): Pick<Field, 'type' | 'flag'> {
  const type = parseType(cursor, generics)
  const flag = type.kind === 'bare' ? /^(\w+)\.(\d+)$/.exec(type.name) : null
  if (flag?.[1] === undefined || !cursor.skip('?')) return { type, flag: undefined }
  return { type: parseType(cursor, generics), flag: { field: flag[1], bit: Number(flag[2]) } }
}

function parseType(cursor: TokenCursor, generics: readonly string[]): TypeExpr {
  if (cursor.skip('%')) return { kind: 'bare', name: parseName(cursor, 'a type').text }
  const { text: name } = parseName(cursor, 'a type')
  if (name === 'Vector' || name === 'vector') {
    cursor.expect('<')
    const item = parseType(cursor, generics)
    cursor.expect('>')
    return { kind: 'vector', boxed: name === 'Vector', item }
  }
  return namedType(name, generics)
}

/** Parses a type by its name: TL writes boxed types with a capital letter, bare ones without. */
export function namedType(name: string, generics: readonly string[] = []): TypeExpr {
  const primitive = PRIMITIVES.get(name)
  if (primitive !== undefined) return { kind: 'primitive', name: primitive }
  if (name === '#') return { kind: 'flags' }
  if (name === 'true') return { kind: 'true' }
  if (generics.includes(name)) return { kind: 'generic', name }
  return { kind: /^[A-Z]/.test(name.slice(name.lastIndexOf('.') + 1)) ? 'boxed' : 'bare', name }
}
