import { UsageError } from '../errors.ts'
import { TlReader } from './reader.ts'
import { traceFailure } from './trace.ts'
import { TlWriter } from './writer.ts'

// biome-ignore-start lint/suspicious/noExplicitAny: the generated .d.ts gives these their types
/** Reads one value of a type. */
export type Read = (reader: TlReader) => any
/** Writes one value of a type. */
export type Write = (writer: TlWriter, value: any) => void
/** Tables of readers and writers that the compiler generates; built on first use. */
export interface CodecTables {
  readonly types: () => ReadonlyMap<string, readonly [Read, Write]>
  /** One row per method. */
  readonly methods: () => readonly MethodRow[]
  /** Constructor id, name, and reader of the fields. */
  readonly constructors: () => readonly (readonly [number, string, Read])[]
}
/** Constructor id (signed), name, reader of the parameters, writer of the request, reader and writer of the result. */
export type MethodRow = readonly [number, string, Read, Write, Read, Write]
/** A value with its TL name. */
type Named = { readonly _: string; readonly [field: string]: any }

/** Functions that every generated schema module exports. */
export interface Codec {
  read(type: string, reader: TlReader): any
  write(type: string, writer: TlWriter, value: any): void
  encode(type: string, value: any): Uint8Array
  decode(type: string, bytes: Uint8Array): any
  encodeRequest(request: Named): Uint8Array
  decodeRequest(bytes: Uint8Array): any
  readRequest(reader: TlReader): any
  encodeResult(method: string, value: any): Uint8Array
  decodeResult(method: string, bytes: Uint8Array): any
  methodName(id: number): string | undefined
  methodId(name: string): number
  constructorName(id: number): string | undefined
  readonly methods: () => readonly string[]
}
// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** Largest buffer kept for the next value: a part of a file, of a mebibyte, and what stands around it. */
const KEPT_BYTES = (1 << 20) + 1024

let spare: TlWriter | undefined

/** Runs one write on a reused writer. Encoding is re-entrant: a getter in `value` may itself encode. */
export function encodeWith(write: Write, value: unknown, top: string): Uint8Array {
  const writer = spare ?? new TlWriter()
  spare = undefined
  try {
    write(writer, value)
    const bytes = writer.take()
    if (bytes.length <= KEPT_BYTES) spare = writer
    return bytes
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const { path, isMissing } = traceFailure((traced) => write(new TlWriter(), traced), value, top)
    throw new UsageError(error.code, `${path}${isMissing ? ' is missing' : ''}: ${error.message}`, {
      cause: error,
    })
  }
}

/** Reads one whole value. @param lendsBytes as of {@link TlReader} @throws DecodeError, also when bytes are left. */
export function decodeWith<T>(read: (reader: TlReader) => T, bytes: Uint8Array, lendsBytes = false): T {
  const reader = new TlReader(bytes, lendsBytes)
  const value = read(reader)
  reader.end()
  return value
}

/** Builds the functions of a schema module from its generated tables. */
export function createCodec(tables: CodecTables): Codec {
  const types = lazy(tables.types)
  const methodsByName = lazy(() => new Map(tables.methods().map((row) => [row[1], row])))
  const methodsById = lazy(() => new Map(tables.methods().map((row) => [row[0], row])))
  const constructorsById = lazy(() => new Map(tables.constructors().map((row) => [row[0], row])))

  const typeOf = (type: string) => {
    const found = types().get(type)
    if (found === undefined) throw new UsageError('TL_UNKNOWN_TYPE', `unknown type ${type}`)
    return found
  }
  const methodOf = (name: string) => {
    const found = methodsByName().get(name)
    if (found === undefined) throw new UsageError('TL_UNKNOWN_METHOD', `unknown method ${name}`)
    return found
  }
  const readRequest: Read = (reader) => {
    const row = methodsById().get(reader.id())
    return row === undefined ? reader.unknown('a method') : row[2](reader)
  }
  const readAny: Read = (reader) => {
    const row = constructorsById().get(reader.id())
    return row === undefined ? reader.unknown('a constructor') : row[2](reader)
  }
  return {
    read: (type, reader) => (type === 'Object' ? readAny(reader) : typeOf(type)[0](reader)),
    write: (type, writer, value) => typeOf(type)[1](writer, value),
    encode: (type, value) => encodeWith(typeOf(type)[1], value, type),
    decode: (type, bytes) => decodeWith(type === 'Object' ? readAny : typeOf(type)[0], bytes),
    encodeRequest: (request) => encodeWith(methodOf(request?._)[3], request, request?._),
    decodeRequest: (bytes) => decodeWith(readRequest, bytes),
    readRequest,
    encodeResult: (method, value) => encodeWith(methodOf(method)[5], value, `result of ${method}`),
    decodeResult: (method, bytes) => decodeWith(methodOf(method)[4], bytes),
    methodName: (id) => methodsById().get(id | 0)?.[1],
    methodId: (name) => methodOf(name)[0] >>> 0,
    constructorName: (id) => constructorsById().get(id | 0)?.[1],
    methods: lazy(() => [...methodsByName().keys()]),
  }
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined
  return () => {
    made ??= make()
    return made
  }
}
