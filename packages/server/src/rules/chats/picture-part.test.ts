import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { type PartAsked, PICTURE_HASH, picturePart } from './picture-part.ts'
import { REACTION_EMOJI } from './reaction-emoji.ts'
import { reactionPictures } from './reaction-pictures.ts'

const [first] = reactionPictures()
const ASKED: PartAsked = {
  id: first?.still.id ?? 0n,
  accessHash: PICTURE_HASH,
  offset: 0n,
  limit: 4096,
  precise: false,
}
const refusedWith = (error: string, change: Partial<PartAsked>): void => {
  assert.throws(() => picturePart({ ...ASKED, ...change }), { message: error })
}

describe('the pictures of reactions', () => {
  it('are a WebP and an animated sticker for each emoji, of ids and colours of their own', () => {
    const pictures = reactionPictures()
    assert.deepEqual(
      pictures.map(({ emoji }) => emoji),
      REACTION_EMOJI,
    )
    const all = pictures.flatMap(({ still, moving }) => [still, moving])
    assert.equal(new Set(all.map(({ id }) => id)).size, all.length)
    assert.equal(new Set(all.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size, all.length)
    for (const { still, moving } of pictures) {
      assert.equal(Buffer.from(still.bytes).toString('latin1', 8, 16), 'WEBPVP8L')
      assert.equal(Buffer.from(still.bytes).readUInt32LE(4), still.bytes.length - 8)
      const { tgs, w, h, layers } = JSON.parse(gunzipSync(moving.bytes).toString())
      assert.deepEqual([tgs, w, h, layers.length], [1, 512, 512, 1])
    }
  })

  it('are given whole, and nothing behind their end', () => {
    assert.deepEqual(picturePart(ASKED).bytes, first?.still.bytes)
    assert.equal(picturePart({ ...ASKED, offset: 4096n }).bytes.length, 0)
    assert.equal(picturePart({ ...ASKED, offset: 1024n, limit: 3072, precise: true }).bytes.length, 0)
    assert.deepEqual(picturePart({ ...ASKED, limit: 1_048_576 }).bytes, first?.still.bytes)
  })

  it('are refused by a wrong place and a wrong cut', () => {
    refusedWith('LOCATION_INVALID', { id: 9_999n })
    refusedWith('LOCATION_INVALID', { accessHash: 2n })
    for (const limit of [0, -4096, 1024, 12_288, 2 ** 21]) refusedWith('LIMIT_INVALID', { limit })
    refusedWith('LIMIT_INVALID', { limit: 512, precise: true })
    for (const offset of [-4096n, 1024n]) refusedWith('OFFSET_INVALID', { offset })
    refusedWith('OFFSET_INVALID', { offset: 1_044_480n, limit: 8192 })
    refusedWith('OFFSET_INVALID', { offset: 512n, precise: true })
  })
})
