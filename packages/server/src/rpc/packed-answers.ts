import { pack } from '@cablegram/mtproto'

/**
 * Constant answers as they go over the wire: written and gzipped once for each layer. Both take a hundred times as long
 * as all the rest of such a request, and a packet may hold a thousand. An entry lives as long as the answer it is made of.
 */
export class PackedAnswers {
  readonly #byAnswer = new WeakMap<object, Map<number, Uint8Array>>()

  /** @param encode writes the answer in that layer */
  get(answer: object, layer: number, encode: () => Uint8Array): Uint8Array {
    const byLayer = this.#byAnswer.get(answer) ?? new Map<number, Uint8Array>()
    this.#byAnswer.set(answer, byLayer)
    const known = byLayer.get(layer)
    if (known) return known
    // `encode` may return a view of a buffer that is used again.
    const packed = pack(encode()).slice()
    byLayer.set(layer, packed)
    return packed
  }
}
