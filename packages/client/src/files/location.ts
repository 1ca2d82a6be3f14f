import { UsageError } from '@cablegram/tl'
import type {
  Chat,
  Document,
  InputFileLocation,
  InputPeer,
  Message,
  MessageMedia,
  message,
  Photo,
  User,
} from '@cablegram/tl/api'
import { kindOf } from '../kind-of.ts'
import { bytesOfSize, largestSize, type StoredSize, storedSizes } from '../message/file-facts.ts'

/** A TL value that has bytes to download, or leads to some. */
export type FileValue = Message | MessageMedia | Photo | Document | User | Chat | InputFileLocation

/** A view of a TL value, such as the client's messages. */
export interface FileView {
  readonly raw: FileValue
  /** The chat of a message. */
  readonly chat?: { readonly inputPeer?: InputPeer | undefined } | undefined
}

/**
 * Something to download: a message, its media, a photo, a document, a user or a chat (its photo), or the location of a file
 * as `upload.getFile` takes it.
 */
export type Downloadable = FileValue | FileView

/** The place of a file. */
export interface FilePlace {
  readonly location: InputFileLocation
  /** Undefined: home, or where the server sends the first call. */
  readonly dcId: number | undefined
  /** Undefined: known at the end. */
  readonly sizeBytes: number | undefined
  /** Tells the file from others, whatever its reference is. */
  readonly key: string
}

/**
 * Finds the bytes of a value.
 *
 * @param thumb the letter of a photo's size, or of a preview of a document. Default: the largest; the document itself
 * @throws UsageError DOWNLOAD_INVALID
 */
export function placeOf(what: Downloadable, thumb: string | undefined): FilePlace {
  const value = unwrap(what)
  const media = fileIn(value)
  if (media?._ === 'document') return documentPlace(media, thumb)
  if (media?._ === 'photo') return photoPlace(media, thumb)
  const portrait = portraitOf(value)
  if (portrait) return portraitPlace(portrait)
  if (isLocation(value)) return { location: value, dcId: undefined, sizeBytes: undefined, key: keyOf(value) }
  throw nothingIn(value, 'download')
}

/** The TL value of a view. */
export function unwrap(what: Downloadable): FileValue {
  const value = typeof what === 'object' && what !== null && 'raw' in what ? what.raw : what
  if (typeof value === 'object' && value !== null && '_' in value) return value
  if (value === undefined && what !== undefined) {
    const text =
      'The session remembers no photo of this user or chat: use client.downloadProfilePhoto(peer, path).'
    throw new UsageError('DOWNLOAD_INVALID', text)
  }
  const message = `A message, media or the location of a file can be downloaded, not ${kindOf(value)}.`
  throw new UsageError('DOWNLOAD_INVALID', message)
}

/** A message, from which its media can be had again, and its chat if that is known. */
export interface MessageSource {
  readonly message: message
  readonly inputPeer: InputPeer | undefined
}

/** The message that a value is. */
export function sourceOf(what: Downloadable): MessageSource | undefined {
  const message = unwrap(what)
  const inputPeer = 'chat' in what ? what.chat?.inputPeer : undefined
  return message._ === 'message' ? { message, inputPeer } : undefined
}

type Found = Photo | Document | undefined

/** The photo or document in a value. */
export function fileIn(value: FileValue): Found {
  switch (value._) {
    case 'message':
      return value.media && fileIn(value.media)
    case 'messageMediaPhoto':
      return value.photo
    case 'messageMediaDocument':
      return value.document
    case 'messageMediaWebPage':
      return value.webpage._ === 'webPage' ? (value.webpage.document ?? value.webpage.photo) : undefined
    case 'messageMediaGame':
      return value.game.document ?? value.game.photo
    case 'photo':
    case 'document':
      return value
    default:
      return undefined
  }
}

function documentPlace(document: Extract<Document, { _: 'document' }>, thumb: string | undefined): FilePlace {
  const { id, accessHash, fileReference, dcId, size, thumbs = [] } = document
  const preview = thumb === undefined ? undefined : sizeNamed(thumbs, thumb, document)
  const location = { id, accessHash, fileReference, thumbSize: thumb ?? '' }
  return {
    location: { _: 'inputDocumentFileLocation', ...location },
    dcId,
    sizeBytes: preview ? bytesOfSize(preview) : Number(size),
    key: `document/${id}/${thumb ?? ''}`,
  }
}

function photoPlace(photo: Extract<Photo, { _: 'photo' }>, thumb: string | undefined): FilePlace {
  const { id, accessHash, fileReference, dcId, sizes } = photo
  const size = thumb === undefined ? largestSize(sizes) : sizeNamed(sizes, thumb, photo)
  if (size === undefined) throw nothingIn(photo, 'download')
  const location = { id, accessHash, fileReference, thumbSize: size.type }
  return {
    location: { _: 'inputPhotoFileLocation', ...location },
    dcId,
    sizeBytes: bytesOfSize(size),
    key: `photo/${id}/${size.type}`,
  }
}

/** The photo of a user or a chat. */
interface Portrait {
  readonly peer: InputPeer
  readonly photoId: bigint
  readonly dcId: number
}

function portraitOf(value: FileValue): Portrait | undefined {
  if (value._ !== 'user' && value._ !== 'chat' && value._ !== 'channel') return undefined
  const { photo } = value
  if (photo?._ !== 'userProfilePhoto' && photo?._ !== 'chatPhoto') return undefined
  return { peer: peerOf(value), photoId: photo.photoId, dcId: photo.dcId }
}

function peerOf(value: Extract<FileValue, { _: 'user' | 'chat' | 'channel' }>): InputPeer {
  const { id } = value
  if (value._ === 'chat') return { _: 'inputPeerChat', chatId: id }
  const { accessHash = 0n } = value
  if (value._ === 'channel') return { _: 'inputPeerChannel', channelId: id, accessHash }
  return value.self ? { _: 'inputPeerSelf' } : { _: 'inputPeerUser', userId: id, accessHash }
}

/** The location needs no reference; it is named by the peer. */
function portraitPlace({ peer, photoId, dcId }: Portrait): FilePlace {
  const location = { _: 'inputPeerPhotoFileLocation', big: true, peer, photoId } as const
  return { location, dcId, sizeBytes: undefined, key: keyOf(location) }
}

function sizeNamed(sizes: Parameters<typeof storedSizes>[0], letter: string, of: FileValue): StoredSize {
  const stored = storedSizes(sizes)
  const found = stored.find(({ type }) => type === letter)
  if (found) return found
  const letters = stored.map(({ type }) => type).join(', ')
  const message = `The ${of._} has no size ${JSON.stringify(letter)}; it has ${letters === '' ? 'none' : letters}.`
  throw new UsageError('DOWNLOAD_INVALID', message)
}

/** Reference and hash differ from one answer to the next. */
function keyOf(location: InputFileLocation): string {
  const { _: kind, ...fields } = location
  const known = Object.entries(fields).filter(([name]) => !['fileReference', 'accessHash'].includes(name))
  return `${kind}/${known.map(([, value]) => (typeof value === 'object' ? JSON.stringify(value, textOf) : value)).join('/')}`
}

function textOf(name: string, value: unknown): unknown {
  if (name === 'accessHash') return undefined
  return typeof value === 'bigint' ? String(value) : value
}

function isLocation(value: FileValue): value is InputFileLocation {
  return value._.endsWith('Location') || value._ === 'inputStickerSetThumb'
}

/** The error of a value without a file. */
export function nothingIn(value: FileValue, aim: 'download' | 'send'): UsageError {
  const message =
    value._ === 'messageEmpty'
      ? `Message ${value.id} was deleted: there is no file to ${aim}.`
      : `This ${value._} has no file to ${aim}.`
  return new UsageError('DOWNLOAD_INVALID', message)
}
