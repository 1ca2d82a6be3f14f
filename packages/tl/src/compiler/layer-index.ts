import { HEADER } from './javascript.ts'

/** Compiles the module that lists the older layers and loads each on first use. */
export function emitLayerIndex(layers: readonly number[]): { js: string; dts: string } {
  const loaders = layers.map((layer) => `  [${layer}, () => import('./${layer}.js')],`)
  const js = `${HEADER}export { names, requests } from './requests.js'
export const olderLayers = new Map([
${loaders.join('\n')}
])
`
  const dts = `${HEADER}import type { TlReader, TlWriter } from '@cablegram/tl'
import type { MethodName, Requests } from '../api.js'

type Write = (writer: TlWriter, value: unknown) => void

/** The writers of one older layer, by type and by method. */
export interface OlderLayer {
  readonly layer: number
  readonly types: ReadonlyMap<string, Write>
  readonly results: ReadonlyMap<string, Write>
}

/** Loads each older layer, oldest first. */
export declare const olderLayers: ReadonlyMap<number, () => Promise<OlderLayer>>

/** Readers of requests that only older layers have, by unsigned constructor id, called after the id was read. */
export declare const requests: ReadonlyMap<number, (reader: TlReader) => Requests[MethodName]>

/** Names of methods by unsigned constructor ids that the newest layer lacks. */
export declare const names: ReadonlyMap<number, string>
`
  return { js, dts }
}
