import { LAYER } from '@cablegram/tl/api'
import { type LayerCodec, loadLayer, servedLayer } from '@cablegram/tl/layers'

/** The writers of every layer that was asked for, each loaded once. */
export class LayerCodecs {
  readonly #codecs = new Map<number, Promise<LayerCodec>>()

  /** Those that a client of the `declared` layer is served with. */
  for(declared: number): Promise<LayerCodec> {
    const layer = servedLayer(declared) ?? LAYER
    const known = this.#codecs.get(layer)
    if (known !== undefined) return known
    const codec = loadLayer(layer)
    this.#codecs.set(layer, codec)
    return codec
  }
}
