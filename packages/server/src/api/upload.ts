import type { InputFileLocation, storage } from '@cablegram/tl/api'
import { picturePart } from '../rules/chats/picture-part.ts'
import type { ReactionPicture } from '../rules/chats/reaction-pictures.ts'
import { refusal } from '../rules/index.ts'
import type { Handler } from './handler.ts'
import { DRAWN_AT_S } from './tl-pictures.ts'

/** Gives a part of a file. The server has its own pictures only. */
export const getFile: Handler<'upload.getFile'> = ({ location, offset, limit, precise }) => {
  const { id, accessHash } = documentAt(location)
  const { picture, bytes } = picturePart({ id, accessHash, offset, limit, precise: precise ?? false })
  return { _: 'upload.file', type: typeOf(picture, bytes), mtime: DRAWN_AT_S, bytes }
}

function documentAt(location: InputFileLocation): { readonly id: bigint; readonly accessHash: bigint } {
  if (location._ !== 'inputDocumentFileLocation' || location.thumbSize !== '')
    throw refusal('LOCATION_INVALID')
  return location
}

/** Telegram knows the type of a whole file by its first bytes, and animated stickers have no type. */
function typeOf({ format, bytes: whole }: ReactionPicture, bytes: Uint8Array): storage.FileType {
  if (bytes.length < whole.length) return { _: 'storage.filePartial' }
  return format === 'webp' ? { _: 'storage.fileWebp' } : { _: 'storage.fileUnknown' }
}
