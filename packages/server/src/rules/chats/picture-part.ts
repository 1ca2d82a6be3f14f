import { type Asked, checkAsked } from '../files/file-parts.ts'
import { refusal } from '../refusal.ts'
import { type ReactionPicture, reactionPicture } from './reaction-pictures.ts'

/** Everybody may see the pictures of the server: their hash is no secret. */
export const PICTURE_HASH = 1n

/** A part of a picture, as a client asks for it. */
export interface PartAsked extends Asked {
  readonly id: bigint
  readonly accessHash: bigint
}

/** A picture, and a part of its bytes; none behind its end. */
export interface PicturePart {
  readonly picture: ReactionPicture
  readonly bytes: Uint8Array
}

/** The picture of the server that a client names. @throws {RpcError} LOCATION_INVALID */
export function pictureAt({ id, accessHash }: Pick<PartAsked, 'id' | 'accessHash'>): ReactionPicture {
  const picture = accessHash === PICTURE_HASH ? reactionPicture(id) : undefined
  if (picture === undefined) throw refusal('LOCATION_INVALID')
  return picture
}

/** Reads a part of a picture of the server. @throws {RpcError} LOCATION_INVALID, OFFSET_INVALID, LIMIT_INVALID */
export function picturePart(asked: PartAsked): PicturePart {
  const { offset, limit } = asked
  checkAsked(asked)
  const picture = pictureAt(asked)
  const size = BigInt(picture.bytes.length)
  const from = Number(offset < size ? offset : size)
  return { picture, bytes: picture.bytes.subarray(from, from + limit) }
}
