import type { ByteSource } from '../../files/images/byte-window.ts'
import type { Dimensions } from '../../files/images/dimensions.ts'
import { type ImageHeader, readImageHeader } from '../../files/images/image-header.ts'
import { isSilentMovie } from '../../files/images/movie-header.ts'
import { sizeLetter } from '../../files/images/size-letter.ts'
import type { WantedSize } from '../../files/pictures/port.ts'
import type { FileStore } from '../../files/port.ts'
import { WebFileError } from '../../files/web/port.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requireUserId } from '../accounts/keys.ts'
import { documentKind } from '../messages/message-rows.ts'
import type { Document, DocumentAttribute, Photo, PhotoSize } from '../messages/words.ts'
import { type Refusal, refusal } from '../refusal.ts'
import {
  dropPut,
  findSent,
  forgetUpload,
  keepPuts,
  type PutFile,
  putTogether,
  type ReadyFile,
} from './assemble.ts'
import { findDocument, findPhoto, type KeptMedia, keepMedia } from './decide-media.ts'
import { checkReference, hasOwnHash, type MediaClaim, type Viewer } from './media-access.ts'
import { boxesWithin, DOCUMENT_PREVIEW, drawPreviews, type Previews } from './previews.ts'
import { loadWebFile, webRefusal } from './web-file.ts'
import type { Blob, SentFile } from './words.ts'

/** A photo that a client has sent. */
export interface SentPhoto {
  readonly kind: 'photo'
  readonly file: SentFile
  /** A stream cannot be a photo. */
  readonly isBig: boolean
}

/** A document that a client has sent. */
export interface SentDocument {
  readonly kind: 'document'
  readonly file: SentFile
  readonly thumb: SentFile | undefined
  readonly mime: string
  readonly attributes: readonly DocumentAttribute[]
  /** It stays a plain file, whatever its type. */
  readonly isPlain: boolean
  /** A film without sound stays a video; else it becomes an animation. */
  readonly staysVideo: boolean
}

/** A photo or document that a client has sent, or that the server has already. */
export type GivenMedia = SentPhoto | SentDocument | WebMedia | ({ readonly kind: 'known' } & KnownMedia)

/** A photo or document that the server loads from another one. */
export interface WebMedia {
  readonly kind: 'web'
  readonly as: 'photo' | 'document'
  readonly url: string
}

/** A photo or document that the server has. */
export interface KnownMedia extends MediaClaim {
  readonly of: 'photo' | 'document'
}

/** Longest file of a photo. */
export const MAX_PHOTO_BYTES: number = 10 * 1024 * 1024
const MAX_THUMB_BYTES = 200 * 1024
const MAX_PIXELS = 10_000
const MAX_RATIO = 20
const STICKER_PIXELS = 512
const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])
const IMAGE_NAME = /\.(jpe?g|png|gif|webp|bmp|tiff?|heic|heif|avif)$/i

/**
 * Makes a photo or document of what a client sends, or finds the one that it names.
 *
 * @throws {RpcError} PHOTO_EXT_INVALID, PHOTO_SAVE_FILE_INVALID, IMAGE_PROCESS_FAILED, PHOTO_INVALID_DIMENSIONS, MEDIA_EMPTY,
 *   FILE_REFERENCE_EMPTY, FILE_REFERENCE_EXPIRED, FILE_REFERENCE_INVALID, and those of {@link findSent}, {@link putTogether} and
 *   {@link loadWebFile}
 */
export async function makeMedia(on: Ground, caller: Caller, given: GivenMedia): Promise<KeptMedia> {
  switch (given.kind) {
    case 'photo':
      return await makePhoto(on, caller, given)
    case 'document':
      return await makeDocument(on, caller, given)
    case 'web':
      return await makeOfWeb(on, caller, given)
    case 'known':
      return await knownMedia(on, caller, given)
  }
}

/** The kind that media of a client's will have, by which albums are put together. The type of a file on the web shows later. */
export function kindOfSent(given: SentPhoto | SentDocument | WebMedia): string {
  if (given.kind === 'photo') return 'photo'
  if (given.kind === 'web') return given.as
  return documentKind({ attributes: attributesOf({ ...given, name: given.file.name }) })
}

async function makePhoto(on: Ground, caller: Caller, { file, isBig }: SentPhoto): Promise<Photo> {
  if (!IMAGE_NAME.test(file.name)) throw refusal('PHOTO_EXT_INVALID')
  const ready = await findSent(on, caller, file)
  if (isBig || ready.size > MAX_PHOTO_BYTES) return await refuseUpload(on, ready, 'PHOTO_SAVE_FILE_INVALID')
  const put = await putTogether(on, ready)
  return await photoIn(on, caller, put, (name) => refuseUpload(on, ready, name))
}

/** Ends a call whose picture cannot be used; its bytes are gone. */
export type Refuse = (name: Refusal) => Promise<never>

/** Makes a photo of bytes that no row names yet. */
async function photoIn(on: Ground, caller: Caller, put: PutFile, refuse: Refuse): Promise<Photo> {
  const header = await headerOf(on, put)
  if (header === undefined || !isPhotoSize(header)) {
    await dropPut(on, put)
    return await refuse(header === undefined ? 'IMAGE_PROCESS_FAILED' : 'PHOTO_INVALID_DIMENSIONS')
  }
  const previews = await previewsOf(on, put, header, boxesWithin(header), refuse)
  const { width, height } = header
  const whole = { letter: sizeLetter(header), width, height, bytes: put.blob.size }
  return await kept(
    on,
    photoOf(on, caller, previews, [...(previews?.sizes ?? []), whole]),
    put,
    previews?.put,
  )
}

/** Makes a photo or document of a file that the server loads. @throws {RpcError} as {@link loadWebFile} */
async function makeOfWeb(on: Ground, caller: Caller, { as, url }: WebMedia): Promise<KeptMedia> {
  const { put, name, mime } = await loadWebFile(on, caller, url, as)
  if (as === 'document') return await documentIn(on, caller, { name, mime, attributes: [] }, put, undefined)
  return await photoIn(on, caller, put, async (name) => {
    throw webRefusal(
      on,
      url,
      new WebFileError('notMedia', `the file is not a photo that may be sent: ${name}`),
    )
  })
}

/** A new photo with these sizes. */
export function photoOf(
  on: Ground,
  { dcId }: Caller,
  previews: Previews | undefined,
  sizes: readonly PhotoSize[],
): Photo {
  const stripped = previews?.stripped === undefined ? {} : { stripped: previews.stripped }
  return { kind: 'photo', photoId: randomLong(on.random), madeAtS: nowSOf(on), dcId, sizes, ...stripped }
}

/** Makes smaller sizes of a picture, if there is something here that can. @throws {RpcError} IMAGE_PROCESS_FAILED */
export async function previewsOf(
  on: Ground,
  put: PutFile,
  header: ImageHeader,
  wanted: readonly WantedSize[],
  refuse: Refuse,
): Promise<Previews | undefined> {
  const previews = await drawPreviews(on, put, header, wanted).catch(async (error: unknown) => {
    await dropPut(on, put)
    throw error
  })
  if (previews !== 'broken') return previews
  await dropPut(on, put)
  return await refuse('IMAGE_PROCESS_FAILED')
}

/** Tells whether a photo may have these sides. */
export function isPhotoSize({ width, height }: Dimensions): boolean {
  const isTooNarrow = Math.max(width, height) > MAX_RATIO * Math.min(width, height)
  return width + height <= MAX_PIXELS && !isTooNarrow
}

/** Nothing stays of a photo that is refused: no account would pay for it. */
export async function refuseUpload(on: Ground, ready: ReadyFile, name: Refusal): Promise<never> {
  await forgetUpload(on, ready)
  throw refusal(name)
}

async function makeDocument(on: Ground, caller: Caller, given: SentDocument): Promise<Document> {
  const ready = await findSent(on, caller, given.file)
  const preview = given.thumb && (await makeThumb(on, caller, given.thumb))
  const put = await putTogether(on, ready).catch(async (error: unknown) => {
    if (preview?.made !== undefined) await dropPut(on, preview.made.put)
    throw error
  })
  const named = { ...given, name: given.file.name }
  const document = await documentIn(on, caller, named, put, preview?.made)
  // By now the same upload may have become the file itself, and then it stays.
  if (preview !== undefined && document.thumb === undefined) await forgetUpload(on, preview.ready)
  return document
}

/** The words about a document. */
type DocumentWords = Pick<SentDocument, 'mime' | 'attributes'> &
  Partial<Pick<SentDocument, 'isPlain' | 'staysVideo'>> & { readonly name: string }

/** Makes a document of bytes, which no row may name yet. */
async function documentIn(
  on: Ground,
  caller: Caller,
  words: DocumentWords,
  put: PutFile,
  given: MadePreview | undefined,
): Promise<Document> {
  const picture = IMAGE_TYPES.has(words.mime) ? await orDrop(on, put, headerOf(on, put)) : undefined
  const attributes = await attributesIn(on, words, put, picture)
  const drawn = picture && given === undefined ? await drawDocument(on, picture, put) : undefined
  const [drawnSize] = drawn?.sizes ?? []
  const thumb = given ?? (drawn?.put && drawnSize ? { put: drawn.put, size: drawnSize } : undefined)
  const document: Document = {
    kind: 'document',
    documentId: randomLong(on.random),
    madeAtS: nowSOf(on),
    dcId: caller.dcId,
    mime: words.mime,
    size: put.blob.size,
    attributes,
    ...(thumb && { thumb: thumb.size }),
    ...(drawn?.stripped !== undefined && { stripped: drawn.stripped }),
  }
  return await kept(on, document, put, thumb?.put)
}

/** Makes the preview of a document that is a picture. A picture that cannot be decoded is a document all the same. */
async function drawDocument(on: Ground, picture: ImageHeader, put: PutFile): Promise<Previews | undefined> {
  const mayDraw = on.pictures !== undefined && isPhotoSize(picture) && put.blob.size <= MAX_PHOTO_BYTES
  if (!mayDraw) return undefined
  const drawn = await orDrop(on, put, drawPreviews(on, put, picture, DOCUMENT_PREVIEW))
  return drawn === 'broken' ? undefined : drawn
}

/** Awaits what is read of a file; where that fails, its bytes go. */
async function orDrop<T>(on: Ground, put: PutFile, reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (error) {
    await dropPut(on, put)
    throw error
  }
}

/** Keeps a photo or document with its bytes: all of it, or nothing. */
export async function kept<M extends KeptMedia>(
  on: Ground,
  media: M,
  file: PutFile,
  preview?: PutFile,
): Promise<M> {
  const { ground } = file
  const { secret } = on.store
  await keepPuts(on, ground, preview === undefined ? [file] : [file, preview], function* ([blob, thumb]) {
    if (blob === undefined) return undefined
    return yield* keepMedia(
      { secret, settings: on.settings },
      { media, ownerId: ground.ownerId, blob, thumb },
    )
  })
  return media
}

/**
 * The attributes of a document with these bytes: those of its words, the sides of a picture, and what Telegram makes of a file
 * that need not stay a plain one. A small WebP is a sticker, a film without sound an animation unless its sender wants a video.
 */
async function attributesIn(
  on: Ground,
  words: DocumentWords,
  put: PutFile,
  picture: ImageHeader | undefined,
): Promise<DocumentAttribute[]> {
  const attributes = attributesOf(words)
  const { isPlain, staysVideo, mime } = words
  if (picture !== undefined)
    return [...sidesOf(picture, attributes), ...attributes, ...stickerOf(picture, words)]
  const isVideo = !isPlain && mime === 'video/mp4' && documentKind({ attributes }) === 'video'
  if (!isVideo || staysVideo) return attributes
  const isSilent = await orDrop(on, put, isSilentMovie(sourceIn(on.files, put.blob)))
  return isSilent ? [...attributes, { kind: 'animated' }] : attributes
}

function sidesOf(
  { width, height }: Dimensions,
  attributes: readonly DocumentAttribute[],
): DocumentAttribute[] {
  return attributes.some(({ kind }) => kind === 'imageSize') ? [] : [{ kind: 'imageSize', width, height }]
}

function stickerOf(picture: ImageHeader, { attributes, isPlain }: DocumentWords): DocumentAttribute[] {
  const isSmall = Math.max(picture.width, picture.height) <= STICKER_PIXELS
  const isSticker = !isPlain && picture.kind === 'webp' && isSmall
  return isSticker && documentKind({ attributes }) === 'document' ? [{ kind: 'sticker', alt: '' }] : []
}

/** The attributes as given; the name of the file, if there is none among them. */
function attributesOf({ name, attributes, mime, isPlain }: DocumentWords): DocumentAttribute[] {
  const has = (kind: DocumentAttribute['kind']): boolean => attributes.some((each) => each.kind === kind)
  const isAnimated = !isPlain && mime === 'image/gif' && !has('animated')
  return [
    ...attributes,
    ...(isAnimated ? [{ kind: 'animated' } as const] : []),
    ...(has('fileName') || name === '' ? [] : [{ kind: 'fileName', fileName: name } as const]),
  ]
}

/** A preview that a client has sent; not made: not a picture, or not a small one. */
interface Preview {
  readonly ready: ReadyFile
  readonly made: MadePreview | undefined
}

interface MadePreview {
  readonly put: PutFile
  readonly size: PhotoSize
}

/** Ignores a preview that is not a picture. The file is what counts. */
async function makeThumb(on: Ground, caller: Caller, file: SentFile): Promise<Preview> {
  const ready = await findSent(on, caller, file)
  if (ready.size > MAX_THUMB_BYTES) return { ready, made: undefined }
  const put = await putTogether(on, ready)
  const header = await headerOf(on, put)
  if (header === undefined) {
    await dropPut(on, put)
    return { ready, made: undefined }
  }
  const { width, height } = header
  return { ready, made: { put, size: { letter: sizeLetter(header), width, height, bytes: put.blob.size } } }
}

/** The header of a picture; undefined: it is none. */
export function headerOf({ files }: Ground, { blob }: PutFile): Promise<ImageHeader | undefined> {
  return readImageHeader(sourceIn(files, blob))
}

/** Bytes in the store, for readers of headers. */
export function sourceIn(files: FileStore, { name, size }: Blob): ByteSource {
  return { size, read: (offset, length) => files.read(name, offset, length) }
}

async function knownMedia(on: Ground, { state }: Caller, claim: KnownMedia): Promise<KeptMedia> {
  const viewer = viewerOf(state)
  const { secret } = on.store
  if (!hasOwnHash(on, viewer, claim)) throw refusal('MEDIA_EMPTY')
  const trouble = checkReference(on, viewer, claim)
  if (trouble !== undefined) throw refusal(trouble)
  const found = await on.store.look(function* () {
    return claim.of === 'photo'
      ? yield* findPhoto(secret, claim.mediaId)
      : yield* findDocument(secret, claim.mediaId)
  })
  if (found === undefined) throw refusal('MEDIA_EMPTY')
  return found.media
}

/** The caller as a viewer of media. @throws {RpcError} AUTH_KEY_UNREGISTERED */
export function viewerOf(state: Caller['state']): Viewer {
  return { viewerId: requireUserId(state), isBot: state.at === 'authorized' && state.isBot }
}

function nowSOf({ clock }: Ground): number {
  return Math.floor(clock.nowMs() / 1000)
}
