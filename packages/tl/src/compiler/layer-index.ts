import { HEADER } from './javascript.ts'

/** Compiles the module that lists all layers but the one of the API and loads their writers on first use. */
export function emitLayerIndex(layers: readonly number[]): { js: string; dts: string } {
  const js = `${HEADER}export { names, requests } from './requests.js'
export const otherLayers = [
${layers.map((layer) => `  ${layer},\n`).join('')}]
export const loadWriters = () => import('./writers.js')
`
  const dts = `${HEADER}import type { TlReader, TlWriter } from '@cablegram/tl'
import type { MethodName, Requests } from '../api.js'

/** Writes a value of the newest layer in the form of another one. */
export type LayerWrite = (writer: TlWriter, value: unknown, layer: number) => void

/**
 * From a layer on, the writer of these names, which have spaces between them: a function, the newest layer's writer,
 * or none.
 */
export type LayerTable = readonly (readonly [number, LayerWrite | 'newest' | undefined, string])[]

/** The writers of all other layers. */
export interface LayerWriters {
  /** By the type's name; later rows replace earlier ones. */
  readonly types: () => LayerTable
  /** By the method's name; later rows replace earlier ones. */
  readonly answers: () => LayerTable
}

/** All layers but the one of the API, oldest first. */
export declare const otherLayers: readonly number[]

/** Loads the writers of the other layers. */
export declare const loadWriters: () => Promise<LayerWriters>

/** Readers of requests that only other layers have, by unsigned constructor id, called after the id was read. */
export declare const requests: ReadonlyMap<number, (reader: TlReader) => Requests[MethodName]>

/** Names of methods by unsigned constructor ids that the newest layer lacks. */
export declare const names: ReadonlyMap<number, string>
`
  return { js, dts }
}
