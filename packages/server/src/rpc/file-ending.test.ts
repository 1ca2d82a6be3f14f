import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyBytes } from '@cablegram/mtproto'
import { LAYERS, loadLayer } from '@cablegram/tl/layers'
import { FileEnding } from './file-ending.ts'

const LENGTHS = [0, 1, 253, 254, 16_383, 16_384, 16_385, 16_386, 16_387, 524_288, 1_048_576]

/** Pieces of uneven lengths. */
function piecesOf(bytes: Uint8Array): Uint8Array[] {
  const cuts = [0, bytes.length >> 2, bytes.length >> 1, bytes.length]
  return cuts.slice(1).map((end, index) => bytes.slice(cuts[index], end))
}

const part = (bytes: Uint8Array) =>
  ({ _: 'upload.file', type: { _: 'storage.filePartial' }, mtime: 1, bytes }) as const
const partOfCdn = (bytes: Uint8Array) => ({ _: 'upload.cdnFile', bytes }) as const

test('an answer that ends with pieces of a file is the same TL as one with the bytes in it, in every layer', async () => {
  for (const layer of LAYERS) {
    const codec = await loadLayer(layer)
    for (const length of layer === LAYERS.at(-1) ? LENGTHS : [16_387]) {
      const bytes = Uint8Array.from({ length }, (_, at) => at * 31 + 1)
      for (const encode of [
        (given: Uint8Array) => codec.encodeResult('upload.getFile', part(given)),
        (given: Uint8Array) => codec.encodeResult('upload.getCdnFile', partOfCdn(given)),
      ]) {
        const ending = new FileEnding(true)
        const { body, rest = [] } = ending.end({ body: encode(ending.take(piecesOf(bytes))) })
        assert.ok(Buffer.concat([body, ...rest]).equals(encode(bytes)), `${length} bytes in layer ${layer}`)
        assert.equal(bodyBytes({ body, rest }), encode(bytes).length)
        assert.equal(rest.length > 0, length >= 16_384)
      }
    }
  }
})

test('an answer that is needed with its bytes has them', () => {
  const ending = new FileEnding(false)
  const bytes = new Uint8Array(20_000).fill(7)
  assert.deepEqual(ending.take(piecesOf(bytes)), bytes)
  const body = new Uint8Array(8)
  assert.deepEqual(ending.end({ body }), { body })
})
