import { RpcError } from '@cablegram/mtproto'
import type { InputFileLocation, InputPeer, inputDocumentFileLocation, storage } from '@cablegram/tl/api'
import type { FileKind } from '../files/images/file-kind.ts'
import { hashAvatar, readAvatar } from '../rules/avatars/avatars.ts'
import { pictureAt, picturePart } from '../rules/chats/picture-part.ts'
import { type ReactionPicture, reactionPicture } from '../rules/chats/reaction-pictures.ts'
import { type Asked, checkAsked } from '../rules/files/file-parts.ts'
import {
  type FileHash,
  type FilePieces,
  type FilePlace,
  hashBytes,
  hashFile,
  readFilePieces,
} from '../rules/files/read-file.ts'
import { savePart } from '../rules/files/save-part.ts'
import { refusal } from '../rules/index.ts'
import type { Handler, HandlerContext, ResultOf } from './handler.ts'
import { peerOf } from './peers.ts'
import { cdnRedirect, tlHash } from './tl-cdn.ts'
import { DRAWN_AT_S } from './tl-pictures.ts'

/** Keeps a part of a small file. */
export const saveFilePart: Handler<'upload.saveFilePart'> = async (request, { on, caller }) => {
  const { fileId, filePart: part, bytes } = request
  await savePart(on, caller, { fileId, part, bytes, totalParts: undefined })
  return true
}

/** Keeps a part of a big file, or of a stream. */
export const saveBigFilePart: Handler<'upload.saveBigFilePart'> = async (request, { on, caller }) => {
  const { fileId, filePart: part, fileTotalParts: totalParts, bytes } = request
  await savePart(on, caller, { fileId, part, bytes, totalParts })
  return true
}

/** Gives a part of a file: of a photo, a document, or a picture of the server. */
export const getFile: Handler<'upload.getFile'> = async (request, context) => {
  const { location, offset, limit, precise = false, cdnSupported } = request
  if (isPictureAt(location)) return pictureFile({ ...location, offset, limit, precise })
  const asked = { offset, limit, precise }
  if (cdnSupported && PLACES[location._] !== undefined) {
    const redirect = await cdnRedirect(context, placeOf(location), asked)
    if (redirect !== undefined) return redirect
  }
  const { pieces, madeAtS, kind } = await partOf(location, asked, context)
  const bytes = context.lastBytes(pieces)
  return { _: 'upload.file', type: kind === undefined ? PARTIAL : TYPES[kind], mtime: madeAtS, bytes }
}

/**
 * Refuses every file of another server: clients know such files from webDocuments, of inline bots and invoices, and from maps
 * and covers of albums, of which this server gives out none. An access hash that was made up is refused alike.
 */
export const getWebFile: Handler<'upload.getWebFile'> = () => {
  throw refusal('LOCATION_INVALID')
}

/** Gives hashes of a file, from the block that has the offset on. */
export const getFileHashes: Handler<'upload.getFileHashes'> = async ({ location, offset }, context) => {
  const hashes = await hashesOf(location, offset, context)
  return hashes.map(tlHash)
}

async function hashesOf(
  location: InputFileLocation,
  offset: bigint,
  context: HandlerContext,
): Promise<FileHash[]> {
  const { on, caller } = context
  if (isPictureAt(location)) return hashBytes(pictureAt(location).bytes, offset)
  if (location._ !== 'inputPeerPhotoFileLocation') {
    return await hashFile(on, caller, placeOf(location), offset)
  }
  const peerId = await knownPeerOf(location.peer, context)
  const { photoId, big } = location
  return await hashAvatar(on, caller, { peerId, photoId, letter: big ? 'c' : 'a' }, offset)
}

async function partOf(
  location: InputFileLocation,
  asked: Asked,
  context: HandlerContext,
): Promise<FilePieces> {
  const { on, caller } = context
  if (location._ !== 'inputPeerPhotoFileLocation') {
    return await readFilePieces(on, caller, placeOf(location), asked)
  }
  const peerId = await knownPeerOf(location.peer, context)
  const { photoId, big } = location
  return await readAvatar(on, caller, { peerId, photoId, letter: big ? 'c' : 'a' }, asked)
}

/** @throws {RpcError} LOCATION_INVALID */
async function knownPeerOf(peer: InputPeer, context: HandlerContext): Promise<bigint> {
  try {
    return await peerOf(peer, context)
  } catch (error) {
    throw error instanceof RpcError ? refusal('LOCATION_INVALID') : error
  }
}

/** @throws {RpcError} LOCATION_INVALID */
function placeOf(location: InputFileLocation): FilePlace {
  const of = PLACES[location._]
  if (of === undefined || !('thumbSize' in location)) throw refusal('LOCATION_INVALID')
  const { id: mediaId, accessHash, fileReference: reference, thumbSize: letter } = location
  return { of, mediaId, accessHash, reference, letter }
}

const PLACES: Readonly<Partial<Record<InputFileLocation['_'], FilePlace['of']>>> = {
  inputDocumentFileLocation: 'document',
  inputPhotoFileLocation: 'photo',
}

const PARTIAL: storage.FileType = { _: 'storage.filePartial' }
const TYPES: Readonly<Record<FileKind, storage.FileType>> = {
  jpeg: { _: 'storage.fileJpeg' },
  png: { _: 'storage.filePng' },
  gif: { _: 'storage.fileGif' },
  webp: { _: 'storage.fileWebp' },
  pdf: { _: 'storage.filePdf' },
  mp3: { _: 'storage.fileMp3' },
  mp4: { _: 'storage.fileMp4' },
  mov: { _: 'storage.fileMov' },
  unknown: { _: 'storage.fileUnknown' },
}

function isPictureAt(location: InputFileLocation): location is inputDocumentFileLocation {
  return location._ === 'inputDocumentFileLocation' && reactionPicture(location.id) !== undefined
}

function pictureFile(asked: inputDocumentFileLocation & Asked): ResultOf<'upload.getFile'> {
  checkAsked(asked)
  if (asked.thumbSize !== '') throw refusal('LOCATION_INVALID')
  const { picture, bytes } = picturePart(asked)
  return { _: 'upload.file', type: typeOf(picture, bytes), mtime: DRAWN_AT_S, bytes }
}

/** Telegram knows the type of a whole file by its first bytes, and animated stickers have no type. */
function typeOf({ format, bytes: whole }: ReactionPicture, bytes: Uint8Array): storage.FileType {
  if (bytes.length < whole.length) return PARTIAL
  return format === 'webp' ? TYPES.webp : TYPES.unknown
}
