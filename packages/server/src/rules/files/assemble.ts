import { createHash } from 'node:crypto'
import { RpcError } from '@cablegram/mtproto'
import type { Decision } from '../../database/decision.ts'
import { StoreError, type StoreErrorCode } from '../../database/errors.ts'
import { freePiece } from '../../files/chunks.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { accepted, isRefused, type Refused, refusal } from '../refusal.ts'
import { assembliesOf } from './assemblies.ts'
import { findBlob, keepBlobs } from './decide-blobs.ts'
import { blobNames } from './decide-sweep.ts'
import { findNoRoom } from './decide-totals.ts'
import {
  findUpload,
  listUploadParts,
  loseUploadedPart,
  removeUpload,
  type UploadGround,
} from './decide-uploads.ts'
import { readExactly } from './read-exactly.ts'
import { uploadGroundOf } from './save-part.ts'
import type { Blob, SentFile, Upload } from './words.ts'

/** Only files up to this size have an MD5. */
const MAX_SMALL_BYTES = 10 * 1024 * 1024
const READ_BYTES = 1024 * 1024

/** A file whose parts are all there, or that was put together already. */
export interface ReadyFile {
  readonly ground: UploadGround
  readonly sent: SentFile
  readonly size: number
  readonly from: SentParts | { readonly blob: Blob }
}

/** The parts of an upload that was not put together yet. */
interface SentParts {
  readonly upload: Upload
  readonly partSizes: ReadonlyMap<number, number>
}

/** Bytes in the store of files. As long as no row names them, only their maker knows them. */
export interface PutFile {
  readonly ground: UploadGround
  readonly blob: Blob
  /** Undefined: the server has made the bytes. */
  readonly fileId: bigint | undefined
  /** Put together just now, from this upload; undefined: a row names the bytes already, or the server has made them. */
  readonly uploadName: string | undefined
  /** The server has made the bytes just now. */
  readonly isMade?: boolean
}

/**
 * Finds a file that a client has sent, and writes nothing.
 *
 * @throws {RpcError} FILE_PARTS_INVALID, FILE_PART_X_MISSING, FILE_PART_LENGTH_INVALID, MD5_CHECKSUM_INVALID
 */
export async function findSent(on: Ground, caller: Caller, sent: SentFile): Promise<ReadyFile> {
  const { maxParts } = on.settings.files
  if (sent.parts < 1 || sent.parts > maxParts) throw refusal('FILE_PARTS_INVALID')
  const ground = uploadGroundOf(on, caller)
  const known = async (assembled: Assembled): Promise<ReadyFile> => {
    await assembliesOf(on.files).inTurn(ground.ownerId, sent.fileId, () =>
      checkAssembled(on, sent, assembled),
    )
    return { ground, sent, size: assembled.blob.size, from: { blob: assembled.blob } }
  }
  return await orAssembled(
    on,
    ground,
    sent,
    async () => {
      const { upload, blob, partSizes } = await on.store.look(function* () {
        const { upload, blob } = yield* findAssembled(ground, sent.fileId)
        return { upload, blob, partSizes: upload ? yield* listUploadParts(upload.name) : NO_PARTS }
      })
      if (upload === undefined) throw missing(0)
      if (upload.isWhole && blob !== undefined) return await known({ upload, blob })
      const size = checkParts(sent, upload, partSizes)
      return { ground, sent, size, from: { upload, partSizes } }
    },
    known,
  )
}

/** An upload that was put together. */
interface Assembled {
  readonly upload: Upload
  readonly blob: Blob
}

/** Checks what a call says of a file that was put together before. @throws {RpcError} FILE_PARTS_INVALID, MD5_CHECKSUM_INVALID */
async function checkAssembled(
  { files }: Ground,
  { parts, md5 }: SentFile,
  { upload: { partBytes }, blob: { name, size } }: Assembled,
): Promise<void> {
  // A photo of other parts that was refused has taken the length of these with it.
  if (partBytes > 0 && parts !== Math.ceil(size / partBytes)) throw refusal('FILE_PARTS_INVALID')
  if (md5 === undefined || size > MAX_SMALL_BYTES) return
  const hash = createHash('md5')
  for (let at = 0; at < size; at += READ_BYTES) {
    hash.update(await readExactly(files, name, at, Math.min(READ_BYTES, size - at)))
  }
  if (hash.digest('hex') !== md5) throw refusal('MD5_CHECKSUM_INVALID')
}

/**
 * Puts the parts of a file together. Bytes are written, and would survive a crash, before the row that names them:
 * {@link keepPuts} writes it, or else {@link dropPut} deletes them. Calls for the same upload wait for each other.
 *
 * @throws {RpcError} FILE_PARTS_INVALID, FILE_PART_X_MISSING, MD5_CHECKSUM_INVALID, FILES_TOO_MUCH
 */
export async function putTogether(on: Ground, ready: ReadyFile): Promise<PutFile> {
  const { ground, sent, from } = ready
  if ('blob' in from) return knownPut(ready, from.blob)
  return await assembliesOf(on.files).inTurn(ground.ownerId, sent.fileId, () => putParts(on, ready, from))
}

function knownPut({ ground, sent: { fileId } }: ReadyFile, blob: Blob): PutFile {
  return { ground, blob, fileId, uploadName: undefined }
}

async function putParts(on: Ground, ready: ReadyFile, from: SentParts): Promise<PutFile> {
  const { ground, sent, size } = ready
  // The call before may have put the same parts together.
  const { upload, blob } = await on.store.look(() => findAssembled(ground, sent.fileId))
  const known = async (assembled: Assembled): Promise<PutFile> => {
    await checkAssembled(on, sent, assembled)
    return knownPut(ready, assembled.blob)
  }
  if (upload?.isWhole && blob !== undefined) return await known({ upload, blob })
  // The server counts the parts already.
  const wanted = { account: size, server: 0 }
  accepted(await on.store.look(() => findNoRoom(on.settings, ground.ownerId, wanted)))
  return await orAssembled<PutFile>(
    on,
    ground,
    sent,
    async () => {
      if (upload === undefined) throw missing(0)
      const { sha256, ...kept } = await on.files
        .put(checkedParts(on, ground, sent, from))
        .catch((error: unknown) => forgetWrong(on, ready, error))
      const blob = { ...kept, digest: digestOf(on, sha256) }
      return { ground, blob, fileId: sent.fileId, uploadName: from.upload.name }
    },
    known,
  )
}

/** Each attempt costs its sender the parts, as it costs the server the disk: a wrong MD5 cannot be tried again and again. */
async function forgetWrong(on: Ground, ready: ReadyFile, error: unknown): Promise<never> {
  if (error instanceof RpcError && error.type === 'MD5_CHECKSUM_INVALID') await forgetUpload(on, ready)
  throw error
}

/**
 * Another call may put the same parts together meanwhile, and take them away: then its blob counts. A blob that the number stood
 * for before does not count: other parts are on their way.
 */
async function orAssembled<T>(
  { store }: Ground,
  ground: UploadGround,
  { fileId }: SentFile,
  attempt: () => Promise<T>,
  found: (assembled: Assembled) => Promise<T>,
): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (!(error instanceof RpcError) || error.type !== 'FILE_PART_X_MISSING') throw error
    const { upload, blob } = await store.look(() => findAssembled(ground, fileId))
    if (!upload?.isWhole || blob === undefined) throw error
    return await found({ upload, blob })
  }
}

/**
 * Keeps files, each once: later calls find its blob. What is made of them is written by the same decision, or nothing is.
 *
 * @param also writes what is made of the blobs that have the bytes
 * @returns the blobs that have the bytes
 * @throws {RpcError} FILES_TOO_MUCH, FILE_PART_X_MISSING
 */
export async function keepPuts(
  on: Ground,
  ground: UploadGround,
  puts: readonly PutFile[],
  also?: (blobs: readonly Blob[]) => Decision<Refused | undefined>,
): Promise<readonly Blob[]> {
  const decision = function* () {
    const blobs = yield* keepBlobs(ground, puts)
    if (isRefused(blobs)) return blobs
    return (also && (yield* also(blobs))) ?? blobs
  }
  const outcome = await on.store.decide(decision).catch(async (error: unknown) => {
    // The error that is thrown says why. What cannot be looked up or deleted now is swept.
    await Promise.allSettled([dropUnnamed(on, puts, error)])
    throw error
  })
  if (isRefused(outcome)) {
    for (const put of puts) await dropPut(on, put)
    return accepted<readonly Blob[]>(outcome)
  }
  for (const [at, { blob, uploadName, isMade }] of puts.entries()) {
    if (uploadName === undefined && isMade !== true) continue
    // Nothing names these any more. The file is there, also if they cannot be deleted now: what stays is swept.
    await Promise.allSettled([
      ...(uploadName === undefined ? [] : [on.files.parts.delete(uploadName)]),
      ...(outcome[at]?.name === blob.name ? [] : [on.files.delete(blob.name)]),
    ])
  }
  return outcome
}

/** Errors of a decision of which nothing was done: each repeat would leave another copy. */
const NOTHING_DONE: ReadonlySet<string> = new Set<StoreErrorCode>([
  'STORE_FULL',
  'STORE_READ_ONLY',
  'STORE_UNREACHABLE',
  'STORE_LATE',
])

/** Deletes bytes after a decision that failed. One whose outcome is not clear may have named them: then they stay. */
async function dropUnnamed(on: Ground, puts: readonly PutFile[], error: unknown): Promise<void> {
  const isNothingDone = error instanceof StoreError && NOTHING_DONE.has(error.code)
  const names = puts.map(({ blob }) => blob.name)
  const named = isNothingDone ? new Set() : await on.store.look(() => blobNames(names))
  for (const put of puts) if (!named.has(put.blob.name)) await dropPut(on, put)
}

/** Deletes bytes that no row names; what cannot be deleted now is swept. Bytes that another call has kept stay. */
export async function dropPut({ files }: Ground, { blob, uploadName, isMade }: PutFile): Promise<void> {
  if (uploadName !== undefined || isMade === true) await Promise.allSettled([files.delete(blob.name)])
}

/** Forgets an upload that cannot become what it was sent for. One that has become a file stays. */
export async function forgetUpload(on: Ground, { ground, from }: ReadyFile): Promise<void> {
  if ('upload' in from) await forgetParts(on, ground, from.upload.name)
}

/** Forgets the parts of a file that its sender gives up. One that has become a file stays. */
export async function forgetSent(on: Ground, caller: Caller, fileId: bigint): Promise<void> {
  const ground = uploadGroundOf(on, caller)
  const upload = await on.store.look(() => findUpload(ground, fileId))
  if (upload !== undefined) await forgetParts(on, ground, upload.name)
}

async function forgetParts({ files, store }: Ground, ground: UploadGround, name: string): Promise<void> {
  const isGone = await store.decide(() => removeUpload(ground, name))
  if (isGone) await Promise.allSettled([files.parts.delete(name)])
}

/** An upload, and the blob that it was put together to. */
function* findAssembled(
  ground: UploadGround,
  fileId: bigint,
): Decision<{ readonly upload: Upload | undefined; readonly blob: Blob | undefined }> {
  const upload = yield* findUpload(ground, fileId)
  return { upload, blob: upload?.digest && (yield* findBlob(upload.digest)) }
}

const NO_PARTS: ReadonlyMap<number, number> = new Map()

/** @returns the bytes of all parts together */
function checkParts({ parts: count }: SentFile, upload: Upload, parts: ReadonlyMap<number, number>): number {
  if (upload.totalParts !== -1 && upload.totalParts !== count) throw refusal('FILE_PARTS_INVALID')
  let size = 0
  for (let part = 0; part < count; part++) {
    const bytes = parts.get(part)
    if (bytes === undefined) throw missing(part)
    if (bytes < upload.partBytes && part < count - 1) throw refusal('FILE_PART_LENGTH_INVALID')
    size += bytes
  }
  if (parts.size > count) throw refusal('FILE_PARTS_INVALID')
  return size
}

async function* checkedParts(
  { files, store }: Ground,
  ground: UploadGround,
  { fileId, parts: count, md5 }: SentFile,
  { upload: { name }, partSizes }: SentParts,
): AsyncGenerator<Uint8Array> {
  const hash = md5 === undefined ? undefined : createHash('md5')
  for (let part = 0; part < count; part++) {
    const bytes = await files.parts.read(name, part)
    // Two copies of a part that differ in length may have come at once: the row of one, and the bytes of the other.
    if (bytes === undefined || bytes.length !== partSizes.get(part)) {
      const lost = { fileId, name, part, counted: partSizes.get(part) ?? 0, there: bytes?.length ?? 0 }
      await store.decide(() => loseUploadedPart(ground, lost))
      throw missing(part)
    }
    hash?.update(bytes)
    yield bytes
    freePiece(bytes)
  }
  if (hash !== undefined && hash.digest('hex') !== md5) throw refusal('MD5_CHECKSUM_INVALID')
}

/**
 * The digest of bytes by which equal ones are found. Nobody can tell from it which well-known file it is of.
 *
 * @param hash their SHA-256
 */
export function digestOf({ store }: Pick<Ground, 'store'>, hash: Uint8Array): Uint8Array {
  return Uint8Array.from(store.secret.startMac('digests of files').update(hash).digest())
}

function missing(part: number) {
  return refusal('FILE_PART_X_MISSING', { x: part })
}
