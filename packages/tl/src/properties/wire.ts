import type { Shape } from '../compiler/index.ts'
import { type Combinator, fieldName, type TypeExpr } from '../schema/index.ts'
import type { TlObject } from './values.ts'

/**
 * TL read and written straight from a schema, slowly and with nothing of the compiler or the codec: what the
 * generated code is compared with.
 */
export class Wire {
  private readonly shape: Shape
  private readonly byId: ReadonlyMap<number, Combinator>
  private bytes: Uint8Array = new Uint8Array()
  private at = 0
  private withUnknownBits = new Set<string>()

  constructor(shape: Shape) {
    this.shape = shape
    const all = [...shape.schema.constructors, ...shape.schema.methods]
    this.byId = new Map(all.map((combinator) => [combinator.id, combinator]))
  }

  /** Reads a whole value. */
  read(type: TypeExpr, bytes: Uint8Array): unknown {
    this.bytes = bytes
    this.at = 0
    this.withUnknownBits = new Set()
    const value = this.value(type)
    if (this.at !== bytes.length) throw new RangeError(`${bytes.length - this.at} bytes left`)
    return value
  }

  /** The constructors in the last value read that had flags which the schema does not know. */
  get constructorsWithUnknownBits(): ReadonlySet<string> {
    return this.withUnknownBits
  }

  /** A request, or a constructor with its id. */
  writeObject(value: TlObject): Uint8Array {
    const combinator = this.shape.methods.get(value._) ?? this.shape.constructors.get(value._)
    if (combinator === undefined) throw new TypeError(`no ${value._}`)
    return concat([little(BigInt(combinator.id), 4), this.writeFields(combinator, value)])
  }

  private take(length: number): Uint8Array {
    const part = this.bytes.slice(this.at, this.at + length)
    if (part.length !== length) throw new RangeError('cut off')
    this.at += length
    return part
  }

  private int(): number {
    return new DataView(this.take(4).buffer).getInt32(0, true)
  }

  private string(): Uint8Array {
    let [length = 0] = this.take(1)
    const short = length < 254
    if (!short) length = new DataView(concat([this.take(3), new Uint8Array(1)]).buffer).getUint32(0, true)
    const content = this.take(length)
    while (this.at % 4 !== 0) if (this.take(1)[0] !== 0) throw new RangeError('padding is not zero')
    return content
  }

  private value(type: TypeExpr): unknown {
    switch (type.kind) {
      case 'primitive':
        return this.primitive(type.name)
      case 'true':
        return true
      case 'vector': {
        if (type.boxed && this.int() !== 0x1cb5c415) throw new RangeError('no vector')
        return Array.from({ length: this.int() }, () => this.value(type.item))
      }
      case 'boxed':
        return this.fields(this.found(this.byId.get(this.int() >>> 0), type.name))
      case 'bare':
        return this.fields(this.found(this.shape.constructors.get(type.name), type.name))
      case 'generic':
        return this.take(this.bytes.length - this.at)
      case 'flags':
        return this.int()
    }
  }

  private found(combinator: Combinator | undefined, wanted: string): Combinator {
    if (combinator === undefined) throw new RangeError(`unknown id where ${wanted} should be`)
    return combinator
  }

  private primitive(name: string): unknown {
    switch (name) {
      case 'int':
        return this.int()
      case 'long':
        return new DataView(this.take(8).buffer).getBigInt64(0, true)
      case 'double':
        return new DataView(this.take(8).buffer).getFloat64(0, true)
      case 'string':
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.string())
      case 'bytes':
        return this.string()
      case 'Bool':
        return this.int() === (0x997275b5 | 0)
      default:
        return this.take(name === 'int128' ? 16 : 32)
    }
  }

  private fields(combinator: Combinator): TlObject {
    const flags = new Map<string, number>()
    const value: [string, unknown][] = []
    for (const { name, type, flag } of combinator.fields) {
      const isThere = flag === undefined || ((flags.get(flag.field) ?? 0) >>> flag.bit) & 1
      const read = isThere ? this.value(type) : undefined
      if (type.kind === 'flags') {
        flags.set(name, Number(read))
        if ((Number(read) & ~knownBits(combinator, name)) !== 0) this.withUnknownBits.add(combinator.name)
      } else value.push([fieldName(name), read])
    }
    return { _: combinator.name, ...Object.fromEntries(value) }
  }

  private writeFields(combinator: Combinator, value: TlObject): Uint8Array {
    const parts = combinator.fields.map(({ name, type, flag }) => {
      if (type.kind === 'flags') {
        const set = combinator.fields.filter(
          (field) => field.flag?.field === name && value[fieldName(field.name)] !== undefined,
        )
        return little(BigInt(set.reduce((bits, field) => (bits | (1 << (field.flag?.bit ?? 0))) >>> 0, 0)), 4)
      }
      const own = value[fieldName(name)]
      return flag !== undefined && own === undefined ? new Uint8Array() : this.write(type, own)
    })
    return concat(parts)
  }

  /** A value of a type. */
  write(type: TypeExpr, value: unknown): Uint8Array {
    if (type.kind === 'true') return new Uint8Array()
    if (value instanceof Uint8Array) {
      const isString = type.kind === 'primitive' && type.name === 'bytes'
      return isString ? lengthPrefixed(value) : value
    }
    if (typeof value === 'string') return lengthPrefixed(new TextEncoder().encode(value))
    if (typeof value === 'boolean') return little(value ? 0x997275b5n : 0xbc799737n, 4)
    if (typeof value === 'bigint') return little(value, 8)
    if (typeof value === 'number') {
      const isInt = type.kind === 'primitive' && type.name === 'int'
      return isInt ? little(BigInt(value), 4) : new Uint8Array(Float64Array.of(value).buffer)
    }
    if (Array.isArray(value)) {
      const item: TypeExpr = type.kind === 'vector' ? type.item : type
      const head = type.kind === 'vector' && type.boxed ? [little(0x1cb5c415n, 4)] : []
      return concat([
        ...head,
        little(BigInt(value.length), 4),
        ...value.map((part) => this.write(item, part)),
      ])
    }
    return this.writeObject(value as TlObject)
  }
}

/** The bits of a flags field that have a meaning. */
function knownBits({ fields }: Combinator, flags: string): number {
  return fields.reduce((bits, { flag }) => (flag?.field === flags ? bits | (1 << flag.bit) : bits), 0)
}

function lengthPrefixed(content: Uint8Array): Uint8Array {
  const { length } = content
  const head = length < 254 ? little(BigInt(length), 1) : little(BigInt(length * 256 + 254), 4)
  return concat([head, content, new Uint8Array((4 - ((head.length + length) % 4)) % 4)])
}

function little(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Number(BigInt.asUintN(8, value >> BigInt(8 * index))))
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
