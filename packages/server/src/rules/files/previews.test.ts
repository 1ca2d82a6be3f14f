import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import type { Drawn, PictureMaker } from '../../files/pictures/port.ts'
import type { Ground } from '../../ground/ground.ts'
import type { Document, Photo } from '../messages/words.ts'
import type { KeptMedia } from './decide-media.ts'
import { makeAvatar } from './make-avatar.ts'
import { type GivenMedia, makeMedia } from './make-media.ts'
import { mediaHashOf, mediaReference, NO_SOURCE } from './media-access.ts'
import { hashFile, readFile, readPhotoPieces } from './read-file.ts'
import { sweepFiles } from './sweep.ts'
import { createScene, everything, KIB, refusedWith, type Scene, send, sent } from './test-files.ts'

const MIB = KIB * KIB
const SWEEP_S = 3601

const PNG_BYTES = 2000

/** A PNG as its header says. */
function png(width: number, height: number): Buffer {
  const bytes = Buffer.alloc(PNG_BYTES)
  bytes.set(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return bytes
}

/** Makes sizes of which each is filled with its letter, and as many bytes long as it has pixels on a side. */
const letters: PictureMaker = {
  async draw(_, wanted) {
    const sizes = wanted.map(({ letter, pixels }) => {
      const bytes = new Uint8Array(pixels).fill(letter.charCodeAt(0))
      return { letter, width: pixels, height: pixels, bytes }
    })
    return { kind: 'made', sizes, stripped: Uint8Array.of(1, 2, 3) }
  },
  close: async () => {},
}
const always = (drawn: Drawn): PictureMaker => ({ ...letters, draw: async () => drawn })

async function given(
  scene: Scene,
  bytes: Uint8Array,
  kind: 'photo' | 'document' = 'photo',
): Promise<GivenMedia> {
  const { fileId, parts } = await send(scene, bytes, 64 * KIB)
  const file = { ...sent(fileId, parts), name: 'a.png' }
  if (kind === 'photo') return { kind, file, isBig: false }
  const asIs = { thumb: undefined, attributes: [], isPlain: true, staysVideo: false }
  return { kind, file, mime: 'image/png', ...asIs }
}

async function made(
  scene: Scene,
  pictures: PictureMaker,
  bytes: Uint8Array,
  kind?: 'document',
): Promise<KeptMedia> {
  return await makeMedia({ ...scene.world.rules, pictures }, scene.caller, await given(scene, bytes, kind))
}

async function photoOf(scene: Scene, pictures: PictureMaker, bytes: Uint8Array): Promise<Photo> {
  const media = await made(scene, pictures, bytes)
  return media.kind === 'photo' ? media : assert.fail()
}

function placeOf(on: Ground, { id: viewerId }: Scene, media: Photo | Document, letter: string) {
  const mediaId = media.kind === 'photo' ? media.photoId : media.documentId
  const accessHash = mediaHashOf(on, viewerId, mediaId)
  const reference = mediaReference(on, viewerId, mediaId, NO_SOURCE)
  return { of: media.kind, mediaId, accessHash, reference, letter } as const
}

async function textOf(scene: Scene, media: Photo | Document, letter: string, offset = 0n): Promise<string> {
  const { rules } = scene.world
  const asked = { offset, limit: MIB - Number(offset), precise: true }
  const { bytes } = await readFile(rules, scene.caller, placeOf(rules, scene, media, letter), asked)
  return Buffer.from(bytes).toString('latin1')
}

test('a photo has the boxes that are smaller, each with its own bytes, and itself as it came', async () => {
  const scene = await createScene()
  const photo = await photoOf(scene, letters, png(1000, 500))
  const named = photo.sizes.map(({ letter, width, bytes }) => [letter, width, bytes])
  assert.deepEqual(named, [
    ['s', 100, 100],
    ['m', 320, 320],
    ['x', 800, 800],
    ['y', 1000, PNG_BYTES],
  ])
  assert.equal(photo.stripped, Buffer.of(1, 2, 3).toString('base64'))
  assert.equal(await textOf(scene, photo, 's'), 's'.repeat(100))
  assert.equal(await textOf(scene, photo, 'm'), 'm'.repeat(320))
  assert.equal(await textOf(scene, photo, 'x'), 'x'.repeat(800))
  assert.equal(await textOf(scene, photo, 'y'), png(1000, 500).toString('latin1'))
  // Of letters that it lacks, the next larger one; of the largest, the largest that there is.
  assert.equal(await textOf(scene, photo, 'a'), 'm'.repeat(320))
  assert.equal(await textOf(scene, photo, 'w'), png(1000, 500).toString('latin1'))
  assert.equal(await textOf(scene, photo, 'm', 1024n), '', 'nothing of the next size behind its end')
})

test('a smaller size that takes as many bytes as the photo is not kept', async () => {
  const scene = await createScene()
  const photo = await photoOf(scene, letters, png(1000, 500).subarray(0, 800))
  assert.deepEqual(
    photo.sizes.map(({ letter }) => letter),
    ['s', 'm', 'y'],
  )
  assert.equal(await textOf(scene, photo, 'm'), 'm'.repeat(320))
})

test('hashes of a size are over its own bytes', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const photo = await photoOf(scene, letters, png(1000, 500))
  const hashes = await hashFile(rules, scene.caller, placeOf(rules, scene, photo, 'm'), 0n)
  const sha256 = Uint8Array.from(createHash('sha256').update('m'.repeat(320)).digest())
  assert.deepEqual(hashes, [{ offset: 0n, length: 320, sha256 }])
})

test('a photo that cannot be decoded is refused, and nothing of it stays, nor of a document whose preview fails', async () => {
  const scene = await createScene()
  const before = await everything(scene)
  await assert.rejects(
    photoOf(scene, always({ kind: 'broken' }), png(100, 90)),
    refusedWith('IMAGE_PROCESS_FAILED'),
  )
  assert.deepEqual(await everything(scene), before)
  const failing: PictureMaker = { ...letters, draw: () => Promise.reject(new Error('no thread')) }
  await assert.rejects(photoOf(scene, failing, png(100, 90)), { message: 'no thread' })
  assert.deepEqual((await everything(scene)).files, before.files)
  await assert.rejects(made(scene, failing, png(100, 90), 'document'), { message: 'no thread' })
  assert.deepEqual((await everything(scene)).files, before.files)
})

test('without anything that makes sizes, a photo stays as it came', async () => {
  const scene = await createScene()
  const photo = await photoOf(scene, always({ kind: 'unavailable' }), png(1000, 500))
  assert.deepEqual(photo.sizes, [{ letter: 'y', width: 1000, height: 500, bytes: PNG_BYTES }])
  assert.equal(photo.stripped, undefined)
  assert.equal(await textOf(scene, photo, 's'), png(1000, 500).toString('latin1'))
})

test('a picture beyond the bounds comes to no decoder', async () => {
  const scene = await createScene()
  const never: PictureMaker = { ...letters, draw: () => assert.fail('decoded') }
  for (const bytes of [png(9000, 1001), png(2100, 100), png(2 ** 31 - 1, 2 ** 31 - 1)]) {
    await assert.rejects(photoOf(scene, never, bytes), refusedWith('PHOTO_INVALID_DIMENSIONS'))
    const document = await made(scene, never, bytes, 'document')
    assert.ok(document.kind === 'document' && document.thumb === undefined)
  }
  const { fileId, parts } = await send(scene, png(9000, 1001), KIB)
  const avatar = makeAvatar({ ...scene.world.rules, pictures: never }, scene.caller, {
    file: sent(fileId, parts),
  })
  await assert.rejects(avatar, refusedWith('IMAGE_PROCESS_FAILED'))
})

test('a document that is a picture has one preview; one that cannot be decoded has none', async () => {
  const scene = await createScene()
  const document = await made(scene, letters, png(1000, 500), 'document')
  assert.ok(document.kind === 'document')
  assert.deepEqual(document.thumb, { letter: 'm', width: 320, height: 320, bytes: 320, at: 0 })
  assert.equal(await textOf(scene, document, 'm'), 'm'.repeat(320))
  assert.equal(await textOf(scene, document, ''), png(1000, 500).toString('latin1'))
  const broken = await made(scene, always({ kind: 'broken' }), png(900, 500), 'document')
  assert.ok(broken.kind === 'document' && broken.thumb === undefined)
})

test('an avatar has its squares, small and big', async () => {
  const scene = await createScene()
  const on = { ...scene.world.rules, pictures: letters }
  const { fileId, parts } = await send(scene, png(900, 700), KIB)
  const { photoId, sizes } = await makeAvatar(on, scene.caller, { file: sent(fileId, parts) })
  assert.deepEqual(
    sizes.map(({ letter }) => letter),
    ['a', 'c'],
  )
  for (const [letter, side] of [
    ['a', 160],
    ['c', 640],
  ] as const) {
    const { pieces } = await readPhotoPieces(
      on,
      scene.caller,
      { photoId, letter },
      { offset: 0n, limit: 4 * KIB, precise: false },
    )
    assert.equal(Buffer.concat(pieces).toString(), letter.repeat(side))
  }
})

test('equal sizes of two photos are one file, and go with the last of them', async () => {
  const scene = await createScene()
  const { rules, clock } = scene.world
  await photoOf(scene, letters, png(1000, 500))
  const { files } = await everything(scene)
  assert.equal(files, 2, 'the photo, and its smaller sizes')
  await photoOf(scene, letters, png(999, 500))
  assert.equal((await everything(scene)).files, 3, 'the other photo; its sizes are there already')
  for (let sweeps = 0; sweeps < 4; sweeps++) {
    clock.advance(25 * SWEEP_S * 1000)
    await sweepFiles(rules)
  }
  assert.deepEqual(await everything(scene), { files: 0, uploads: 0, bytes: 0 })
})
