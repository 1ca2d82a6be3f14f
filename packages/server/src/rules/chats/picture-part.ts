import { refusal } from '../refusal.ts'
import { type ReactionPicture, reactionPicture } from './reaction-pictures.ts'

/** Everybody may see the pictures of the server: their hash is no secret. */
export const PICTURE_HASH = 1n

/** A part of a file, as a client asks for it. */
export interface PartAsked {
  readonly id: bigint
  readonly accessHash: bigint
  readonly offset: bigint
  readonly limit: number
  /** The client may cut at smaller steps. */
  readonly precise: boolean
}

/** A picture, and a part of its bytes; none behind its end. */
export interface PicturePart {
  readonly picture: ReactionPicture
  readonly bytes: Uint8Array
}

const KIB = 1024
const MIB = KIB * KIB

/** Reads a part of a picture of the server. @throws {RpcError} LOCATION_INVALID, OFFSET_INVALID, LIMIT_INVALID */
export function picturePart({ id, accessHash, offset, limit, precise }: PartAsked): PicturePart {
  const step = precise ? KIB : 4 * KIB
  if (limit <= 0 || limit > MIB || limit % step !== 0) throw refusal('LIMIT_INVALID')
  if (!precise && MIB % limit !== 0) throw refusal('LIMIT_INVALID')
  if (offset < 0n || offset % BigInt(step) !== 0n) throw refusal('OFFSET_INVALID')
  const isInOneMib = offset / BigInt(MIB) === (offset + BigInt(limit) - 1n) / BigInt(MIB)
  if (!isInOneMib) throw refusal('OFFSET_INVALID')
  const picture = accessHash === PICTURE_HASH ? reactionPicture(id) : undefined
  if (picture === undefined) throw refusal('LOCATION_INVALID')
  const size = BigInt(picture.bytes.length)
  const from = Number(offset < size ? offset : size)
  return { picture, bytes: picture.bytes.subarray(from, from + limit) }
}
