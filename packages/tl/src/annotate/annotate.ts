import { LIMITS, TlReader } from '../codec/index.ts'
import { UsageError } from '../errors.ts'
import { constructorsOf, type FieldShape, methodShape, type Shape, shapeOfId } from '../fields/index.ts'
import { type AnnotatedRow, bytesText, flagsText, idText, rowBytes, stringText } from './rows.ts'

/** Limits of an annotation. */
export interface AnnotateOptions {
  /** Most rows to make; the bytes after them are one row named `…`, unread. Default: 1000. */
  readonly maxRows?: number | undefined
}

const DEFAULT_MAX_ROWS = 1000

/**
 * Says what each byte of a request is: one row per constructor id, flags field, vector and value.
 *
 * @throws DecodeError if the bytes are no request of the newest layer
 * @example
 * ```ts
 * import { annotateRequest } from '@cablegram/tl/annotate'
 * import { encodeRequest } from '@cablegram/tl/api'
 *
 * for (const { offset, bytes, name, text } of annotateRequest(encodeRequest({ _: 'help.getConfig' }))) {
 *   console.log(offset, bytes, name, text)
 * }
 * ```
 */
export function annotateRequest(bytes: Uint8Array, options: AnnotateOptions = {}): AnnotatedRow[] {
  return new Annotator(bytes, options).all((annotator) => annotator.method('request', 0))
}

/** A refusal in place of an answer. It is a part of the service schema, which the field table leaves out. */
const RPC_ERROR: Shape = {
  kind: 'constructor',
  name: 'rpc_error',
  id: 0x2144ca19,
  fields: [
    { name: 'error_code', key: 'errorCode', type: 'int' },
    { name: 'error_message', key: 'errorMessage', type: 'string' },
  ],
  result: 'RpcError',
}

/**
 * Says what each byte of a method's answer is; the answer may be an `rpc_error`.
 *
 * @throws DecodeError if the bytes are no answer of this method; UsageError TL_UNKNOWN_METHOD
 */
export function annotateAnswer(
  method: string,
  bytes: Uint8Array,
  options: AnnotateOptions = {},
): AnnotatedRow[] {
  const shape = methodShape(method)
  if (shape === undefined) throw new UsageError('TL_UNKNOWN_METHOD', `unknown method ${method}`)
  return new Annotator(bytes, options).all((annotator) => annotator.answer(shape.result))
}

/** Reads bytes by the field table and notes a row for everything that it reads. */
class Annotator {
  readonly #bytes: Uint8Array
  readonly #reader: TlReader
  readonly #maxRows: number
  readonly #rows: AnnotatedRow[] = []

  constructor(bytes: Uint8Array, { maxRows = DEFAULT_MAX_ROWS }: AnnotateOptions) {
    this.#bytes = bytes
    this.#reader = new TlReader(bytes)
    this.#maxRows = maxRows
  }

  all(read: (annotator: Annotator) => void): AnnotatedRow[] {
    read(this)
    if (this.#isFull) this.#noteRest()
    else this.#reader.end()
    return this.#rows
  }

  method(name: string, depth: number): void {
    const start = this.#reader.offset
    const shape = shapeOfId(this.#reader.id())
    if (shape?.kind !== 'method') this.#reader.unknown('a method')
    this.#combinator(shape, name, depth, start)
  }

  /** Reads a value of this type, or the refusal of the request. */
  answer(type: string): void {
    const isRefused = this.#reader.remaining >= 4 && new TlReader(this.#bytes).id() >>> 0 === RPC_ERROR.id
    if (isRefused) {
      this.#reader.id()
      this.#combinator(RPC_ERROR, 'answer', 0, 0)
    } else {
      this.value(type, 'answer', 0)
    }
  }

  /** Reads a value of this type. */
  value(type: string, name: string, depth: number): void {
    if (this.#isFull) return
    const item = /^Vector<(.+)>$/.exec(type)?.[1]
    const read = PRIMITIVES[type]
    if (item !== undefined) this.#vector(item, name, depth)
    else if (read !== undefined) this.#note(this.#reader.offset, depth, name, read(this.#reader))
    else if (type === '!X') this.method(name, depth)
    else if (type === 'X') this.#unknown(name, depth)
    else this.#boxed(type, name, depth)
  }

  get #isFull(): boolean {
    return this.#rows.length >= this.#maxRows
  }

  /** The answer of a wrapped request, whose type is not known here. */
  #unknown(name: string, depth: number): void {
    const { offset, remaining } = this.#reader
    if (remaining === 0) this.#reader.fail('an answer is cut off')
    this.#note(offset, depth, name, bytesText(this.#reader.rest()))
  }

  #boxed(type: string, name: string, depth: number): void {
    const start = this.#reader.offset
    const id = this.#reader.id() >>> 0
    const shape = constructorsOf(type).find((each) => each.id === id)
    if (shape === undefined) this.#reader.unknown(type)
    this.#combinator(shape, name, depth, start)
  }

  #combinator(shape: Shape, name: string, depth: number, start: number): void {
    if (depth > LIMITS.maxDepth) this.#reader.fail('values are nested too deep')
    this.#note(start, depth, name, idText(shape.name, shape.id))
    const flags = new Map<string, number>()
    const isSet = ({ flag }: FieldShape) =>
      flag === undefined || ((flags.get(flag.field) ?? 0) & (1 << flag.bit)) !== 0
    for (const field of shape.fields) {
      if (this.#isFull) return
      if (field.type === '#') flags.set(field.name, this.#flags(shape, field, depth + 1))
      else if (field.type !== 'true' && isSet(field)) this.value(field.type, field.name, depth + 1)
    }
  }

  #flags(shape: Shape, { name }: FieldShape, depth: number): number {
    const start = this.#reader.offset
    const flags = this.#reader.int()
    const set = shape.fields.filter(
      ({ type, flag }) => type === 'true' && flag?.field === name && (flags & (1 << flag.bit)) !== 0,
    )
    const text = flagsText(
      flags,
      set.map((field) => field.name),
    )
    this.#note(start, depth, name, text)
    return flags
  }

  #vector(item: string, name: string, depth: number): void {
    if (depth > LIMITS.maxDepth) this.#reader.fail('values are nested too deep')
    const start = this.#reader.offset
    const count = this.#reader.vectorCount(LEAST_ITEM_BYTES)
    this.#note(start, depth, name, `Vector of ${count === 1 ? '1 item' : `${count} items`}`)
    for (let index = 0; index < count && !this.#isFull; index += 1) {
      this.value(item, `[${index}]`, depth + 1)
    }
  }

  /** Notes a row for the bytes from `offset` to the cursor. */
  #note(offset: number, depth: number, name: string, text: string): void {
    const bytes = this.#bytes.subarray(offset, this.#reader.offset)
    this.#rows.push({ offset, length: bytes.length, depth, name, text, bytes: rowBytes(bytes) })
  }

  #noteRest(): void {
    const { offset, remaining } = this.#reader
    if (remaining === 0) return
    const bytes = rowBytes(this.#bytes.subarray(offset))
    this.#rows.push({
      offset,
      length: remaining,
      depth: 0,
      name: '…',
      text: `${remaining} bytes more`,
      bytes,
    })
  }
}

const LEAST_ITEM_BYTES = 4

/** Reads a primitive and gives its text. */
const PRIMITIVES: Readonly<Record<string, (reader: TlReader) => string>> = {
  int: (reader) => String(reader.int()),
  long: (reader) => String(reader.long()),
  double: (reader) => String(reader.double()),
  string: (reader) => stringText(reader.string()),
  bytes: (reader) => bytesText(reader.view()),
  int128: (reader) => bytesText(reader.int128()),
  int256: (reader) => bytesText(reader.int256()),
  Bool: (reader) => String(reader.bool()),
}
