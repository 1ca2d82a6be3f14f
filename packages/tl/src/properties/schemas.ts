import { LAYER } from '@cablegram/tl/api'
import { type Shape, shapeOf } from '../compiler/index.ts'
import { readLayer, readService } from '../generate/sources.ts'
import type { Schema } from '../schema/index.ts'

const shapes = new Map<number | 'service', Shape>()

/** The schema that the API's newest layer, or the service messages, were generated from. */
export function generatedSchema(name: 'api' | 'service'): Shape {
  return name === 'api' ? layerSchema(LAYER) : remembered('service', readService)
}

/** The schema of a layer of the API. */
export function layerSchema(layer: number): Shape {
  return remembered(layer, () => readLayer(layer))
}

function remembered(key: number | 'service', read: () => Schema): Shape {
  const shape = shapes.get(key) ?? shapeOf(read())
  shapes.set(key, shape)
  return shape
}
