import type { MethodName, Requests, Results, Types } from '../../generated/api.js'
import * as newest from '../../generated/api.js'
import { type OlderLayer, olderLayers, names as olderNames, requests } from '../../generated/layers/index.js'
import { decodeWith, encodeWith, TlReader } from '../codec/index.ts'
import { UsageError } from '../errors.ts'

/** Writes values of the newest layer as some layer has them. */
export interface LayerCodec {
  readonly layer: number
  /** A method's answer. @throws UsageError where the value cannot be said in this layer. */
  encodeResult<M extends MethodName>(method: M, value: Results[M]): Uint8Array
  /** A boxed value, such as `Updates`. @throws UsageError where the value cannot be said in this layer. */
  encode<T extends keyof Types>(type: T, value: Types[T]): Uint8Array
}

/** Made when first asked for: there are some thousand. */
let known: ReadonlySet<string> | undefined

/** Every layer that is served, oldest first; the last is the newest, in which all values are held. */
export const LAYERS: readonly number[] = [...olderLayers.keys(), newest.LAYER]

/** The layer to serve a client with that declared this one: the newest not above it, or undefined below all. */
export function servedLayer(declared: number): number | undefined {
  return LAYERS.findLast((layer) => layer <= declared)
}

/** Loads a layer's writers, one of {@link LAYERS}. @throws UsageError for any other. */
export async function loadLayer(layer: number): Promise<LayerCodec> {
  if (layer === newest.LAYER) return { layer, encodeResult: newest.encodeResult, encode: newest.encode }
  const load = olderLayers.get(layer)
  if (load === undefined) throw new UsageError('TL_UNKNOWN_LAYER', `there is no layer ${layer}`)
  return olderCodec(await load())
}

function olderCodec({ layer, types, results }: OlderLayer): LayerCodec {
  const find = (table: OlderLayer['types'], name: string) => {
    const write = table.get(name)
    if (write === undefined) {
      throw new UsageError('TL_NOT_ON_SURFACE', `${name} is not written in layer ${layer}`)
    }
    return write
  }
  return {
    layer,
    encodeResult: (method, value) => encodeWith(find(results, method), value, `result of ${method}`),
    encode: (type, value) => encodeWith(find(types, type), value, type),
  }
}

/** The method call these bytes are, whatever layer they are of, in the form of the newest. @throws DecodeError */
export function decodeRequest(bytes: Uint8Array): Requests[MethodName] {
  const read = requests.get(new TlReader(bytes).peekId() ?? 0)
  if (read === undefined) return newest.decodeRequest(bytes)
  return decodeWith((reader) => {
    reader.id()
    return read(reader)
  }, bytes)
}

/**
 * The method with this constructor id in any layer, also where it is not on the surface and its request
 * cannot be decoded; undefined where no layer has it.
 */
export function methodNameOfAnyLayer(id: number): string | undefined {
  return newest.methodName(id) ?? olderNames.get(id >>> 0)
}

/** Whether some layer has a method of this name. */
export function isMethodOfAnyLayer(name: string): boolean {
  known ??= new Set([...newest.methods(), ...olderNames.values()])
  return known.has(name)
}
