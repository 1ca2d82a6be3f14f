import type {
  InputFile,
  InputPhoto,
  MessageMedia,
  DocumentAttribute as TlAttribute,
  Document as TlDocument,
  Photo as TlPhoto,
  PhotoSize as TlSize,
  VideoSize,
} from '@cablegram/tl/api'
import { cutFileName, cutTitle } from '../rules/files/cut-names.ts'
import type { SentAvatar } from '../rules/files/make-avatar.ts'
import {
  type MediaClaim,
  type MediaSource,
  mediaHashOf,
  mediaReference,
} from '../rules/files/media-access.ts'
import type { SentFile } from '../rules/files/words.ts'
import { refusal } from '../rules/index.ts'
import type { Document, DocumentAttribute, Photo, PhotoSize, Shown } from '../rules/messages/words.ts'
import { fromBase64 } from './base64.ts'
import { finite, measure, notLonger } from './file-bounds.ts'
import type { BoxViewer } from './side-view.ts'

/** A photo for a viewer, with an access hash and a reference of their own. */
export function tlPhoto(photo: Photo, viewer: BoxViewer, source: MediaSource): TlPhoto {
  const { photoId: id, madeAtS: date, dcId, sizes } = photo
  const videoSizes = tlMoving(photo)
  return {
    _: 'photo',
    ...access(viewer, id, source),
    date,
    sizes: [...tlStripped(photo), ...sizes.map(tlSize)],
    ...(videoSizes.length > 0 && { videoSizes }),
    dcId,
  }
}

/** The things that clients show in place of a photo. */
function tlMoving({ film, emoji }: Photo): VideoSize[] {
  const moving: VideoSize[] = []
  if (film !== undefined) {
    const { width: w, height: h, bytes: size, startS: videoStartTs } = film
    moving.push({ _: 'videoSize', type: 'u', w, h, size, videoStartTs })
  }
  if (emoji !== undefined) {
    const { emojiId, colours } = emoji
    moving.push({ _: 'videoSizeEmojiMarkup', emojiId, backgroundColors: [...colours] })
  }
  return moving
}

/** A document for a viewer, with an access hash and a reference of their own. */
export function tlDocument(document: Document, viewer: BoxViewer, source: MediaSource): TlDocument {
  const { documentId: id, madeAtS: date, dcId, mime: mimeType, size, thumb, attributes } = document
  const thumbs = [...tlStripped(document), ...(thumb ? [tlSize(thumb)] : [])]
  return {
    _: 'document',
    ...access(viewer, id, source),
    date,
    mimeType,
    size: BigInt(size),
    ...(thumbs.length > 0 && { thumbs }),
    dcId,
    attributes: attributes.map(tlAttribute),
  }
}

function access({ on, viewerId }: BoxViewer, id: bigint, source: MediaSource) {
  const accessHash = mediaHashOf(on, viewerId, id)
  return { id, accessHash, fileReference: mediaReference(on, viewerId, id, source) }
}

function tlStripped({ stripped }: Photo | Document): TlSize[] {
  return stripped === undefined ? [] : [{ _: 'photoStrippedSize', type: 'i', bytes: fromBase64(stripped) }]
}

function tlSize({ letter: type, width: w, height: h, bytes: size }: PhotoSize): TlSize {
  return { _: 'photoSize', type, w, h, size }
}

/** A photo or document as a message shows it. */
export function tlFileMedia(
  media: (Photo & Shown) | (Document & Shown),
  viewer: BoxViewer,
  source: MediaSource,
): MessageMedia {
  const shown = {
    ...(media.isSpoiler && { spoiler: true }),
    ...(media.ttlS !== undefined && { ttlSeconds: media.ttlS }),
  }
  if (media.kind === 'photo') {
    return { _: 'messageMediaPhoto', ...shown, photo: tlPhoto(media, viewer, source) }
  }
  const video = media.attributes.find((each) => each.kind === 'video')
  const audio = media.attributes.find((each) => each.kind === 'audio')
  return {
    _: 'messageMediaDocument',
    ...shown,
    ...(video && { video: true }),
    ...(video?.isRound && { round: true }),
    ...(audio?.isVoice && { voice: true }),
    document: tlDocument(media, viewer, source),
  }
}

function tlAttribute(attribute: DocumentAttribute): TlAttribute {
  switch (attribute.kind) {
    case 'fileName':
      return { _: 'documentAttributeFilename', fileName: attribute.fileName }
    case 'imageSize':
      return { _: 'documentAttributeImageSize', w: attribute.width, h: attribute.height }
    case 'animated':
      return { _: 'documentAttributeAnimated' }
    case 'hasStickers':
      return { _: 'documentAttributeHasStickers' }
    case 'video':
      return tlVideo(attribute)
    case 'audio': {
      const { durationS: duration, isVoice, title, performer, waveform } = attribute
      return {
        _: 'documentAttributeAudio',
        ...(isVoice && { voice: true }),
        duration,
        title,
        performer,
        ...(waveform !== undefined && { waveform: fromBase64(waveform) }),
      }
    }
    case 'sticker': {
      const { alt, isMask, maskCoords } = attribute
      return {
        _: 'documentAttributeSticker',
        ...(isMask && { mask: true }),
        alt,
        stickerset: { _: 'inputStickerSetEmpty' },
        ...(maskCoords && {
          maskCoords: {
            _: 'maskCoords',
            n: maskCoords.at,
            x: maskCoords.x,
            y: maskCoords.y,
            zoom: maskCoords.zoom,
          },
        }),
      }
    }
    case 'customEmoji':
      return {
        _: 'documentAttributeCustomEmoji',
        ...(attribute.isFree && { free: true }),
        ...(attribute.isTextColor && { textColor: true }),
        alt: attribute.alt,
        stickerset: { _: 'inputStickerSetEmpty' },
      }
  }
}

function tlVideo(video: Extract<DocumentAttribute, { kind: 'video' }>): TlAttribute {
  return {
    _: 'documentAttributeVideo',
    ...(video.isRound && { roundMessage: true }),
    ...(video.canStream && { supportsStreaming: true }),
    ...(video.hasNoSound && { nosound: true }),
    duration: video.durationS,
    w: video.width,
    h: video.height,
    preloadPrefixSize: video.prefixBytes,
    videoStartTs: video.startS,
    videoCodec: video.codec,
  }
}

/** Attributes of one document that are read. */
const MAX_ATTRIBUTES = 16
const MAX_MIME = 255
const MAX_ALT = 64
const MAX_CODEC = 64
/** Bytes of a hundred numbers of five bits. */
const MAX_WAVEFORM_BYTES = 63

/** The attributes that a client gives a document. The server keeps no sticker sets. @throws {RpcError} MEDIA_INVALID */
export function attributesOf(attributes: readonly TlAttribute[]): DocumentAttribute[] {
  if (attributes.length > MAX_ATTRIBUTES) throw refusal('MEDIA_INVALID')
  return attributes.map(attributeOf)
}

function attributeOf(attribute: TlAttribute): DocumentAttribute {
  switch (attribute._) {
    case 'documentAttributeFilename':
      return { kind: 'fileName', fileName: cutFileName(attribute.fileName) }
    case 'documentAttributeImageSize':
      return { kind: 'imageSize', width: measure(attribute.w), height: measure(attribute.h) }
    case 'documentAttributeAnimated':
      return { kind: 'animated' }
    case 'documentAttributeHasStickers':
      return { kind: 'hasStickers' }
    case 'documentAttributeVideo':
      return videoOf(attribute)
    case 'documentAttributeAudio': {
      const { voice, duration, title, performer, waveform } = attribute
      return {
        kind: 'audio',
        durationS: measure(duration),
        ...(voice && { isVoice: true }),
        ...(title !== undefined && { title: cutTitle(title) }),
        ...(performer !== undefined && { performer: cutTitle(performer) }),
        ...(waveform !== undefined && {
          waveform: Buffer.from(notLonger(waveform, MAX_WAVEFORM_BYTES)).toString('base64'),
        }),
      }
    }
    case 'documentAttributeSticker': {
      const { mask, alt, maskCoords } = attribute
      return {
        kind: 'sticker',
        alt: notLonger(alt, MAX_ALT),
        ...(mask && { isMask: true }),
        ...(maskCoords && {
          maskCoords: {
            at: maskCoords.n,
            x: finite(maskCoords.x),
            y: finite(maskCoords.y),
            zoom: finite(maskCoords.zoom),
          },
        }),
      }
    }
    case 'documentAttributeCustomEmoji': {
      const { free, textColor, alt } = attribute
      return {
        kind: 'customEmoji',
        alt: notLonger(alt, MAX_ALT),
        ...(free && { isFree: true }),
        ...(textColor && { isTextColor: true }),
      }
    }
  }
}

function videoOf(video: Extract<TlAttribute, { _: 'documentAttributeVideo' }>): DocumentAttribute {
  return {
    kind: 'video',
    durationS: measure(video.duration),
    width: measure(video.w),
    height: measure(video.h),
    ...(video.roundMessage && { isRound: true }),
    ...(video.supportsStreaming && { canStream: true }),
    ...(video.nosound && { hasNoSound: true }),
    ...(video.preloadPrefixSize !== undefined && { prefixBytes: measure(video.preloadPrefixSize) }),
    ...(video.videoStartTs !== undefined && { startS: measure(video.videoStartTs) }),
    ...(video.videoCodec !== undefined && { codec: notLonger(video.videoCodec, MAX_CODEC) }),
  }
}

/** The type of a document. @throws {RpcError} MEDIA_INVALID */
export function mimeOf(mime: string): string {
  return notLonger(mime, MAX_MIME)
}

/** A file that a client has sent in parts. @throws {RpcError} MEDIA_INVALID */
export function sentFileOf(file: InputFile): SentFile {
  if (file._ === 'inputFileStoryDocument') throw refusal('MEDIA_INVALID')
  const { id: fileId, parts, name } = file
  const md5 = file._ === 'inputFile' && file.md5Checksum !== '' ? file.md5Checksum.toLowerCase() : undefined
  return { fileId, parts, name: cutFileName(name), md5 }
}

/** The preview that a client sends with a document; gogram names a file without id and parts if it has none. @throws {RpcError} MEDIA_INVALID */
export function sentThumbOf(thumb: InputFile): SentFile | undefined {
  if (thumb._ === 'inputFile' && thumb.id === 0n && thumb.parts === 0) return undefined
  return sentFileOf(thumb)
}

/** A photo of a person or a group as a client sends it. */
interface InputAvatar {
  readonly file?: InputFile | undefined
  readonly video?: InputFile | undefined
  readonly videoStartTs?: number | undefined
  readonly videoEmojiMarkup?: VideoSize | undefined
}

/** The photo of a person or a group that a client sends. @throws {RpcError} PHOTO_FILE_MISSING, EMOJI_MARKUP_INVALID, MEDIA_INVALID */
export function sentAvatarOf({
  file,
  video,
  videoStartTs,
  videoEmojiMarkup: markup,
}: InputAvatar): SentAvatar {
  if (file === undefined && video === undefined && markup === undefined) throw refusal('PHOTO_FILE_MISSING')
  // The server has no sets of stickers.
  if (markup !== undefined && markup._ !== 'videoSizeEmojiMarkup') throw refusal('EMOJI_MARKUP_INVALID')
  const startS = videoStartTs === undefined ? undefined : measure(videoStartTs)
  return {
    file: file && sentFileOf(file),
    film: video && { file: sentFileOf(video), startS },
    emoji: markup && { emojiId: markup.emojiId, colours: markup.backgroundColors },
  }
}

/** The photos of a user as the place to which clients go for a new file reference. */
export function photosOf(userId: bigint): MediaSource {
  return { kind: 2, id: userId }
}

/** A photo that a client names; undefined: none. */
export function claimOf(photo: InputPhoto): MediaClaim | undefined {
  if (photo._ === 'inputPhotoEmpty') return undefined
  const { id: mediaId, accessHash, fileReference: reference } = photo
  return { mediaId, accessHash, reference }
}
