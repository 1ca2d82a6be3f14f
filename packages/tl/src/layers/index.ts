import type { MethodName, Requests, Results, Types } from '../../generated/api.js'
import * as newest from '../../generated/api.js'
import {
  type LayerTable,
  loadWriters,
  otherLayers,
  names as otherNames,
  requests,
} from '../../generated/layers/index.js'
import { decodeWith, encodeWith, TlReader, type TlWriter } from '../codec/index.ts'
import { UsageError } from '../errors.ts'

export { SURFACE_METHODS, type SurfaceMethod } from './surface.ts'

/** Writes values of the newest layer in the form of one layer. */
export interface LayerCodec {
  readonly layer: number
  /** Tells whether this layer has the type that the method answers. If not, the call has to be refused. */
  canAnswer(method: MethodName): boolean
  /** Writes a method's answer. @throws UsageError if this layer cannot express the value. */
  encodeResult<M extends MethodName>(method: M, value: Results[M]): Uint8Array
  /** Writes a boxed value, such as `Updates`. @throws UsageError if this layer cannot express the value. */
  encode<T extends keyof Types>(type: T, value: Types[T]): Uint8Array
}

/** Built on first use: there are some thousand names. */
let known: ReadonlySet<string> | undefined

/** Layers that the server speaks, oldest first. All values are kept in the form of the API's own. */
export const LAYERS: readonly number[] = [...otherLayers, newest.LAYER].sort((a, b) => a - b)

/**
 * Finds the layer for a client that declared `declared`: the newest one not above it, or undefined if it is older than all.
 *
 * @example
 * ```ts
 * servedLayer(1000) // 232, the newest
 * servedLayer(100) // undefined: older than all
 * ```
 */
export function servedLayer(declared: number): number | undefined {
  return LAYERS.findLast((layer) => layer <= declared)
}

/** Loads the writers of one of {@link LAYERS}. @throws UsageError for any other layer. */
export async function loadLayer(layer: number): Promise<LayerCodec> {
  if (layer === newest.LAYER) {
    return { layer, canAnswer: () => true, encodeResult: newest.encodeResult, encode: newest.encode }
  }
  if (!otherLayers.includes(layer)) throw new UsageError('TL_UNKNOWN_LAYER', `unknown layer ${layer}`)
  const { types, answers } = await loadWriters()
  return otherCodec(layer, inLayer(types(), layer), inLayer(answers(), layer))
}

type Write = (writer: TlWriter, value: unknown) => void

/** Writers of one layer by name. */
type Writers = ReadonlyMap<string, Write | 'newest'>

/** The writers that a layer uses. */
function inLayer(table: LayerTable, layer: number): Writers {
  const writers = new Map<string, Write | 'newest'>()
  for (const [since, write, names] of table) {
    if (since > layer) continue
    for (const name of names.split(' ')) {
      if (write === undefined) writers.delete(name)
      else if (write === 'newest') writers.set(name, write)
      else writers.set(name, (writer, value) => write(writer, value, layer))
    }
  }
  return writers
}

function otherCodec(layer: number, types: Writers, answers: Writers): LayerCodec {
  const unwritable = (name: string) =>
    new UsageError('TL_NOT_ON_SURFACE', `${name} cannot be written in layer ${layer}`)
  return {
    layer,
    canAnswer: (method) => answers.has(method),
    encodeResult: (method, value) => {
      const write = answers.get(method)
      if (write === undefined) throw unwritable(method)
      if (write === 'newest') return newest.encodeResult(method, value)
      return encodeWith(write, value, `result of ${method}`)
    },
    encode: (type, value) => {
      const write = types.get(type)
      if (write === undefined) throw unwritable(type)
      return write === 'newest' ? newest.encode(type, value) : encodeWith(write, value, type)
    },
  }
}

/**
 * Decodes a method call of any layer into the form of the newest.
 *
 * @param lendsBytes values of 16 KiB or more are views of `bytes`, and no copies
 * @throws DecodeError
 */
export function decodeRequest(bytes: Uint8Array, lendsBytes = false): Requests[MethodName] {
  const readOlder = requests.get(new TlReader(bytes).peekId() ?? 0)
  if (readOlder === undefined) return decodeWith(newest.readRequest, bytes, lendsBytes)
  const read = (reader: TlReader): Requests[MethodName] => {
    reader.id()
    return readOlder(reader)
  }
  return decodeWith(read, bytes, lendsBytes)
}

/**
 * Finds the method with this constructor id in any layer, even if the server does not have the method and cannot
 * decode the request; undefined if no layer has it.
 */
export function methodNameOfAnyLayer(id: number): string | undefined {
  return newest.methodName(id) ?? otherNames.get(id >>> 0)
}

/** Tells whether any layer has a method of this name. */
export function isMethodOfAnyLayer(name: string): boolean {
  return methodsOfAnyLayer().has(name)
}

/** The names of the methods of all layers. */
export function methodsOfAnyLayer(): ReadonlySet<string> {
  known ??= new Set([...newest.methods(), ...otherNames.values()])
  return known
}
