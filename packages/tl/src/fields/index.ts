import { constructorLines, methodLines } from '../../generated/fields.js'
import { fieldName } from '../schema/names.ts'

/**
 * A field of a constructor, or a parameter of a method. Every field of the wire is there, in its order, also the flags
 * fields themselves: their type is `#`, and no value of a program has them.
 */
export interface FieldShape {
  /** The name in the schema: `phone_number`. */
  readonly name: string
  /** The name in JavaScript: `phoneNumber`. */
  readonly key: string
  /** The type as TL writes it, without the flag: `Vector<InputUser>`, `true`, `#`, `!X`. */
  readonly type: string
  /** The bit that tells whether the field is there; required fields have none. */
  readonly flag?: { readonly field: string; readonly bit: number }
}

/** A constructor or a method of the newest layer. */
export interface Shape {
  readonly kind: 'constructor' | 'method'
  /** The TL name: `auth.sendCode`. */
  readonly name: string
  /** Unsigned 32 bits. */
  readonly id: number
  readonly fields: readonly FieldShape[]
  /** The type of a constructor, or of a method's answer: `auth.SentCode`. */
  readonly result: string
}

/**
 * The method of that TL name.
 *
 * @example
 * ```ts
 * import { methodShape } from '@cablegram/tl/fields'
 *
 * console.log(methodShape('auth.sendCode')?.fields.map(({ key, type }) => `${key}: ${type}`))
 * ```
 */
export function methodShape(name: string): Shape | undefined {
  return methods().byName(name)
}

/** The constructor of that TL name. */
export function constructorShape(name: string): Shape | undefined {
  return constructors().byName(name)
}

/** The constructor or method of an id, signed or unsigned. */
export function shapeOfId(id: number): Shape | undefined {
  return constructors().byId(id >>> 0) ?? methods().byId(id >>> 0)
}

/** The constructors of a boxed type, in schema order; none for primitives and unknown types. */
export function constructorsOf(type: string): readonly Shape[] {
  return constructors().ofResult(type)
}

/** The names of all methods, in schema order. */
export function methodNames(): readonly string[] {
  return methods().names
}

/** The names of all constructors, in schema order. */
export function constructorNames(): readonly string[] {
  return constructors().names
}

const constructors = lazily(() => new Table('constructor', constructorLines))
const methods = lazily(() => new Table('method', methodLines))

/** Lines found by name, id and result. A line is parsed when it is first asked for. */
class Table {
  readonly names: readonly string[]
  readonly #kind: Shape['kind']
  readonly #lines = new Map<string, string>()
  readonly #names = new Map<number, string>()
  readonly #results = new Map<string, string[]>()
  readonly #shapes = new Map<string, Shape>()

  constructor(kind: Shape['kind'], text: string) {
    this.#kind = kind
    for (const line of text.split('\n')) {
      const name = line.slice(0, line.indexOf('#'))
      this.#lines.set(name, line)
      this.#names.set(idOf(line), name)
      const result = line.slice(line.lastIndexOf(' ') + 1)
      const siblings = this.#results.get(result)
      if (siblings === undefined) this.#results.set(result, [name])
      else siblings.push(name)
    }
    this.names = [...this.#lines.keys()]
  }

  byName(name: string): Shape | undefined {
    const known = this.#shapes.get(name)
    if (known !== undefined) return known
    const line = this.#lines.get(name)
    if (line === undefined) return undefined
    const shape = parseLine(this.#kind, line)
    this.#shapes.set(name, shape)
    return shape
  }

  byId(id: number): Shape | undefined {
    const name = this.#names.get(id)
    return name === undefined ? undefined : this.byName(name)
  }

  ofResult(type: string): Shape[] {
    const names = this.#results.get(type) ?? []
    return names.map((name) => this.byName(name)).filter((shape) => shape !== undefined)
  }
}

const ID_DIGITS = 8

function idOf(line: string): number {
  const start = line.indexOf('#') + 1
  return Number.parseInt(line.slice(start, start + ID_DIGITS), 16)
}

function parseLine(kind: Shape['kind'], line: string): Shape {
  const [head = '', ...rest] = line.split(' ')
  const result = rest.pop() ?? ''
  return {
    kind,
    name: head.slice(0, head.indexOf('#')),
    id: idOf(line),
    fields: rest.map(parseField),
    result,
  }
}

/** `logout_tokens:flags.6?Vector<bytes>`; a question mark occurs only after a flag. */
function parseField(text: string): FieldShape {
  const colon = text.indexOf(':')
  const [name, rest] = [text.slice(0, colon), text.slice(colon + 1)]
  const question = rest.indexOf('?')
  const plain = { name, key: fieldName(name), type: rest.slice(question + 1) }
  if (question < 0) return plain
  const [field = '', bit = ''] = rest.slice(0, question).split('.')
  return { ...plain, flag: { field, bit: Number(bit) } }
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
