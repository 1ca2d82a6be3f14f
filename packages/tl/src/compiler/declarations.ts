import { type Combinator, type Field, fieldName, type Schema, type TypeExpr } from '../schema/index.ts'
import { errorType, methodDoc, shortDoc } from './docs.ts'
import { HEADER } from './javascript.ts'
import { type Shape, shapeOf } from './shape.ts'
import { CommentText, type Words } from './words.ts'

/** TypeScript types of the primitives. */
const PRIMITIVES = {
  int: 'number',
  long: 'bigint',
  double: 'number',
  string: 'string',
  bytes: 'Uint8Array',
  int128: 'Uint8Array',
  int256: 'Uint8Array',
  Bool: 'boolean',
}

/** Names that the module itself declares; a schema must not use them. */
const RESERVED = ['Types', 'Requests', 'Params', 'Results', 'Errors', 'MethodName', 'Api', 'AnyConstructor']

/**
 * Compiles a checked schema to the declarations of its module: types in namespaces, and the codec's functions.
 *
 * @param words become doc comments; left out for a schema without pages of its own
 */
export function emitDeclarations(schema: Schema, layer: number | undefined, words?: Words): string {
  const shape = shapeOf(schema)
  const docs = new Docs(schema, words)
  const names = new TypeNames(shape)
  return `${HEADER}${[
    "import type { TlReader, TlWriter } from '@cablegram/tl'",
    'export {}',
    emitValues(shape, names, docs),
    emitMaps(shape, names, docs),
    emitApi(shape, names, docs),
    emitFunctions(layer),
  ].join('\n\n')}\n`
}

/** Splits `auth.SentCode` into its namespace (or '') and its own name. */
function split(name: string): [string, string] {
  const dot = name.indexOf('.')
  return dot < 0 ? ['', name] : [name.slice(0, dot), name.slice(dot + 1)]
}

/** References to types: a top-level name that a namespace hides gets an alias `$Name`. */
class TypeNames {
  readonly aliases = new Set<string>()
  private readonly inSpace = new Map<string, Set<string>>()

  constructor({ types, constructors }: Shape) {
    for (const name of [...types.keys(), ...constructors.keys()]) {
      const [space, own] = split(name)
      if (space === '' && RESERVED.includes(own)) throw new TypeError(`the schema declares ${own}`)
      const known = this.inSpace.get(space) ?? new Set()
      if (known.has(own)) throw new TypeError(`${name} is both a type and a constructor`)
      this.inSpace.set(space, known.add(own))
    }
  }

  get spaces(): string[] {
    return [...this.inSpace.keys()].filter((space) => space !== '').sort()
  }

  /** Prints a type as written inside a namespace ('' for the top level). */
  of(name: string, inside: string): string {
    const isHidden = !name.includes('.') && inside !== '' && this.inSpace.get(inside)?.has(name) === true
    if (!isHidden) return name
    this.aliases.add(name)
    return `$${name}`
  }

  expression(type: TypeExpr, inside: string): string {
    switch (type.kind) {
      case 'primitive':
        return PRIMITIVES[type.name]
      case 'flags':
        return 'number'
      case 'true':
        return 'boolean'
      case 'boxed':
      case 'bare':
        return this.of(type.name, inside)
      case 'vector':
        return `${this.expression(type.item, inside)}[]`
      case 'generic':
        return 'Uint8Array'
    }
  }
}

/** The console of a server on this machine, which has a page for each method. */
const PAGES = 'http://127.0.0.1:10081/docs/methods/'

/** The doc comments of a schema's names. */
class Docs {
  private readonly text: CommentText
  private readonly words: Words | undefined

  constructor(schema: Schema, words: Words | undefined) {
    this.text = new CommentText(schema)
    this.words = words
  }

  method(method: Combinator, indent: string): string {
    if (this.words === undefined) return methodDoc(method, {}, indent)
    const { about, repeat } = this.words.methods[method.name] ?? {}
    const texts = { about: this.plain(about), repeat: this.plain(repeat), page: PAGES + method.name }
    return methodDoc(method, texts, indent)
  }

  constructorOf(name: string, indent: string): string {
    return this.line(this.words?.constructors[name]?.about, indent)
  }

  type(name: string, indent: string): string {
    return this.line(this.words?.types[name]?.about, indent)
  }

  field({ kind, name }: Combinator, field: Field, indent: string): string {
    const { fields } = this.words?.[kind === 'method' ? 'methods' : 'constructors'][name] ?? {}
    return this.line(fields?.[field.name], indent)
  }

  private line(text: string | undefined, indent: string): string {
    return shortDoc(this.plain(text), indent)
  }

  private plain(text: string | undefined): string | undefined {
    return text === undefined ? undefined : this.text.of(text)
  }
}

function emitValues(shape: Shape, names: TypeNames, docs: Docs): string {
  const blocks = ['', ...names.spaces].map((space) => {
    const isHere = (name: string) => split(name)[0] === space
    const indent = space === '' ? '' : '  '
    const constructors = shape.schema.constructors
      .filter(({ name }) => isHere(name))
      .map((combinator) => emitInterface(combinator, names, docs, space))
    const unions = [...shape.types]
      .filter(([name]) => isHere(name))
      .map(([name, siblings]) => {
        const members = siblings.map((sibling) => names.of(sibling.name, space))
        return `${docs.type(name, indent)}${indent}export type ${split(name)[1]} = ${members.join(' | ')}`
      })
    const body = [...constructors, ...unions].join('\n')
    return space === '' ? body : `export namespace ${space} {\n${body}\n}`
  })
  const aliases = [...names.aliases].sort().map((name) => `type $${name} = ${name}`)
  return [...aliases, ...blocks].join('\n')
}

function emitInterface(combinator: Combinator, names: TypeNames, docs: Docs, space: string): string {
  const indent = space === '' ? '' : '  '
  const inner = `${indent}  `
  const fields = fieldsOf(combinator).map(
    (field) => `${docs.field(combinator, field, inner)}${inner}${emitField(field, names, space)}\n`,
  )
  const [, own] = split(combinator.name)
  return `${docs.constructorOf(combinator.name, indent)}${indent}export interface ${own} {\n${indent}  _: '${combinator.name}'\n${fields.join('')}${indent}}`
}

/** Visible fields of a value: all except the flags fields. */
function fieldsOf({ fields }: Combinator): Field[] {
  return fields.filter(({ type }) => type.kind !== 'flags')
}

function emitField(field: Field, names: TypeNames, space: string): string {
  const type = names.expression(field.type, space)
  const name = fieldName(field.name)
  return field.flag === undefined ? `${name}: ${type}` : `${name}?: ${type} | undefined`
}

function emitMaps({ schema, types }: Shape, names: TypeNames, docs: Docs): string {
  const requests = schema.methods.map((method) => {
    const fields = fieldsOf(method).map(
      (field) => `${docs.field(method, field, '    ')}    ${emitField(field, names, '')}\n`,
    )
    return `  '${method.name}': {\n    _: '${method.name}'\n${fields.join('')}  }`
  })
  const results = schema.methods.map(({ name, result }) => `  '${name}': ${names.expression(result, '')}`)
  const errors = schema.methods.map(({ name, errors }) => {
    const texts = [...new Set(errors.map(errorType))].map((text) => `'${text}'`)
    return `  '${name}': ${texts.length === 0 ? 'never' : texts.join(' | ')}`
  })
  return `/** Boxed types by their TL names. */
export interface Types {
  Bool: boolean
${[...types.keys()].map((name) => `  '${name}': ${name}`).join('\n')}
}

/** Requests by method name: the name as \`_\`, with the parameters beside it. */
export interface Requests {
${requests.join('\n')}
}

/** Answers by method name. */
export interface Results {
${results.join('\n')}
}

/** Documented errors by method name, as an RpcError's \`type\`. Any method may also answer with the general ones. */
export interface Errors {
${errors.join('\n')}
}

/** TL name of a method. */
export type MethodName = keyof Requests

/** Parameters of a method: the request without the name. */
export type Params<M extends MethodName> = {
  [K in keyof Requests[M] as Exclude<K, '_'>]: Requests[M][K]
}

/** Any value of any boxed type. */
export type AnyConstructor = Exclude<Types[keyof Types], boolean>`
}

function emitApi({ schema }: Shape, names: TypeNames, docs: Docs): string {
  const spaces = new Map<string, Combinator[]>()
  for (const method of schema.methods) {
    const space = split(method.name)[0] || 'root'
    spaces.set(space, [...(spaces.get(space) ?? []), method])
  }
  const blocks = [...spaces].map(([space, methods]) => {
    const lines = methods.map((method) => {
      const isOptional = fieldsOf(method).every(({ flag }) => flag !== undefined)
      const signature = `(params${isOptional ? '?' : ''}: Params<'${method.name}'>)`
      const result = names.expression(method.result, '')
      return `${docs.method(method, '    ')}    ${split(method.name)[1]}${signature}: Promise<${result}>`
    })
    return `  ${space}: {\n${lines.join('\n')}\n  }`
  })
  return `/** Methods as a client offers them: \`api.auth.sendCode({ … })\`. Methods without a namespace are in \`root\`. */
export interface Api {
${blocks.join('\n')}
}`
}

function emitFunctions(layer: number | undefined): string {
  const head =
    layer === undefined ? '' : `/** Layer of this schema. */\nexport declare const LAYER: ${layer}\n\n`
  return `${head}/** Reads a boxed value from a reader; \`Object\` is any constructor of the schema. @throws DecodeError */
export declare function read(type: 'Object', reader: TlReader): AnyConstructor
export declare function read<T extends keyof Types>(type: T, reader: TlReader): Types[T]

/** Writes a boxed value to a writer. @throws UsageError if the value does not have the type. */
export declare function write<T extends keyof Types>(type: T, writer: TlWriter, value: Types[T]): void

/** Encodes a boxed value. @throws UsageError with the path of the first field of the wrong type. */
export declare function encode<T extends keyof Types>(type: T, value: Types[T]): Uint8Array

/** Decodes a boxed value from all of these bytes; \`Object\` is any constructor of the schema. @throws DecodeError */
export declare function decode(type: 'Object', bytes: Uint8Array): AnyConstructor
export declare function decode<T extends keyof Types>(type: T, bytes: Uint8Array): Types[T]

/** Encodes a method call. @throws UsageError with the path of the first field of the wrong type. */
export declare function encodeRequest(request: Requests[MethodName]): Uint8Array

/** Decodes a method call from all of these bytes. @throws DecodeError */
export declare function decodeRequest(bytes: Uint8Array): Requests[MethodName]
/** Reads a request; other bytes may follow it. @throws DecodeError */
export declare function readRequest(reader: TlReader): Requests[MethodName]

/** Encodes a method's answer. @throws UsageError with the path of the first field of the wrong type. */
export declare function encodeResult<M extends MethodName>(method: M, value: Results[M]): Uint8Array

/** Decodes a method's answer from all of these bytes. @throws DecodeError */
export declare function decodeResult<M extends MethodName>(method: M, bytes: Uint8Array): Results[M]

/** The method with this constructor id, signed or unsigned. */
export declare function methodName(id: number): MethodName | undefined

/** A method's constructor id, unsigned. @throws UsageError where there is no such method. */
export declare function methodId(name: MethodName): number

/** The constructor (of a type, not a method) with this id, signed or unsigned. */
export declare function constructorName(id: number): AnyConstructor['_'] | undefined

/** Every method's TL name, in the order of the schema. */
export declare function methods(): readonly MethodName[]`
}
