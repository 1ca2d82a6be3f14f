import assert from 'node:assert/strict'
import { test } from 'node:test'
import type * as api from '@cablegram/tl/api'
import { decodeRequest, loadLayer } from '@cablegram/tl/layers'
import { layerSchema } from '../properties/schemas.ts'
import type { TlObject } from '../properties/values.ts'
import { Wire } from '../properties/wire.ts'

const DOCUMENT: api.Document = {
  _: 'document',
  id: 5n,
  accessHash: 6n,
  fileReference: Uint8Array.of(1, 2),
  date: 7,
  mimeType: 'video/mp4',
  size: 1_048_577n,
  dcId: 2,
  attributes: [],
}

/** A media as a client of an older layer reads it. */
async function read(layer: number, media: api.MessageMedia): Promise<TlObject> {
  const bytes = (await loadLayer(layer)).encode('MessageMedia', media)
  return new Wire(layerSchema(layer)).read({ kind: 'boxed', name: 'MessageMedia' }, bytes) as TlObject
}

/** The attributes of a document as a client of an older layer reads them. */
async function attributes(layer: number, ...all: api.DocumentAttribute[]): Promise<TlObject[]> {
  const document = { ...DOCUMENT, attributes: all }
  const media = await read(layer, { _: 'messageMediaDocument', document })
  return (media['document'] as TlObject)['attributes'] as TlObject[]
}

test('a video lasts whole seconds up to 159, whatever number its sender gave', async () => {
  const durations = async (layer: number): Promise<unknown[]> => {
    const given = [12.4, 12.5, 0, -0.4, Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300]
    const videos = given.map((duration): api.DocumentAttribute => {
      return { _: 'documentAttributeVideo', duration, w: 640, h: 480 }
    })
    return (await attributes(layer, ...videos)).map((one) => one['duration'])
  }
  const [most, least] = [2_147_483_647, -2_147_483_648]
  for (const layer of [131, 159])
    assert.deepEqual(await durations(layer), [12, 13, 0, 0, 0, most, most, least])
  assert.equal((await durations(160))[0], 12.4)
})

test('the other forms of a video are one from 160 to 187, and a list from 188 on', async () => {
  const other = { ...DOCUMENT, id: 8n }
  const media: api.MessageMedia = {
    _: 'messageMediaDocument',
    video: true,
    round: true,
    voice: true,
    spoiler: true,
    document: DOCUMENT,
    altDocuments: [other, DOCUMENT],
    videoTimestamp: 3,
    ttlSeconds: 9,
  }
  const got = await Promise.all([131, 159, 160, 187, 188].map((layer) => read(layer, media)))
  const ids = got.map((one) => [(one['document'] as TlObject)['id'], one['ttlSeconds']])
  assert.deepEqual(ids, Array(5).fill([5n, 9]))
  const alternatives = got.map((one) => (one['altDocument'] as TlObject | undefined)?.['id'])
  assert.deepEqual(alternatives, [undefined, undefined, 8n, 8n, undefined])
  assert.equal((got.at(-1) as { altDocuments?: TlObject[] }).altDocuments?.length, 2)
  assert.equal((await read(160, { ...media, altDocuments: [] }))['altDocument'], undefined)
  assert.deepEqual(
    [131, 151, 170].map(
      (layer) => layerSchema(layer).constructors.get('messageMediaDocument')?.fields.length,
    ),
    [3, 5, 9],
  )
})

test('an emoji of a set is a sticker up to 143, and sets that a layer lacks are no set', async () => {
  const attribute: api.DocumentAttribute = {
    _: 'documentAttributeCustomEmoji',
    alt: '🙂',
    free: true,
    textColor: true,
    stickerset: { _: 'inputStickerSetEmojiDefaultStatuses' },
  }
  const [first, second, third] = await Promise.all(
    [143, 144, 150].map((layer) => attributes(layer, attribute)),
  )
  assert.equal(first?.[0]?._, 'documentAttributeSticker')
  assert.equal(first?.[0]?.['alt'], '🙂')
  assert.deepEqual(first?.[0]?.['stickerset'], { _: 'inputStickerSetEmpty' })
  assert.equal(second?.[0]?._, 'documentAttributeCustomEmoji')
  assert.deepEqual(second?.[0]?.['stickerset'], { _: 'inputStickerSetEmpty' })
  assert.deepEqual(third?.[0]?.['stickerset'], { _: 'inputStickerSetEmojiDefaultStatuses' })
})

test('moving pictures made of an emoji are left out of photos up to 151', async () => {
  const photo: api.Photo = {
    _: 'photo',
    id: 5n,
    accessHash: 6n,
    fileReference: Uint8Array.of(1),
    date: 7,
    sizes: [{ _: 'photoSize', type: 'x', w: 800, h: 600, size: 9 }],
    videoSizes: [
      { _: 'videoSize', type: 'u', w: 800, h: 800, size: 9 },
      { _: 'videoSizeEmojiMarkup', emojiId: 1n, backgroundColors: [1] },
    ],
    dcId: 2,
  }
  const kinds = async (layer: number): Promise<unknown> => {
    const got = (await read(layer, { _: 'messageMediaPhoto', photo }))['photo'] as TlObject
    return (got['videoSizes'] as TlObject[]).map((one) => one._)
  }
  assert.deepEqual(await kinds(151), ['videoSize'])
  assert.deepEqual(await kinds(152), ['videoSize', 'videoSizeEmojiMarkup'])
})

test('items of an album come with the media and the reply of their layer', () => {
  const asked = (layer: number, reply: Record<string, unknown>): TlObject => {
    const media = {
      _: 'inputMediaUploadedPhoto',
      file: { _: 'inputFile', id: 1n, parts: 1, name: 'a.jpg', md5Checksum: '' },
      ttlSeconds: 5,
    }
    const item = { _: 'inputSingleMedia', media, randomId: 2n, message: 'Tea' }
    const request = {
      _: 'messages.sendMultiMedia',
      peer: { _: 'inputPeerSelf' },
      multiMedia: [item],
      ...reply,
    }
    return decodeRequest(new Wire(layerSchema(layer)).writeObject(request)) as TlObject
  }
  for (const layer of [131, 159]) {
    const { replyTo, multiMedia } = asked(layer, { replyToMsgId: 4 }) as unknown as {
      replyTo: TlObject
      multiMedia: { media: TlObject & { file: TlObject } }[]
    }
    assert.deepEqual([replyTo._, replyTo['replyToMsgId']], ['inputReplyToMessage', 4])
    assert.equal(multiMedia[0]?.media['ttlSeconds'], 5)
    assert.equal(multiMedia[0]?.media.file['name'], 'a.jpg')
  }
  assert.equal(asked(159, {})['replyTo'], undefined)
})
