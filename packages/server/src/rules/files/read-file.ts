import { createHash } from 'node:crypto'
import type { Decision } from '../../database/decision.ts'
import { StoreError } from '../../database/errors.ts'
import { joinPieces } from '../../files/chunks.ts'
import { type FileKind, KIND_BYTES, kindOf } from '../../files/images/file-kind.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import type { Photo } from '../messages/words.ts'
import { refusal } from '../refusal.ts'
import { type FoundMedia, findDocument, findPhoto } from './decide-media.ts'
import { type Asked, checkAsked } from './file-parts.ts'
import { foundFilesOf } from './found-files.ts'
import { viewerOf } from './make-media.ts'
import { checkReference, hasOwnHash, type MediaClaim } from './media-access.ts'
import { readExactly, readPiecesExactly } from './read-exactly.ts'
import type { FileAt, PlainPlace } from './words.ts'

/** The place of a file, and a claim on it. */
export interface FilePlace extends MediaClaim, PlainPlace {}

/** A part of a file, as it was read. */
export interface FilePieces {
  /** None at the end of the file. */
  readonly pieces: readonly Uint8Array[]
  readonly madeAtS: number
  /** By the first bytes; undefined if this is not all of the file. */
  readonly kind: FileKind | undefined
}

/** A part of a file. */
export interface FilePart extends Omit<FilePieces, 'pieces'> {
  readonly bytes: Uint8Array
}

/** Bytes that one hash is over. */
export const HASHED_BYTES = 131_072
const MAX_HASHES = 10

/** The hash of a stretch of a file. */
export interface FileHash {
  readonly offset: bigint
  readonly length: number
  readonly sha256: Uint8Array
}

/**
 * Reads a part of a photo or document; nothing behind its end.
 *
 * @throws {RpcError} LIMIT_INVALID, OFFSET_INVALID, LOCATION_INVALID, FILE_REFERENCE_EMPTY, FILE_REFERENCE_EXPIRED,
 *   FILE_REFERENCE_INVALID, FILE_MIGRATE_X
 */
export async function readFile(
  on: Ground,
  caller: Caller,
  place: FilePlace,
  asked: Asked,
): Promise<FilePart> {
  return joined(await readFilePieces(on, caller, place, asked))
}

/** {@link readFile} in pieces, none of which is copied. */
export async function readFilePieces(
  on: Ground,
  caller: Caller,
  place: FilePlace,
  asked: Asked,
): Promise<FilePieces> {
  checkAsked(asked)
  checkClaim(on, caller, place)
  const [found, nowMs] = [foundFilesOf(on.files), on.clock.nowMs()]
  const known = found.find(place, nowMs)
  if (known !== undefined) {
    checkHome(on, caller, known)
    try {
      return await readAt(on, known, asked)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // It may have been deleted since.
      found.forget(place)
    }
  }
  const at = await locate(on, place)
  found.keep(place, at, nowMs)
  checkHome(on, caller, at)
  return await readAt(on, at, asked)
}

/**
 * Reads a part of a photo that the caller may see, by its id.
 *
 * @throws {RpcError} LIMIT_INVALID, OFFSET_INVALID, LOCATION_INVALID, FILE_MIGRATE_X
 */
export async function readPhotoPieces(
  on: Ground,
  caller: Caller,
  size: SizePlace,
  asked: Asked,
): Promise<FilePieces> {
  checkAsked(asked)
  return await readAt(on, await photoSize(on, caller, size), asked)
}

/** A size of a photo. */
export interface SizePlace {
  readonly photoId: bigint
  readonly letter: string
}

/** @throws {RpcError} LOCATION_INVALID, FILE_MIGRATE_X */
async function photoSize(on: Ground, caller: Caller, { photoId, letter }: SizePlace): Promise<FileAt> {
  const { store } = on
  const found = await store.look(() => findPhoto(store.secret, photoId))
  const at = found && sizeAt(found, letter)
  if (at === undefined) throw refusal('LOCATION_INVALID')
  checkHome(on, caller, at)
  return at
}

async function readAt(
  { files }: Ground,
  { name, start, size, madeAtS }: FileAt,
  asked: Asked,
): Promise<FilePieces> {
  const offset = asked.offset > BigInt(size) ? size : Number(asked.offset)
  const length = Math.min(asked.limit, size - offset)
  const pieces = await readPiecesExactly(files, name, start + offset, length)
  const isWhole = offset === 0 && length === size
  return { pieces, madeAtS, kind: isWhole ? kindOf(headOf(pieces)) : undefined }
}

function joined({ pieces, ...part }: FilePieces): FilePart {
  return { ...part, bytes: joinPieces(pieces) }
}

function headOf(pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces.map((piece) => piece.subarray(0, KIND_BYTES))).subarray(0, KIND_BYTES)
}

/**
 * Hashes of a photo or document, from the stretch that has the offset on; none behind its end.
 *
 * @throws {RpcError} LOCATION_INVALID, OFFSET_INVALID, FILE_REFERENCE_EMPTY, FILE_REFERENCE_EXPIRED, FILE_REFERENCE_INVALID,
 *   FILE_MIGRATE_X
 */
export async function hashFile(
  on: Ground,
  caller: Caller,
  place: FilePlace,
  asked: bigint,
): Promise<FileHash[]> {
  if (asked < 0n) throw refusal('OFFSET_INVALID')
  return await hashesFrom(on, await fileAt(on, caller, place), asked)
}

/** Hashes of a photo that the caller may see, by its id. @throws {RpcError} LOCATION_INVALID, OFFSET_INVALID, FILE_MIGRATE_X */
export async function hashPhoto(
  on: Ground,
  caller: Caller,
  size: SizePlace,
  asked: bigint,
): Promise<FileHash[]> {
  if (asked < 0n) throw refusal('OFFSET_INVALID')
  return await hashesFrom(on, await photoSize(on, caller, size), asked)
}

/** Hashes of bytes, as of a file that has them. @throws {RpcError} OFFSET_INVALID */
export function hashBytes(bytes: Uint8Array, asked: bigint): FileHash[] {
  if (asked < 0n) throw refusal('OFFSET_INVALID')
  return stretchesFrom(asked, bytes.length).map((at) => hashOf(at, bytes.subarray(at, at + HASHED_BYTES)))
}

/** Hashes of a file, from the stretch that has the offset on; none behind its end. */
export async function hashesFrom(
  { files }: Ground,
  { name, start, size }: FileAt,
  asked: bigint,
): Promise<FileHash[]> {
  const hashes: FileHash[] = []
  for (const at of stretchesFrom(asked, size)) {
    const length = Math.min(HASHED_BYTES, size - at)
    hashes.push(hashOf(at, await readExactly(files, name, start + at, length)))
  }
  return hashes
}

/** The beginnings of the stretches that one answer tells of: the first has the offset. */
function stretchesFrom(asked: bigint, size: number): number[] {
  if (asked >= BigInt(size)) return []
  const first = Number(asked) - (Number(asked) % HASHED_BYTES)
  const count = Math.min(MAX_HASHES, Math.ceil((size - first) / HASHED_BYTES))
  return Array.from({ length: count }, (_, index) => first + index * HASHED_BYTES)
}

function hashOf(at: number, bytes: Uint8Array): FileHash {
  const sha256 = Uint8Array.from(createHash('sha256').update(bytes).digest())
  return { offset: BigInt(at), length: bytes.length, sha256 }
}

/** Finds a file that a client has a claim on. @throws {RpcError} LOCATION_INVALID, FILE_REFERENCE_EMPTY and so on, FILE_MIGRATE_X */
export async function fileAt(on: Ground, caller: Caller, place: FilePlace): Promise<FileAt> {
  checkClaim(on, caller, place)
  const at = await locate(on, place)
  checkHome(on, caller, at)
  return at
}

/**
 * Sends a client to the data centre of a file. A single data centre answers as any, and has the files of those that are no longer
 * there.
 *
 * @throws {RpcError} FILE_MIGRATE_X
 */
function checkHome({ settings: { dcs }, filesMovedTo }: Ground, caller: Caller, { dcId }: FileAt): void {
  if (dcs === 1 || dcId === caller.dcId || dcId < 1 || dcId > dcs) return
  if (filesMovedTo?.(requireUserId(caller.state)) === caller.dcId) return
  throw refusal('FILE_MIGRATE_X', { x: dcId })
}

/** @throws {RpcError} LOCATION_INVALID, FILE_REFERENCE_EMPTY and so on */
function checkClaim(on: Ground, { state }: Caller, place: FilePlace): void {
  const viewer = viewerOf(state)
  if (!hasOwnHash(on, viewer, place)) throw refusal('LOCATION_INVALID')
  const trouble = checkReference(on, viewer, place)
  if (trouble !== undefined) throw refusal(trouble)
}

/** @throws {RpcError} LOCATION_INVALID */
async function locate(on: Ground, place: PlainPlace): Promise<FileAt> {
  const found = await findFileAt(on, place)
  if (found === undefined) throw refusal('LOCATION_INVALID')
  return found
}

/** Finds a file without a claim on it. */
export async function findFileAt(on: Ground, place: PlainPlace): Promise<FileAt | undefined> {
  return await on.store.look(() => (place.of === 'photo' ? photoAt(on, place) : documentAt(on, place)))
}

function* documentAt({ store }: Ground, { mediaId, letter }: PlainPlace): Decision<FileAt | undefined> {
  const found = yield* findDocument(store.secret, mediaId)
  const file = letter === '' ? found?.file : found?.thumb
  if (found === undefined || file === undefined) return undefined
  const { madeAtS, dcId } = found.media
  return { ...file, start: 0, madeAtS, dcId }
}

function* photoAt({ store }: Ground, { mediaId, letter }: PlainPlace): Decision<FileAt | undefined> {
  const found = LETTER.test(letter) ? yield* findPhoto(store.secret, mediaId) : undefined
  return found && sizeAt(found, letter)
}

/** The letter of a film in place of a photo. */
const FILM = 'u'
const LETTER = /^[a-z]$/
/** Letters by the sides of their boxes and squares, the smallest first. */
const BY_SIDE = 'sabmcxydw'

/** The size of a letter; of letters that the photo does not have, the next larger one, or else the largest. */
function sizeAt({ media, file, thumb }: FoundMedia<Photo>, letter: string): FileAt | undefined {
  const sizes = media.sizes.toSorted((one, other) => sideOf(one.letter) - sideOf(other.letter))
  const size =
    sizes.find((each) => each.letter === letter) ??
    sizes.find((each) => sideOf(each.letter) > sideOf(letter)) ??
    sizes.at(-1)
  const { madeAtS, dcId, film } = media
  if (letter === FILM && film !== undefined) {
    return thumb && { name: thumb.name, start: film.at, size: film.bytes, madeAtS, dcId }
  }
  if (size?.at === undefined) return { ...file, start: 0, madeAtS, dcId }
  return thumb && { name: thumb.name, start: size.at, size: size.bytes, madeAtS, dcId }
}

function sideOf(letter: string): number {
  return BY_SIDE.indexOf(letter)
}
