import { deepStrictEqual } from 'node:assert'
import { UsageError } from '@cablegram/tl'
import * as api from '@cablegram/tl/api'
import { decodeRequest, LAYERS } from '@cablegram/tl/layers'
import * as service from '@cablegram/tl/service'
import { generatedSchema, layerSchema } from '../../../packages/tl/src/properties/schemas.ts'
import type { Rng } from '../../simulation/rng.ts'
import { attempt, Bytes, join, pick, type Target, word } from '../target.ts'

type Schema = ReturnType<typeof generatedSchema>['schema']
const newest = generatedSchema('api').schema
const METHODS = newest.methods.map(({ name }) => name) as api.MethodName[]
const TYPES = [
  ...new Set(newest.constructors.flatMap(({ result }) => (result.kind === 'boxed' ? [result.name] : []))),
] as (keyof api.Types)[]
/** Every constructor and method of every layer. */
const IDS = [
  ...new Set(
    [newest, generatedSchema('service').schema, ...LAYERS.map((layer) => layerSchema(layer).schema)].flatMap(
      idsOf,
    ),
  ),
].map(word)
const METHOD_IDS = [
  ...new Set(LAYERS.flatMap((layer) => layerSchema(layer).schema.methods.map(({ id }) => id))),
].map(word)
const VECTOR = word(0x1cb5c415)

/** Every decoder of every layer; a decoded value can be encoded, and decodes to the same again. */
export const tl: Target = {
  name: 'tl',
  words: [...IDS, VECTOR, word(0x997275b5), word(0xbc799737), word(0x6724abc4)],
  make(rng: Rng) {
    const parts = Array.from({ length: rng.between(1, 24) }, () => {
      if (rng.chance(0.4)) return word(rng.between(0, 3))
      if (rng.chance(0.3)) return join(VECTOR, word(rng.between(0, 3)))
      if (rng.chance(0.5)) return pick(rng, IDS)
      return rng.bytes(4)
    })
    return join(rng.bytes(3), pick(rng, rng.chance(0.5) ? METHOD_IDS : IDS), ...parts)
  },
  run(input) {
    const bytes = new Bytes(input)
    const way = bytes.byte() % 8
    const which = bytes.short()
    const rest = bytes.rest()
    switch (way) {
      case 0:
      case 1:
        requests(rest)
        break
      case 2: {
        const method = METHODS[which % METHODS.length] ?? 'help.getConfig'
        const result = attempt(() => api.decodeResult(method, rest))
        if (result !== undefined)
          sameAgain(
            () => api.encodeResult(method, result),
            (again) => api.encodeResult(method, api.decodeResult(method, again)),
          )
        break
      }
      case 3:
        attempt(() => service.decode('Object', rest))
        attempt(() => service.decodeRequest(rest))
        break
      case 4:
        requests(rest.subarray(1))
        attempt(() => api.decode('Object', rest.subarray(1)))
        break
      case 5:
        attempt(() => api.decode('Object', rest))
        break
      default: {
        const type = TYPES[which % TYPES.length] ?? 'Updates'
        const value = attempt(() => api.decode(type, rest))
        if (value !== undefined)
          sameAgain(
            () => api.encode(type, value),
            (again) => api.encode(type, api.decode(type, again)),
          )
      }
    }
  },
}

function requests(bytes: Uint8Array): void {
  attempt(() => api.decodeRequest(bytes))
  const request = attempt(() => decodeRequest(bytes))
  if (request === undefined) return
  sameAgain(
    () => api.encodeRequest(request),
    (again) => api.encodeRequest(decodeRequest(again)),
  )
}

/**
 * Encoded values decode and encode the same again; by contract a value that a layer cannot carry is the
 * caller's fault.
 */
function sameAgain(write: () => Uint8Array, again: (bytes: Uint8Array) => Uint8Array): void {
  let first: Uint8Array
  try {
    first = write()
  } catch (error) {
    if (error instanceof UsageError) return
    throw error
  }
  deepStrictEqual(again(first), first)
}

function idsOf({ constructors, methods }: Schema): number[] {
  return [...constructors, ...methods].map(({ id }) => id)
}
