import type { Document, DocumentAttribute, MessageMedia, Photo, PhotoSize } from '@cablegram/tl/api'

/** The kinds of files that Telegram's apps tell apart. A `videoNote` is round; an `animation` has no sound and repeats. */
export type FileKind =
  | 'photo'
  | 'video'
  | 'videoNote'
  | 'animation'
  | 'voice'
  | 'audio'
  | 'sticker'
  | 'document'

/** A file, as its sender has described it. */
export interface FileFacts {
  readonly kind: FileKind
  /** Absent for photos, and for files that were sent without a name. It may hold any characters. */
  readonly fileName?: string
  /** Size of what `download` gives; absent if the server does not say it. */
  readonly sizeBytes?: number
  readonly mimeType: string
  /** Pixels, of pictures and films. */
  readonly width?: number
  readonly height?: number
  /** Seconds, of films and sound. */
  readonly durationS?: number
}

/** A photo or document that is there. */
export type WholeFile = Extract<Photo, { _: 'photo' }> | Extract<Document, { _: 'document' }>

/** The photo or document of media; previews of links do not count. */
export function fileOfMedia(media: MessageMedia | undefined): WholeFile | undefined {
  const file =
    media?._ === 'messageMediaPhoto'
      ? media.photo
      : media?._ === 'messageMediaDocument'
        ? media.document
        : undefined
  return file?._ === 'photo' || file?._ === 'document' ? file : undefined
}

/** The facts of a photo or document. */
export function factsOf(file: WholeFile): FileFacts {
  return file._ === 'photo' ? photoFacts(file) : documentFacts(file)
}

function photoFacts({ sizes }: Extract<Photo, { _: 'photo' }>): FileFacts {
  const size = largestSize(sizes)
  return {
    kind: 'photo',
    ...(size && { ...sized(bytesOfSize(size)), width: size.w, height: size.h }),
    mimeType: 'image/jpeg',
  }
}

function documentFacts({ attributes, mimeType, size }: Extract<Document, { _: 'document' }>): FileFacts {
  const find = <Name extends (typeof attributes)[number]['_']>(name: Name) =>
    attributes.find((each): each is Extract<typeof each, { _: Name }> => each._ === name)
  const video = find('documentAttributeVideo')
  const audio = find('documentAttributeAudio')
  const picture = video ?? find('documentAttributeImageSize')
  const fileName = find('documentAttributeFilename')?.fileName
  const durationS = video?.duration ?? audio?.duration
  return {
    kind: documentKind(attributes),
    ...(fileName !== undefined && fileName !== '' && { fileName }),
    ...sized(Number(size)),
    mimeType,
    ...(picture && { width: picture.w, height: picture.h }),
    ...(durationS !== undefined && { durationS }),
  }
}

/** The kind of a document with these attributes. Stickers and animations have those of films, too. */
export function documentKind(attributes: readonly DocumentAttribute[]): FileKind {
  const video = attributes.find((each) => each._ === 'documentAttributeVideo')
  const audio = attributes.find((each) => each._ === 'documentAttributeAudio')
  const names = new Set(attributes.map(({ _: name }) => name))
  if (names.has('documentAttributeSticker') || names.has('documentAttributeCustomEmoji')) return 'sticker'
  if (names.has('documentAttributeAnimated')) return 'animation'
  if (video) return video.roundMessage === true ? 'videoNote' : 'video'
  if (audio) return audio.voice === true ? 'voice' : 'audio'
  return 'document'
}

function sized(sizeBytes: number | undefined): Pick<FileFacts, 'sizeBytes'> {
  return sizeBytes === undefined ? {} : { sizeBytes }
}

/** A size whose bytes the server has; the others are in the photo itself. */
export type StoredSize = Extract<PhotoSize, { _: 'photoSize' | 'photoSizeProgressive' }>

/** The sizes of a photo that can be downloaded. */
export function storedSizes(sizes: readonly PhotoSize[]): StoredSize[] {
  return sizes.filter((size) => size._ === 'photoSize' || size._ === 'photoSizeProgressive')
}

/** The largest size of a photo, which `download` takes by default. */
export function largestSize(sizes: readonly PhotoSize[]): StoredSize | undefined {
  return storedSizes(sizes).toSorted((one, other) => other.w * other.h - one.w * one.h)[0]
}

/** The length of a size. */
export function bytesOfSize(size: StoredSize): number | undefined {
  return size._ === 'photoSize' ? size.size : size.sizes.at(-1)
}
