import { constructorShape, type FieldShape, methodShape, type Shape } from '@cablegram/tl/fields'
import { methodIn } from './query.ts'
import { pathOf, type Ref } from './ref.ts'

/** A value of TL as our client takes it, or its place in the state of an example. */
export type Value = Ref | boolean | number | bigint | string | Uint8Array | readonly Value[] | TlValue

/** A TL object, or the parameters of a method. */
export interface TlValue {
  readonly [key: string]: Value | undefined
}

/** One writer for each kind of value: a language. */
export interface Language {
  ref(path: readonly string[]): string
  boolean(value: boolean): string
  number(value: number): string
  long(value: bigint): string
  string(value: string): string
  bytes(value: Uint8Array): string
  /** A call that another one carries, as its bytes. */
  query(method: string, bytes: Uint8Array): string
  list(items: readonly string[], place: Place): string
  /** @param entries the fields with their values as text */
  object(entries: readonly Entry[], place: Place): string
}

/** A field of an object, written. `key` and `name` are the two forms of its name; `_` has only one. */
export interface Entry {
  readonly key: string
  readonly name: string
  readonly text: string
}

const TAG = '_'

/** The place of a value: the blanks before its lines, and the columns before it on its first one. */
export interface Place {
  readonly indent: string
  readonly lead: number
}

const TOP: Place = { indent: '', lead: 0 }

/** Writes a value in a language. */
export function printValue(language: Language, value: Value, place: Place = TOP): string {
  const path = pathOf(value)
  if (path !== undefined) return language.ref(path)
  switch (typeof value) {
    case 'boolean':
      return language.boolean(value)
    case 'number':
      return language.number(value)
    case 'bigint':
      return language.long(value)
    case 'string':
      return language.string(value)
    default:
      return printComposite(language, value, place)
  }
}

function printComposite(language: Language, value: object, place: Place): string {
  if (value instanceof Uint8Array) {
    const method = methodIn(value)
    return method === undefined ? language.bytes(value) : language.query(method, value)
  }
  const inner = { indent: `${place.indent}  `, lead: 0 }
  if (Array.isArray(value)) {
    return language.list(
      value.map((item: Value) => printValue(language, item, inner)),
      place,
    )
  }
  return printObject(language, shapeOf(value), value, place)
}

function shapeOf(value: object): Shape {
  const name = String(Reflect.get(value, TAG))
  const shape = constructorShape(name)
  if (shape === undefined) throw new Error(`the schema has no constructor ${name}`)
  return shape
}

/** Writes parameters or a TL object, its fields in the order of the schema. */
export function printObject(language: Language, shape: Shape, value: object, place: Place): string {
  const known = shape.fields.filter(({ key }) => Reflect.get(value, key) !== undefined)
  const unknown = Object.keys(value).filter(
    (key) => key !== TAG && !shape.fields.some((field) => field.key === key),
  )
  if (unknown.length > 0) throw new Error(`${shape.name} has no ${unknown.join(', ')}`)
  const indent = `${place.indent}  `
  const field = ({ key, name }: FieldShape): Entry => ({
    key,
    name,
    text: printValue(language, Reflect.get(value, key), { indent, lead: name.length + SEPARATOR }),
  })
  const tag = shape.kind === 'constructor' ? [{ key: TAG, name: TAG, text: language.string(shape.name) }] : []
  return language.object([...tag, ...known.map(field)], place)
}

/** Writes the parameters of a method. */
export function printParams(language: Language, method: string, params: object, place: Place = TOP): string {
  return printObject(language, requireMethod(method), params, place)
}

/** @throws Error for a name that is not in the schema */
export function requireMethod(method: string): Shape {
  const shape = methodShape(method)
  if (shape === undefined) throw new Error(`the schema has no method ${method}`)
  return shape
}

/** The paths of the state that a value uses. */
export function pathsIn(value: unknown): (readonly string[])[] {
  const path = pathOf(value)
  if (path !== undefined) return [path]
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  return Object.values(value).flatMap(pathsIn)
}

const WIDTH = 100
/** The blanks and the sign between a name and its value. */
const SEPARATOR = 3
/** The comma or bracket behind a value. */
const END = 1

/** Parts in one line, if they fit, otherwise one a line. */
export function bracketed(
  [open, close]: readonly [string, string],
  parts: readonly string[],
  { indent, lead, space = '' }: Place & { readonly space?: string },
): string {
  if (parts.length === 0) return open + close
  const line = `${open}${space}${parts.join(', ')}${space}${close}`
  if (!line.includes('\n') && indent.length + lead + line.length + END <= WIDTH) return line
  return `${open}\n${parts.map((part) => `${indent}  ${part},\n`).join('')}${indent}${close}`
}

/** A call that prints values, in one line if it fits. */
export function printed(name: string, values: readonly string[], indent = ''): string {
  const line = `${name}(${values.join(', ')})`
  if (indent.length + line.length <= WIDTH) return line
  return `${name}(\n${values.map((value) => `${indent}  ${value}`).join(',\n')}\n${indent})`
}
