import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Document, DocumentAttribute, MessageMedia, Photo } from '@cablegram/tl/api'
import { factsOf, fileOfMedia } from './file-facts.ts'

function document(attributes: DocumentAttribute[], mimeType: string): MessageMedia {
  const file: Document = {
    _: 'document',
    id: 1n,
    accessHash: 2n,
    fileReference: new Uint8Array(),
    date: 3,
    mimeType,
    size: 5_000_000_000n,
    dcId: 2,
    attributes,
  }
  return { _: 'messageMediaDocument', document: file }
}

function facts(media: MessageMedia): object | undefined {
  const file = fileOfMedia(media)
  return file && factsOf(file)
}

const named: DocumentAttribute = { _: 'documentAttributeFilename', fileName: 'a.mp4' }
const video = { _: 'documentAttributeVideo', duration: 2.5, w: 640, h: 480 } as const
const animated: DocumentAttribute = { _: 'documentAttributeAnimated' }
const audio = { _: 'documentAttributeAudio', duration: 7 } as const
const sticker: DocumentAttribute = {
  _: 'documentAttributeSticker',
  alt: '👍',
  stickerset: { _: 'inputStickerSetEmpty' },
}
const picture: DocumentAttribute = { _: 'documentAttributeImageSize', w: 512, h: 256 }

test('a film has its name, size, pixels and length', () => {
  assert.deepEqual(facts(document([named, video], 'video/mp4')), {
    kind: 'video',
    fileName: 'a.mp4',
    sizeBytes: 5_000_000_000,
    mimeType: 'video/mp4',
    width: 640,
    height: 480,
    durationS: 2.5,
  })
})

test('documents are told apart as the apps do', () => {
  const rows: [DocumentAttribute[], string][] = [
    [[{ ...video, roundMessage: true }], 'videoNote'],
    [[video, animated], 'animation'],
    [[audio], 'audio'],
    [[{ ...audio, voice: true }], 'voice'],
    [[picture, sticker], 'sticker'],
    [[video, sticker], 'sticker'],
    [[picture], 'document'],
    [[], 'document'],
  ]
  for (const [attributes, kind] of rows) {
    const found = fileOfMedia(document(attributes, 'x/y'))
    assert.equal(found && factsOf(found).kind, kind)
  }
})

test('a photo has the facts of its largest size', () => {
  const photo: Photo = {
    _: 'photo',
    id: 1n,
    accessHash: 2n,
    fileReference: new Uint8Array(),
    date: 3,
    sizes: [
      { _: 'photoStrippedSize', type: 'i', bytes: new Uint8Array(3) },
      { _: 'photoSizeProgressive', type: 'y', w: 1280, h: 960, sizes: [100, 900] },
      { _: 'photoSize', type: 'm', w: 320, h: 240, size: 50 },
    ],
    dcId: 2,
  }
  const expected = { kind: 'photo', sizeBytes: 900, width: 1280, height: 960, mimeType: 'image/jpeg' }
  assert.deepEqual(facts({ _: 'messageMediaPhoto', photo }), expected)
})

test('media without a file, and a preview of a link, have no facts', () => {
  assert.equal(facts({ _: 'messageMediaPhoto' }), undefined)
  assert.equal(facts({ _: 'messageMediaUnsupported' }), undefined)
  assert.equal(facts({ _: 'messageMediaWebPage', webpage: { _: 'webPageEmpty', id: 1n } }), undefined)
})
