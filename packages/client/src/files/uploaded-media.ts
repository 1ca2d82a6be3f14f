import type { DocumentAttribute, InputFile, InputMedia } from '@cablegram/tl/api'
import { typeOfName, UNKNOWN_TYPE } from './mime.ts'
import { readMovie } from './movie.ts'
import type { OpenedSource } from './opened-source.ts'
import { MAX_SMALL_BYTES } from './part-size.ts'
import { type Picture, readPicture } from './picture.ts'
import { soundDurationS } from './sound.ts'
import type { Uploaded } from './upload.ts'

/** The wishes of a program for the media of a file. */
export interface MediaWishes {
  /** Sends pictures, films and sound as plain files. */
  readonly asDocument?: boolean | undefined
  /** The MIME type. Default: that of the bytes or the name. */
  readonly mime?: string | undefined
  /** Hidden until it is tapped. */
  readonly isSpoiler?: boolean | undefined
}

/** Telegram takes no photo whose sides are longer together, or whose sides differ more. */
const MAX_SIDES = 10_000
const MAX_RATIO = 20
/** Pictures that Telegram shows as photos, and the ends of names that it takes for them. */
const PHOTOS: Readonly<Record<string, RegExp>> = { jpeg: /\.jpe?g$/i, png: /\.png$/i }

/** The media that an uploaded file becomes: a photo, or a document that says what its header tells. */
export async function uploadedMedia(
  { file, source, head }: Uploaded,
  wishes: MediaWishes,
): Promise<InputMedia> {
  const picture = readPicture(head)
  const { asDocument = false, isSpoiler } = wishes
  const spoiler = isSpoiler === true ? { spoiler: true } : {}
  if (!asDocument && picture && isPhoto(picture, file, source)) {
    return { _: 'inputMediaUploadedPhoto', ...spoiler, file: named(file, picture) }
  }
  const name = 'name' in file ? file.name : ''
  const mimeType = wishes.mime ?? source.mime ?? typeOf(picture, name)
  const attributes: DocumentAttribute[] = [
    ...(await attributesOf(mimeType, picture, head, source)),
    { _: 'documentAttributeFilename', fileName: name },
  ]
  const forced = asDocument ? { forceFile: true } : {}
  return { _: 'inputMediaUploadedDocument', ...spoiler, ...forced, file, mimeType, attributes }
}

function isPhoto(
  { kind, width, height }: Picture,
  file: InputFile,
  { sizeBytes = 0 }: OpenedSource,
): boolean {
  const [long, short] = [Math.max(width, height), Math.max(1, Math.min(width, height))]
  const fits = width + height <= MAX_SIDES && long / short <= MAX_RATIO
  return kind in PHOTOS && fits && file._ === 'inputFile' && sizeBytes <= MAX_SMALL_BYTES
}

/** The server takes a photo by the end of its name. */
function named(file: InputFile, { kind }: Picture): InputFile {
  if (!('name' in file) || PHOTOS[kind]?.test(file.name)) return file
  return { ...file, name: `${file.name}.${kind === 'jpeg' ? 'jpg' : kind}` }
}

function typeOf(picture: Picture | undefined, name: string): string {
  return picture ? `image/${picture.kind}` : typeOfName(name)
}

async function attributesOf(
  mimeType: string,
  picture: Picture | undefined,
  head: Uint8Array,
  source: OpenedSource,
): Promise<DocumentAttribute[]> {
  if (picture) return [{ _: 'documentAttributeImageSize', w: picture.width, h: picture.height }]
  if (mimeType === UNKNOWN_TYPE) return []
  const movie = await readMovie((atByte, length) => readFrom(source, head, atByte, length))
  if (movie?.width !== undefined && movie.height !== undefined) {
    const { durationS: duration, width: w, height: h } = movie
    return [{ _: 'documentAttributeVideo', supportsStreaming: true, duration, w, h }]
  }
  const durationS = movie?.durationS ?? soundDurationS(head, source.sizeBytes ?? 0)
  return durationS === undefined ? [] : [{ _: 'documentAttributeAudio', duration: Math.round(durationS) }]
}

/** A stream is gone by now: only its beginning is known. */
async function readFrom(
  source: OpenedSource,
  head: Uint8Array,
  atByte: number,
  length: number,
): Promise<Uint8Array> {
  if (atByte + length <= head.length || !source.isRepeatable) return head.subarray(atByte, atByte + length)
  return source.read(atByte, length, new AbortController().signal)
}
