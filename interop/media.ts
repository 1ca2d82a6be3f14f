/** Acts with files: one person uploads, another downloads, and the bytes are equal. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import type { MediaKind, SentMedia } from './clients/talks.ts'
import { bytesOf, hashOf, KIB, MIB } from './files.ts'
import { inTwos, isFrom, meet, type Person, ringOf, type TalkAct, two } from './talking.ts'

const VOICE_BYTES = 40_000
const [PHOTO_WIDTH, PHOTO_HEIGHT] = [512, 384]
const AVATAR_SIDE = 320

/** Clients spend most of the time waiting for each other, and some for their own cryptography. */
const AT_ONCE = 2

function ringAct(name: string, play: TalkAct['play']): TalkAct {
  return { name, atOnce: AT_ONCE, casts: ringOf(2), play }
}

function sizeAct(name: string, size: number): TalkAct {
  return ringAct(name, (cast) => exchangeFile(cast, size))
}

/** A file of 12 MiB: a big one, which has calls and checks of its own. Each library uploads it or downloads it. */
export const WHOLE_FILE: TalkAct = { ...sizeAct('file', 12 * MIB), casts: inTwos }

/** Each library with the next one, but for the big file: {@link LARGE_ACTS} have it both ways. */
export const MEDIA_ACTS: readonly TalkAct[] = [
  ringAct('photo', exchangePhoto),
  ringAct('voice', exchangeVoice),
  ringAct('album', exchangeAlbum),
  ringAct('avatar', showAvatar),
  sizeAct('1 byte', 1),
  sizeAct('128 KiB', 128 * KIB),
  WHOLE_FILE,
]

/** The last of the small files, and the first of the big ones: clients change there what they do. A long one has hundreds of parts. */
export const LARGE_ACTS: readonly TalkAct[] = [
  sizeAct('10 MiB', 10 * MIB),
  sizeAct('10 MiB and a byte', 10 * MIB + 1),
  sizeAct('12 MiB', 12 * MIB),
  sizeAct('60 MiB', 60 * MIB),
]

async function exchangeFile(cast: readonly Person[], size: number): Promise<void> {
  await exchange(cast, 'file', await madeFile(cast, `file of ${size}.bin`, bytesOf(size)))
}

async function exchangePhoto(cast: readonly Person[]): Promise<void> {
  await exchange(cast, 'photo', await madeFile(cast, 'photo.png', pngOf(PHOTO_WIDTH, PHOTO_HEIGHT)))
}

async function exchangeVoice(cast: readonly Person[]): Promise<void> {
  await exchange(cast, 'voice', await madeFile(cast, 'voice.ogg', oggOf(VOICE_BYTES)))
}

async function exchange(cast: readonly Person[], kind: MediaKind, path: string): Promise<void> {
  const [ann, bob] = two(cast)
  await meet(ann, bob)
  const caption = `a ${kind} of ${ann.username}`
  await ann.client.talk('sendMedia', bob.id, { kind, path, caption })
  const heard = await bob.client.hears('message', isFrom(ann, caption))
  assert.equal(heard.media, kind)
  await expectDownload(ann, bob, heard.id, path)
}

/** Two photos that arrive as one album. */
async function exchangeAlbum(cast: readonly Person[]): Promise<void> {
  const [ann, bob] = two(cast)
  await meet(ann, bob)
  const items: SentMedia[] = []
  for (const [index, width] of [PHOTO_WIDTH, PHOTO_WIDTH / 2].entries()) {
    const path = await madeFile(cast, `album ${index}.png`, pngOf(width, PHOTO_HEIGHT))
    items.push({ kind: 'photo', path, caption: `photo ${index} of ${ann.username}` })
  }
  await ann.client.talk('sendAlbum', bob.id, items)
  const albums = new Set<string | undefined>()
  for (const { caption, path } of items) {
    const heard = await bob.client.hears('message', isFrom(ann, caption))
    albums.add(heard.album)
    await expectDownload(ann, bob, heard.id, path)
  }
  assert.equal(albums.size, 1)
  assert.ok(!albums.has(undefined), 'the photos came without an album')
}

async function showAvatar(cast: readonly Person[]): Promise<void> {
  const [ann, bob] = two(cast)
  await meet(ann, bob)
  const path = await madeFile(cast, 'avatar.png', pngOf(AVATAR_SIDE, AVATAR_SIDE))
  await ann.client.talk('setAvatar', path)
  const saved = join(bob.folder, `avatar of ${ann.username}.png`)
  await bob.client.talk('downloadAvatar', ann.id, saved)
  assert.equal(await hashOf(saved), await hashOf(path))
}

async function expectDownload(ann: Person, bob: Person, id: number, path: string): Promise<void> {
  const saved = join(bob.folder, `download ${id}`)
  await bob.client.talk('download', ann.id, id, saved)
  assert.equal(await hashOf(saved), await hashOf(path))
}

/** A file that the first one has. */
async function madeFile(cast: readonly Person[], name: string, bytes: Uint8Array): Promise<string> {
  const [ann] = two(cast)
  const path = join(ann.folder, name)
  await writeFile(path, bytes)
  return path
}

/** A page of Ogg comes first, by which some clients know a voice note. */
function oggOf(size: number): Uint8Array {
  return Buffer.concat([Buffer.from('OggS\0\u0002'), bytesOf(size)])
}

const BYTES_OF_PIXEL = 3
const PNG_HEAD = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** A picture that hardly packs. */
function pngOf(width: number, height: number): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // Eight bits a channel, three channels.
  header.set([8, 2], 8)
  const line = 1 + width * BYTES_OF_PIXEL
  const pixels = Buffer.alloc(line * height)
  let noise = width
  for (let at = 0; at < pixels.length; at++) {
    noise = (Math.imul(noise, 1_664_525) + 1_013_904_223) >>> 0
    pixels[at] = at % line === 0 ? 0 : noise >>> 24
  }
  const [head, body] = [chunkOf('IHDR', header), chunkOf('IDAT', deflateSync(pixels))]
  return Buffer.concat([PNG_HEAD, head, body, chunkOf('IEND', Buffer.alloc(0))])
}

function chunkOf(type: string, body: Uint8Array): Uint8Array {
  const typed = Buffer.concat([Buffer.from(type), body])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  sum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, sum])
}
