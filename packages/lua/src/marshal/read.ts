import { closestNames, LIMITS } from '@cablegram/tl'
import {
  constructorNames,
  constructorShape,
  constructorsOf,
  type FieldShape,
  type Shape,
} from '@cablegram/tl/fields'
import { decodeStrictly } from '../state/memory.ts'
import { LUA_TYPE } from '../state/module.ts'
import type { Stack } from '../state/stack.ts'
import { Mistake } from '../state/thrown.ts'
import { readFile, readMessage, readMessageId, readPeer } from './names.ts'
import { plainNumber, readDouble, readInt, readLong } from './numbers.ts'
import { Path } from './path.ts'

/** A TL object as the codec takes it. */
export type TlObject = { readonly [field: string]: unknown }

/**
 * Reads a table of parameters as the codec takes them.
 *
 * @param index the table's, or that of a missing argument
 * @throws Mistake at the first part that does not fit the schema
 */
export function readParams(stack: Stack, index: number, shape: Shape): TlObject {
  return new Reader(stack, new Path(shape.name)).fields(index, shape, [])
}

/** Reads a TL object of this type, such as a handler's answer. @throws Mistake */
export function readObject(stack: Stack, index: number, type: string, name: string): unknown {
  return new Reader(stack, new Path(name)).value(index, type)
}

/** Reads an argument of this type. @throws Mistake */
export function readArgument(stack: Stack, index: number, type: string, name: string): unknown {
  return new Reader(stack, new Path(name)).value(index, type)
}

/** Reads any value that JSON could hold, with camelCase names; integers that are larger than an int become bigints. @throws Mistake */
export function readPlain(stack: Stack, index: number, name: string): unknown {
  return new Reader(stack, new Path(name)).value(index, 'plain')
}

/** Reads a table of filters: its `_` is a value like any other, and no TL object. @throws Mistake */
export function readFilter(stack: Stack, index: number, name: string): unknown {
  return new Reader(stack, new Path(name)).plainTable(index)
}

/** Slots that one level of nesting needs: a key, a value, a name. */
const SLOTS = 8
const SEQUENCE = 'a sequence with the keys 1, 2, 3 and so on'
/** No frame takes a larger request. */
const MAX_MIB = 4
const LEAST_VALUE_BYTES = 4

class Reader {
  readonly #stack: Stack
  readonly #path: Path
  /** The tables around the current one; a table among them would contain itself. */
  readonly #around: number[] = []
  /** Bytes that the values so far take at least. */
  #bytes = 0

  constructor(stack: Stack, path: Path) {
    this.#stack = stack
    this.#path = path
  }

  /** Reads the fields of a table. `extra` are keys that it may have besides. */
  fields(index: number, shape: Shape, extra: readonly string[]): TlObject {
    const table = this.#enter(index)
    this.#checkKeys(table, shape, extra)
    const value: Record<string, unknown> = {}
    for (const field of shape.fields) {
      if (field.type === '#') continue
      this.#stack.getField(table, field.name)
      if (!this.#stack.isNil(-1)) value[field.key] = this.#field(field)
      else if (field.flag === undefined) throw this.#missing(field)
      this.#stack.pop()
    }
    this.#around.pop()
    return value
  }

  /** Reads the value at this index as one of the type. */
  value(index: number, type: string): unknown {
    this.#count(index)
    const read = PRIMITIVES[type]
    if (read !== undefined) return read(this.#stack, index, this.#path)
    if (type === 'text') return this.#text(index)
    if (type === 'plain') return this.#plain(index)
    if (type === 'texts') return this.#texts(index)
    const item = /^Vector<(.+)>$/.exec(type)?.[1]
    return item === undefined ? this.#object(index, type) : this.#vector(index, item)
  }

  /** One table may stand in many places, and becomes many values: the limit of Lua's memory does not hold them. */
  #count(index: number): void {
    const stack = this.#stack
    this.#bytes += LEAST_VALUE_BYTES + (stack.isString(index) ? stack.view(index).length : 0)
    if (this.#bytes > MAX_MIB << 20) {
      throw new Mistake(`${this.#path}: the parameters are larger than ${MAX_MIB} MiB`)
    }
  }

  #field({ name, type }: FieldShape): unknown {
    this.#path.field(name)
    const value = type === 'true' ? this.#flag() : this.value(this.#stack.top, type)
    this.#path.back()
    return value
  }

  /** `true` sets a flag; `false` leaves it out, as nil does. */
  #flag(): true | undefined {
    if (this.#stack.type(-1) !== LUA_TYPE.boolean) {
      throw this.#path.expected('true or nil', this.#stack.describe(-1))
    }
    return this.#stack.boolean(-1) ? true : undefined
  }

  #missing({ name, type }: FieldShape): Mistake {
    return new Mistake(`${this.#path}.${name} is missing: expected ${wanted(type)}`)
  }

  /** Every key has to be a field. A misspelt one is found here, before the field that it stands for is missed. */
  #checkKeys(table: number, shape: Shape, extra: readonly string[]): void {
    const stack = this.#stack
    stack.pushNil()
    while (stack.next(table)) {
      const key = stack.isString(-2) ? stack.text(-2) : undefined
      const isField = shape.fields.some(({ name, type }) => name === key && type !== '#')
      if (key === undefined || !(isField || extra.includes(key))) throw this.#noSuchKey(shape, key)
      stack.pop()
    }
  }

  #noSuchKey(shape: Shape, key: string | undefined): Mistake {
    const names = shape.fields.filter(({ type }) => type !== '#').map(({ name }) => name)
    const shown = key === undefined ? this.#stack.describe(-2) : JSON.stringify(key)
    const close = key === undefined ? [] : closestNames(key, names)
    const all = names.length === 0 ? 'it has no fields' : `it has ${names.join(', ')}`
    const next = close.length === 0 ? all : `did you mean ${close.join(' or ')}?`
    return new Mistake(`${this.#path} has no ${shown}; ${next}`)
  }

  #vector(index: number, item: string): unknown[] {
    const stack = this.#stack
    if (!stack.isTable(index)) throw this.#path.expected(wanted(`Vector<${item}>`), stack.describe(index))
    const table = this.#enter(index)
    const length = stack.length(table)
    this.#checkSequence(table, length)
    const items: unknown[] = []
    for (let position = 1; position <= length; position += 1) {
      stack.getItem(table, position)
      this.#path.item(position)
      items.push(this.value(stack.top, item))
      this.#path.back()
      stack.pop()
    }
    this.#around.pop()
    return items
  }

  #checkSequence(table: number, length: number): void {
    const stack = this.#stack
    let keys = 0
    stack.pushNil()
    while (stack.next(table)) {
      keys += 1
      const isPosition = stack.isInteger(-2) && stack.integer(-2) >= 1n && stack.integer(-2) <= BigInt(length)
      if (!isPosition) {
        const key = stack.isString(-2) ? JSON.stringify(stack.text(-2)) : stack.describe(-2)
        throw this.#path.expected(SEQUENCE, `a table with the key ${key}`)
      }
      stack.pop()
    }
    if (keys !== length)
      throw this.#path.expected(SEQUENCE, `a table with ${keys} of the keys 1 to ${length}`)
  }

  /** A text with its formatting: a string, or a table with `text` and `entities`, as `cablegram.md` gives it. */
  #text(index: number): unknown {
    const stack = this.#stack
    if (stack.isString(index)) return readText(stack, index, this.#path)
    if (!stack.isTable(index))
      throw this.#path.expected('a string or a formatted text', stack.describe(index))
    const { text, entities = [] } = this.fields(index, FORMATTED, [])
    return { text, entities }
  }

  /** Any value but functions: a sequence becomes an array, another table an object; TL values are read as such. */
  #plain(index: number): unknown {
    const stack = this.#stack
    const type = stack.type(index)
    if (type === LUA_TYPE.nil) return undefined
    if (type === LUA_TYPE.boolean) return stack.boolean(index)
    if (type === LUA_TYPE.string) return decodeStrictly(stack.view(index)) ?? stack.view(index).slice()
    if (type === LUA_TYPE.number) return plainNumber(stack, index)
    if (type !== LUA_TYPE.table) throw this.#path.expected('a value or a table', stack.describe(index))
    const table = stack.absolute(index)
    stack.getField(table, '_')
    const shape = stack.isString(-1) ? constructorShape(stack.text(-1)) : undefined
    stack.pop()
    if (shape !== undefined) return this.#object(table, shape.result)
    return stack.length(table) > 0 ? this.#vector(table, 'plain') : this.plainTable(table)
  }

  /** Texts by names of the script's own, which stay as they are; pairs of both keep their order. */
  #texts(index: number): unknown {
    const stack = this.#stack
    if (!stack.isTable(index)) throw this.#path.expected(wanted('texts'), stack.describe(index))
    if (stack.length(index) > 0) return this.#pairs(index)
    const table = this.#enter(index)
    const texts: Record<string, string> = {}
    stack.pushNil()
    while (stack.next(table)) {
      // A number would become a string in its place, and `next` would lose its way.
      if (stack.type(-2) !== LUA_TYPE.string)
        throw this.#path.expected('names', `the key ${stack.describe(-2)}`)
      const name = readText(stack, -2, this.#path)
      this.#path.field(name)
      texts[name] = readText(stack, -1, this.#path)
      this.#path.back()
      stack.pop()
    }
    this.#around.pop()
    return texts
  }

  #pairs(index: number): Record<string, string> {
    const pairs = this.#vector(index, 'Vector<string>') as string[][]
    const odd = pairs.findIndex(({ length }) => length !== 2)
    if (odd < 0) return Object.fromEntries(pairs)
    this.#path.item(odd + 1)
    throw this.#path.expected('a name and a text', `${pairs[odd]?.length} strings`)
  }

  /** A table as an object with camelCase names. */
  plainTable(index: number): unknown {
    const stack = this.#stack
    const table = this.#enter(index)
    const value: Record<string, unknown> = {}
    stack.pushNil()
    while (stack.next(table)) {
      if (!stack.isString(-2)) throw this.#path.expected('names', `the key ${stack.describe(-2)}`)
      const name = stack.text(-2)
      this.#path.field(name)
      value[name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())] = this.value(
        stack.top,
        'plain',
      )
      this.#path.back()
      stack.pop()
    }
    this.#around.pop()
    return value
  }

  #object(index: number, type: string): unknown {
    const stack = this.#stack
    if (!stack.isTable(index)) throw this.#path.expected(wanted(type), stack.describe(index))
    const table = stack.absolute(index)
    stack.getField(table, '_')
    const name = stack.isString(-1) ? stack.text(-1) : undefined
    stack.pop()
    if (name === undefined) throw this.#path.expected(wanted(type), 'a table without _')
    const shape = constructorShape(name)
    if (shape?.result !== type) throw this.#wrongConstructor(type, name, shape)
    return { _: name, ...this.fields(table, shape, ['_']) }
  }

  #wrongConstructor(type: string, name: string, shape: Shape | undefined): Mistake {
    if (shape !== undefined)
      return this.#path.expected(wanted(type), `${name}, a constructor of ${shape.result}`)
    const own = constructorsOf(type).map((each) => each.name)
    const close = closestNames(name, own)
    const names = close.length === 0 ? closestNames(name, constructorNames()) : close
    const next = names.length === 0 ? `expected ${wanted(type)}` : `did you mean ${names.join(' or ')}?`
    return new Mistake(`${this.#path}: there is no constructor ${JSON.stringify(name)}; ${next}`)
  }

  /** Goes into a table. @returns its absolute index */
  #enter(index: number): number {
    const stack = this.#stack
    const table = stack.absolute(index)
    const pointer = stack.pointer(table)
    if (this.#around.includes(pointer)) throw new Mistake(`${this.#path}: the table contains itself`)
    if (this.#around.length >= LIMITS.maxDepth) throw new Mistake(`${this.#path}: tables are nested too deep`)
    this.#around.push(pointer)
    stack.reserve(SLOTS)
    return table
  }
}

/** A type in words, with the names that `_` can have if they are few. */
function wanted(type: string): string {
  const item = /^Vector<(.+)>$/.exec(type)?.[1]
  if (item !== undefined) return `a sequence of ${item}`
  const known = WORDS[type]
  if (known !== undefined) return known
  const names = constructorsOf(type).map(({ name }) => `'${name}'`)
  const article = /^[AEIOU]/i.test(type) ? 'an' : 'a'
  return `${article} ${type}${names.length > MOST_NAMES ? '' : ` with _ = ${names.join(' or ')}`}`
}

const MOST_NAMES = 3

const WORDS: Readonly<Record<string, string>> = {
  int: 'a 32-bit integer',
  long: 'a 64-bit integer',
  double: 'a number',
  string: 'a string',
  bytes: 'a string of bytes',
  int128: 'a string of 16 bytes',
  int256: 'a string of 32 bytes',
  Bool: 'true or false',
  '!X': 'an encoded request',
  peer: "'me', '@name', '+phone', a link, an id or a chat",
  message: 'a message with id and chat',
  message_id: 'a message or its number',
  file: 'the name of a file, {bytes = …} or a message',
  function: 'a function',
  texts: 'a table of texts by their names, or of pairs of both',
  text: 'a string or a formatted text',
}

const FORMATTED: Shape = {
  kind: 'constructor',
  name: 'text',
  id: 0,
  fields: [
    { name: 'text', key: 'text', type: 'string' },
    {
      name: 'entities',
      key: 'entities',
      type: 'Vector<MessageEntity>',
      flag: { field: 'flags', bit: 0 },
    },
  ],
  result: 'text',
}

type Read = (stack: Stack, index: number, path: Path) => unknown

const PRIMITIVES: Readonly<Record<string, Read>> = {
  int: readInt,
  long: readLong,
  double: readDouble,
  string: readText,
  bytes: (stack, index, path) => readBytes(stack, index, path, undefined),
  int128: (stack, index, path) => readBytes(stack, index, path, 16),
  int256: (stack, index, path) => readBytes(stack, index, path, 32),
  Bool: readBool,
  '!X': (stack, index, path) => readBytes(stack, index, path, undefined),
  peer: readPeer,
  message: readMessage,
  message_id: readMessageId,
  file: readFile,
  function: readFunction,
}

/** Functions stay in Lua: who calls one takes it from the table. */
function readFunction(stack: Stack, index: number, path: Path): true {
  if (stack.type(index) !== LUA_TYPE.function) throw path.expected('a function', stack.describe(index))
  return true
}

function readText(stack: Stack, index: number, path: Path): string {
  if (!stack.isString(index)) throw path.expected('a string', stack.describe(index))
  const text = decodeStrictly(stack.view(index))
  if (text === undefined) throw path.expected('a string in UTF-8', 'bytes that are not')
  return text
}

function readBytes(stack: Stack, index: number, path: Path, length: number | undefined): Uint8Array {
  const what = length === undefined ? 'a string of bytes' : `a string of ${length} bytes`
  if (!stack.isString(index)) throw path.expected(what, stack.describe(index))
  const bytes = stack.view(index).slice()
  if (length !== undefined && bytes.length !== length) throw path.expected(what, `one of ${bytes.length}`)
  return bytes
}

function readBool(stack: Stack, index: number, path: Path): boolean {
  if (stack.type(index) !== LUA_TYPE.boolean) throw path.expected('true or false', stack.describe(index))
  return stack.boolean(index)
}
