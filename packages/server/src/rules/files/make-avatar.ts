import type { Dimensions } from '../../files/images/dimensions.ts'
import { readMovieHeader } from '../../files/images/movie-header.ts'
import { drawBackground } from '../../files/pictures/draw-background.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import type { Photo, PhotoEmoji, PhotoFilm, PhotoSize } from '../messages/words.ts'
import { accepted, type Refusal, refusal } from '../refusal.ts'
import {
  digestOf,
  dropPut,
  findSent,
  forgetUpload,
  type PutFile,
  putTogether,
  type ReadyFile,
} from './assemble.ts'
import { assembliesOf } from './assemblies.ts'
import { findBlob } from './decide-blobs.ts'
import { findNoRoom } from './decide-totals.ts'
import {
  headerOf,
  isPhotoSize,
  kept,
  MAX_PHOTO_BYTES,
  photoOf,
  previewsOf,
  refuseUpload,
  sourceIn,
} from './make-media.ts'
import { AVATAR_SIZES, type Previews } from './previews.ts'
import { readExactly } from './read-exactly.ts'
import { uploadGroundOf } from './save-part.ts'
import type { SentFile } from './words.ts'

/** The photo of a person or a group as a client sends it: a picture, or what clients show in its place, or both. */
export interface SentAvatar {
  readonly file?: SentFile | undefined
  readonly film?: SentFilm | undefined
  readonly emoji?: PhotoEmoji | undefined
}

/** A film that a client has sent, and the moment of it that a still picture shows. */
export interface SentFilm {
  readonly file: SentFile
  readonly startS: number | undefined
}

/** The smaller letter of an avatar is a square of so many pixels. */
const MIN_AVATAR_PIXELS = 160
const MAX_FILM_BYTES = 10 * 1024 * 1024
const READ_BYTES = 1024 * 1024
const MAX_COLOURS = 4
const MAX_COLOUR = 0xffffff
/** Side of a picture that the server draws, and its colour for a film: nothing here decodes one. */
const DRAWN_PIXELS = 640
const GREY: readonly number[] = [0x808080]

/**
 * Makes the photo of a person or a group of what a client sends.
 *
 * @throws {RpcError} PHOTO_CROP_SIZE_SMALL, PHOTO_SAVE_FILE_INVALID, IMAGE_PROCESS_FAILED, VIDEO_FILE_INVALID,
 *   EMOJI_MARKUP_INVALID, and those of {@link findSent} and {@link putTogether}
 */
export async function makeAvatar(on: Ground, caller: Caller, sent: SentAvatar): Promise<Photo> {
  const { file, emoji } = sent
  checkEmoji(emoji)
  const film = sent.film && (await filmSent(on, caller, sent.film))
  let picture: AvatarPicture
  try {
    picture = file === undefined ? await drawn(on, caller, emoji) : await pictureSent(on, caller, file)
  } catch (error) {
    if (film !== undefined) await dropPut(on, film.put)
    throw error
  }
  return await keepAvatar(on, caller, picture, film, emoji)
}

function checkEmoji(emoji: PhotoEmoji | undefined): void {
  if (emoji === undefined) return
  const { emojiId, colours } = emoji
  const areColours = colours.every((colour) => colour >= 0 && colour <= MAX_COLOUR)
  if (emojiId !== 0n && colours.length >= 1 && colours.length <= MAX_COLOURS && areColours) return
  throw refusal('EMOJI_MARKUP_INVALID')
}

/** A picture whose bytes no row names yet. */
interface AvatarPicture {
  readonly put: PutFile
  readonly sizes: readonly PhotoSize[]
  readonly previews: Previews | undefined
}

async function pictureSent(on: Ground, caller: Caller, file: SentFile): Promise<AvatarPicture> {
  const ready = await findSent(on, caller, file)
  if (ready.size > MAX_PHOTO_BYTES) return await refuseUpload(on, ready, 'PHOTO_SAVE_FILE_INVALID')
  const put = await putTogether(on, ready)
  const header = await headerOf(on, put)
  const trouble = avatarTrouble(header)
  if (header === undefined || trouble !== undefined) {
    await dropPut(on, put)
    return await refuseUpload(on, ready, trouble ?? 'IMAGE_PROCESS_FAILED')
  }
  const previews = await previewsOf(on, put, header, AVATAR_SIZES, (name) => refuseUpload(on, ready, name))
  return { put, sizes: previews?.sizes ?? asItIs(put, header), previews }
}

/** Without smaller ones, the same bytes under both letters. */
function asItIs({ blob }: PutFile, { width, height }: Dimensions): PhotoSize[] {
  return AVATAR_SIZES.map(({ letter }) => ({ letter, width, height, bytes: blob.size }))
}

function avatarTrouble(header: Dimensions | undefined): Refusal | undefined {
  if (header === undefined) return 'IMAGE_PROCESS_FAILED'
  if (!isAvatarSize(header)) return 'PHOTO_CROP_SIZE_SMALL'
  return isPhotoSize(header) ? undefined : 'IMAGE_PROCESS_FAILED'
}

/** Tells whether a picture is large enough for a person or a group. */
export function isAvatarSize({ width, height }: Dimensions): boolean {
  return Math.min(width, height) >= MIN_AVATAR_PIXELS
}

/** Draws the background of an emoji, or a grey picture for clients that show no films. */
async function drawn(on: Ground, caller: Caller, emoji: PhotoEmoji | undefined): Promise<AvatarPicture> {
  const put = await putMade(on, uploadGroundOf(on, caller), [
    drawBackground(DRAWN_PIXELS, emoji?.colours ?? GREY),
  ])
  const sizes = asItIs(put, { width: DRAWN_PIXELS, height: DRAWN_PIXELS })
  return { put, sizes, previews: undefined }
}

/** Puts bytes that the server has made. */
async function putMade(
  on: Ground,
  ground: PutFile['ground'],
  bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<PutFile> {
  const { sha256, ...file } = await on.files.put(bytes)
  const blob = { ...file, digest: digestOf(on, sha256) }
  return { ground, blob, fileId: undefined, uploadName: undefined, isMade: true }
}

interface FilmFile extends Dimensions {
  readonly ready: ReadyFile
  readonly put: PutFile
  readonly startS: number | undefined
}

async function filmSent(on: Ground, caller: Caller, { file, startS }: SentFilm): Promise<FilmFile> {
  const ready = await findSent(on, caller, file)
  if (ready.size > MAX_FILM_BYTES) return await refuseUpload(on, ready, 'VIDEO_FILE_INVALID')
  const put = await putTogether(on, ready)
  const sides = await readMovieHeader(sourceIn(on.files, put.blob))
  if (sides !== undefined && isPhotoSize(sides)) return { ...sides, ready, put, startS }
  await dropPut(on, put)
  return await refuseUpload(on, ready, 'VIDEO_FILE_INVALID')
}

async function keepAvatar(
  on: Ground,
  caller: Caller,
  { put, sizes, previews }: AvatarPicture,
  film: FilmFile | undefined,
  emoji: PhotoEmoji | undefined,
): Promise<Photo> {
  const withFilm = film && (await putFilm(on, put, previews?.put, film))
  const photo: Photo = {
    ...photoOf(on, caller, previews, sizes),
    ...(withFilm && { film: withFilm.film }),
    ...(emoji && { emoji }),
  }
  const joinedFilm = withFilm?.put === film?.put ? undefined : film
  try {
    await kept(on, photo, put, withFilm?.put ?? previews?.put)
  } finally {
    // Its bytes are behind those of the sizes by now, or of no use.
    if (joinedFilm !== undefined) await dropPut(on, joinedFilm.put)
  }
  if (joinedFilm !== undefined) await forgetUpload(on, joinedFilm.ready)
  return photo
}

/** A photo has one file besides its own: the film, which lies behind the smaller sizes if there are any. */
async function putFilm(
  on: Ground,
  picture: PutFile,
  sizes: PutFile | undefined,
  film: FilmFile,
): Promise<{ readonly put: PutFile; readonly film: PhotoFilm }> {
  const { put, width, height, startS } = film
  const at = sizes?.blob.size ?? 0
  const facts = { width, height, bytes: put.blob.size, at, ...(startS !== undefined && { startS }) }
  if (sizes === undefined) return { put, film: facts }
  try {
    return { put: await joinedFile(on, film.ready, [sizes, put]), film: facts }
  } catch (error) {
    for (const each of [picture, put]) await dropPut(on, each)
    throw error
  } finally {
    await dropPut(on, sizes)
  }
}

/** Writes two files as one, as far as there is room. What was joined before is not written again. */
async function joinedFile(on: Ground, ready: ReadyFile, both: readonly [PutFile, PutFile]): Promise<PutFile> {
  const { ground, sent } = ready
  const digest = joinedDigest(on, both)
  return await assembliesOf(on.files).inTurn(ground.ownerId, sent.fileId, async () => {
    const known = await on.store.look(() => findBlob(digest))
    if (known !== undefined) return { ground, blob: known, fileId: undefined, uploadName: undefined }
    const size = both.reduce((sum, { blob }) => sum + blob.size, 0)
    accepted(
      await on.store.look(() => findNoRoom(on.settings, ground.ownerId, { account: size, server: size })),
    )
    const made = await putMade(on, ground, bytesOf(on, both))
    return { ...made, blob: { ...made.blob, digest } }
  })
}

/** The digest of two files that are joined, for which nothing has to be read. Those of single files are made of 32 bytes. */
function joinedDigest(on: Ground, [first, second]: readonly [PutFile, PutFile]): Uint8Array {
  return digestOf(on, Buffer.concat([first.blob.digest, second.blob.digest]))
}

async function* bytesOf({ files }: Ground, puts: readonly PutFile[]): AsyncGenerator<Uint8Array> {
  for (const { blob } of puts) {
    for (let at = 0; at < blob.size; at += READ_BYTES) {
      yield await readExactly(files, blob.name, at, Math.min(READ_BYTES, blob.size - at))
    }
  }
}
