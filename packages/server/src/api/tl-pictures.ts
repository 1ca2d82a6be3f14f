import type { Document } from '@cablegram/tl/api'
import { PICTURE_HASH } from '../rules/chats/picture-part.ts'
import { PICTURE_SIZE, type ReactionPicture } from '../rules/chats/reaction-pictures.ts'

/** The pictures never change, so that a reference does not end. */
const REFERENCE = Uint8Array.of(1)
/** When the server's pictures were first drawn. */
export const DRAWN_AT_S = 1_767_225_600
const MIME_TYPES = { webp: 'image/webp', tgs: 'application/x-tgsticker' }

/** A picture of the server as a sticker of no set. */
export function tlPicture({ id, emoji, format, bytes }: ReactionPicture, dcId: number): Document {
  return {
    _: 'document',
    id,
    accessHash: PICTURE_HASH,
    fileReference: REFERENCE,
    date: DRAWN_AT_S,
    mimeType: MIME_TYPES[format],
    size: BigInt(bytes.length),
    dcId,
    attributes: [
      { _: 'documentAttributeImageSize', w: PICTURE_SIZE, h: PICTURE_SIZE },
      { _: 'documentAttributeSticker', alt: emoji, stickerset: { _: 'inputStickerSetEmpty' } },
      { _: 'documentAttributeFilename', fileName: `sticker.${format}` },
    ],
  }
}
