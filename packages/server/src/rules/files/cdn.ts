import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { refusal } from '../refusal.ts'
import { encryptForCdn } from './cdn-cipher.ts'
import { type CdnKey, cdnKeyOf, cdnToken, readCdnToken } from './cdn-tokens.ts'
import { bringToCdn, chooseCdnFile, findCdnFile } from './decide-cdn.ts'
import { type Asked, checkAsked } from './file-parts.ts'
import { readExactly } from './read-exactly.ts'
import { type FileHash, type FilePlace, fileAt, findFileAt, hashesFrom } from './read-file.ts'
import type { FileAt, PlainPlace } from './words.ts'

/** The way to a file on the CDN. */
export interface CdnRedirect extends CdnKey {
  readonly token: Uint8Array
  /** From the stretch on that was asked for. */
  readonly hashes: readonly FileHash[]
}

/**
 * Finds the way to a file on the CDN; undefined if it does not go over the CDN.
 *
 * @throws {RpcError} as for a part of the file itself
 */
export async function redirectToCdn(
  on: Ground,
  caller: Caller,
  place: FilePlace,
  asked: Asked,
): Promise<CdnRedirect | undefined> {
  const { cdn } = on.settings
  if (cdn === 'off') return undefined
  checkAsked(asked)
  const found = await fileAt(on, caller, place)
  const { isChosen = cdn === 'all' } = await on.store.look(() => findCdnFile(place.mediaId))
  if (!isChosen) return undefined
  const hashes = await hashesFrom(on, found, asked.offset)
  return { ...cdnKeyOf(on, found), token: cdnToken(on, 'file', place), hashes }
}

/** A part of a file on the CDN, encrypted; or what to ask the file's own data centre with, so that the CDN takes the file. */
export type CdnPart = { readonly bytes: Uint8Array } | { readonly requestToken: Uint8Array }

/** Reads a part of a file on the CDN. @throws {RpcError} FILE_TOKEN_INVALID, LIMIT_INVALID, OFFSET_INVALID */
export async function readFromCdn(
  on: Ground,
  token: Uint8Array,
  { offset, limit }: Omit<Asked, 'precise'>,
): Promise<CdnPart> {
  const place = readCdnToken(on, 'file', token)
  checkAsked({ offset, limit, precise: false })
  const found = await fileOnCdn(on, place)
  const { name, start, size } = found
  const { isThere } = await on.store.look(() => findCdnFile(place.mediaId))
  if (!isThere) return { requestToken: cdnToken(on, 'request', place) }
  const from = offset > BigInt(size) ? size : Number(offset)
  const plain = await readExactly(on.files, name, start + from, Math.min(limit, size - from))
  return { bytes: plain.length === 0 ? plain : encryptForCdn(cdnKeyOf(on, found), from, plain) }
}

/**
 * Has the CDN take a file.
 *
 * @returns hashes of its beginning
 * @throws {RpcError} FILE_TOKEN_INVALID, REQUEST_TOKEN_INVALID
 */
export async function reuploadToCdn(
  on: Ground,
  token: Uint8Array,
  requestToken: Uint8Array,
): Promise<FileHash[]> {
  const place = readCdnToken(on, 'file', token)
  const asked = readCdnToken(on, 'request', requestToken)
  if (asked.mediaId !== place.mediaId || asked.letter !== place.letter) throw refusal('REQUEST_TOKEN_INVALID')
  const found = await fileOnCdn(on, place)
  if (!(await on.store.decide(() => bringToCdn(place.mediaId)))) throw refusal('FILE_TOKEN_INVALID')
  return await hashesFrom(on, found, 0n)
}

/** Hashes of a file on the CDN, from the stretch that has the offset on. @throws {RpcError} FILE_TOKEN_INVALID, OFFSET_INVALID */
export async function hashOnCdn(on: Ground, token: Uint8Array, offset: bigint): Promise<FileHash[]> {
  if (offset < 0n) throw refusal('OFFSET_INVALID')
  return await hashesFrom(on, await fileOnCdn(on, readCdnToken(on, 'file', token)), offset)
}

/** Has clients sent to the CDN for a photo or document, or not. @returns false if there is none of this id */
export async function chooseForCdn(on: Ground, mediaId: bigint, isChosen: boolean): Promise<boolean> {
  return await on.store.decide(() => chooseCdnFile(mediaId, isChosen))
}

/** The file of a token may be gone meanwhile: the client asks its data centre, and hears of it. */
async function fileOnCdn(on: Ground, place: PlainPlace): Promise<FileAt> {
  const found = await findFileAt(on, place)
  if (found === undefined) throw refusal('FILE_TOKEN_INVALID')
  return found
}
