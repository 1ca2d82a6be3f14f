import type { MethodName, Requests, Results, Types } from '../../generated/api.js'
import * as newest from '../../generated/api.js'
import { type OlderLayer, olderLayers, names as olderNames, requests } from '../../generated/layers/index.js'
import { decodeWith, encodeWith, TlReader } from '../codec/index.ts'
import { UsageError } from '../errors.ts'

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

/** Layers that the server speaks, oldest first. All values are kept in the form of the last, the newest. */
export const LAYERS: readonly number[] = [...olderLayers.keys(), newest.LAYER]

/**
 * Finds the layer for a client that declared `declared`: the newest one not above it, or undefined if it is older than all.
 *
 * @example
 * ```ts
 * servedLayer(230) // 228, the newest
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
  const load = olderLayers.get(layer)
  if (load === undefined) throw new UsageError('TL_UNKNOWN_LAYER', `unknown layer ${layer}`)
  return olderCodec(await load())
}

function olderCodec({ layer, types, results }: OlderLayer): LayerCodec {
  const find = (table: OlderLayer['types'], name: string) => {
    const write = table.get(name)
    if (write === undefined) {
      throw new UsageError('TL_NOT_ON_SURFACE', `${name} cannot be written in layer ${layer}`)
    }
    return write
  }
  return {
    layer,
    canAnswer: (method) => results.has(method),
    encodeResult: (method, value) => encodeWith(find(results, method), value, `result of ${method}`),
    encode: (type, value) => encodeWith(find(types, type), value, type),
  }
}

/** Decodes a method call of any layer into the form of the newest. @throws DecodeError */
export function decodeRequest(bytes: Uint8Array): Requests[MethodName] {
  const read = requests.get(new TlReader(bytes).peekId() ?? 0)
  if (read === undefined) return newest.decodeRequest(bytes)
  return decodeWith((reader) => {
    reader.id()
    return read(reader)
  }, bytes)
}

/**
 * Finds the method with this constructor id in any layer, even if the server does not have the method and cannot
 * decode the request; undefined if no layer has it.
 */
export function methodNameOfAnyLayer(id: number): string | undefined {
  return newest.methodName(id) ?? olderNames.get(id >>> 0)
}

/** Tells whether any layer has a method of this name. */
export function isMethodOfAnyLayer(name: string): boolean {
  return methodsOfAnyLayer().has(name)
}

/** The names of the methods of all layers. */
export function methodsOfAnyLayer(): ReadonlySet<string> {
  known ??= new Set([...newest.methods(), ...olderNames.values()])
  return known
}
