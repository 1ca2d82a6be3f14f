import assert from 'node:assert/strict'
import { test } from 'node:test'
import { film } from '../../files/images/test-film.ts'
import type { PictureMaker } from '../../files/pictures/port.ts'
import type { Photo } from '../messages/words.ts'
import { keepPuts } from './assemble.ts'
import { makeAvatar, type SentAvatar } from './make-avatar.ts'
import { readPhotoPieces } from './read-file.ts'
import { uploadGroundOf } from './save-part.ts'
import {
  createScene,
  documentOf,
  everything,
  KIB,
  refusedWith,
  type Scene,
  send,
  sent,
} from './test-files.ts'

const FILM = film(800, 800)
const WHOLE = { offset: 0n, limit: 8192, precise: false }

/** A PNG as its header says. */
function png(side: number): Uint8Array {
  const bytes = Buffer.alloc(100)
  bytes.set(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  bytes.writeUInt32BE(side, 16)
  bytes.writeUInt32BE(side, 20)
  return Uint8Array.from(bytes)
}

/** A picture maker whose sizes are filled with their letters. */
const letters: PictureMaker = {
  async draw(_, wanted) {
    const sizes = wanted.map(({ letter, pixels }) => {
      return { letter, width: pixels, height: pixels, bytes: new Uint8Array(9).fill(letter.charCodeAt(0)) }
    })
    return { kind: 'made', sizes, stripped: Uint8Array.of(1, 2, 3) }
  },
  close: async () => {},
}

async function file(scene: Scene, bytes: Uint8Array) {
  const { fileId, parts } = await send(scene, bytes, 64 * KIB)
  return sent(fileId, parts)
}

const filmOf = async (scene: Scene, bytes: Uint8Array = FILM) => ({
  file: await file(scene, bytes),
  startS: 1.5,
})

const make = ({ world, caller }: Scene, avatar: SentAvatar, pictures?: PictureMaker): Promise<Photo> =>
  makeAvatar({ ...world.rules, pictures }, caller, avatar)

const read = async ({ world, caller }: Scene, { photoId }: Photo, letter: string): Promise<Buffer> =>
  Buffer.concat((await readPhotoPieces(world.rules, caller, { photoId, letter }, WHOLE)).pieces)

test('a film alone has a grey picture, and nothing stays of its upload', async () => {
  const scene = await createScene()
  const photo = await make(scene, { film: await filmOf(scene) })
  assert.deepEqual(photo.film, { width: 800, height: 800, bytes: FILM.length, at: 0, startS: 1.5 })
  assert.deepEqual(await read(scene, photo, 'u'), FILM)
  const sides = photo.sizes.map(({ letter, width, height }) => [letter, width, height])
  assert.deepEqual(sides, [
    ['a', 640, 640],
    ['c', 640, 640],
  ])
  const picture = await read(scene, photo, 'c')
  assert.equal(picture.length, photo.sizes[1]?.bytes)
  const { files, uploads, bytes } = await everything(scene)
  assert.deepEqual({ files, uploads, bytes }, { files: 2, uploads: 0, bytes: picture.length + FILM.length })
})

test('a film beside a picture lies behind its smaller sizes', async () => {
  const scene = await createScene()
  const avatar = { file: await file(scene, png(200)), film: await filmOf(scene) }
  const photo = await make(scene, avatar, letters)
  assert.equal(photo.film?.at, 18)
  assert.deepEqual(await read(scene, photo, 'u'), FILM)
  assert.equal((await read(scene, photo, 'a')).toString(), 'aaaaaaaaa')
  assert.equal((await read(scene, photo, 'c')).toString(), 'ccccccccc')
  assert.deepEqual(await everything(scene), { files: 2, uploads: 0, bytes: 100 + 18 + FILM.length })
})

test('an emoji has a picture of its colours', async () => {
  const scene = await createScene()
  const emoji = { emojiId: 7n, colours: [0xff0000, 0x0000ff] }
  const photo = await make(scene, { emoji })
  assert.deepEqual(photo.emoji, emoji)
  assert.equal(photo.sizes.length, 2)
  assert.notDeepEqual(
    await read(scene, photo, 'c'),
    await read(scene, await make(scene, { emoji: { ...emoji, colours: [0] } }), 'c'),
  )
})

test('what is no film, and markup without sense, are refused, and leave nothing', async () => {
  const scene = await createScene()
  const before = await everything(scene)
  for (const bytes of [png(200), Buffer.concat([FILM, Buffer.alloc(10 * KIB * KIB)]), film(9000, 2000)]) {
    const avatar = { file: await file(scene, png(200)), film: await filmOf(scene, bytes) }
    await assert.rejects(make(scene, avatar), refusedWith('VIDEO_FILE_INVALID'))
    await make(scene, { file: avatar.file })
  }
  const { uploads } = await everything(scene)
  assert.equal(uploads, before.uploads)
  const colours = [0]
  const markups = [
    { emojiId: 0n, colours },
    { emojiId: 1n, colours: [] },
    { emojiId: 1n, colours: [0, 0, 0, 0, 0] },
    { emojiId: 1n, colours: [-1] },
    { emojiId: 1n, colours: [0x1000000] },
  ]
  for (const emoji of markups)
    await assert.rejects(make(scene, { emoji }), refusedWith('EMOJI_MARKUP_INVALID'))
})

test('a film whose picture is refused stays uploaded, for the next attempt', async () => {
  const scene = await createScene()
  const films = await filmOf(scene)
  const small = { file: await file(scene, png(159)), film: films }
  await assert.rejects(make(scene, small), refusedWith('PHOTO_CROP_SIZE_SMALL'))
  assert.deepEqual(await everything(scene), { files: 0, uploads: 1, bytes: 0 })
  assert.equal((await make(scene, { film: films })).film?.bytes, FILM.length)
})

/** A scene that counts the files which are written and have at least the length of the film. */
function countingFilms(scene: Scene): { readonly scene: Scene; readonly written: () => number } {
  const { rules } = scene.world
  let written = 0
  const put: typeof rules.files.put = async (given) => {
    const kept = await rules.files.put(given)
    if (kept.size >= FILM.length) written += 1
    return kept
  }
  const world = { ...scene.world, rules: { ...rules, files: { ...rules.files, put } } }
  return { scene: { ...scene, world }, written: () => written }
}

for (const [how, pictures, writes] of [
  ['alone', undefined, 0],
  ['behind smaller sizes', letters, 1],
] as const) {
  test(`a film that the server has already is written ${writes} times, if it lies ${how}`, async () => {
    const { scene, written } = countingFilms(await createScene())
    const films = await filmOf(scene)
    await documentOf(scene, films.file.fileId, films.file.parts)
    const picture = await file(scene, png(200))
    const before = written()
    for (let time = 0; time < 3; time += 1) {
      const photo = await make(scene, { file: picture, film: films }, pictures)
      assert.deepEqual(await read(scene, photo, 'u'), FILM)
    }
    assert.equal(written() - before, writes)
    const { files } = await everything(scene)
    assert.equal(files, writes + 2)
  })
}

test('a film that would have to be joined with smaller sizes is refused to an account without room', async () => {
  const { scene, written } = countingFilms(await createScene())
  const { rules } = scene.world
  const films = await filmOf(scene)
  await documentOf(scene, films.file.fileId, films.file.parts)
  const picture = await file(scene, png(200))
  await documentOf(scene, picture.fileId, picture.parts)
  const settings = { ...rules.settings, files: { ...rules.settings.files, accountMib: 0 } }
  const world = { ...scene.world, rules: { ...rules, settings } }
  const before = written()
  const avatar = make({ ...scene, world }, { file: picture, film: films }, letters)
  await assert.rejects(avatar, refusedWith('FILES_TOO_MUCH'))
  assert.equal(written(), before)
})

test('a file that the sweep has deleted since it was found is not named by a row', async () => {
  const { world, caller } = await createScene()
  const blob = { digest: new Uint8Array(32), name: '0'.repeat(32), size: 1 }
  const put = { ground: uploadGroundOf(world.rules, caller), blob, fileId: undefined, uploadName: undefined }
  await assert.rejects(keepPuts(world.rules, put.ground, [put]), refusedWith('FILE_PART_0_MISSING'))
})
