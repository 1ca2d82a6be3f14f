import { createHash, createHmac } from 'node:crypto'
import { RpcError } from '@cablegram/mtproto'
import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { accepted, refusal } from '../refusal.ts'
import { findBlob, findNoRoom, keepBlob } from './decide-blobs.ts'
import { findUpload, listUploadParts, loseUploadedPart, type UploadGround } from './decide-uploads.ts'
import { uploadGroundOf } from './save-part.ts'
import type { Blob, SentFile, Upload } from './words.ts'

/**
 * Puts the parts of a file together, once: later calls find the blob that was made. Bytes are written, and would survive a
 * crash, before the row that names them.
 *
 * @throws {RpcError} FILE_PARTS_INVALID, FILE_PART_X_MISSING, FILE_PART_LENGTH_INVALID, MD5_CHECKSUM_INVALID, FILES_TOO_MUCH
 */
export async function assemble(on: Ground, caller: Caller, sent: SentFile): Promise<Blob> {
  const { maxParts } = on.settings.files
  if (sent.parts < 1 || sent.parts > maxParts) throw refusal('FILE_PARTS_INVALID')
  const ground = uploadGroundOf(on, caller)
  try {
    return await assembleParts(on, ground, sent)
  } catch (error) {
    if (!(error instanceof RpcError) || error.type !== 'FILE_PART_X_MISSING') throw error
    // Another call may have put the same parts together meanwhile, and taken them away.
    const { blob } = await on.store.look(() => findAssembled(ground, sent.fileId))
    if (blob === undefined) throw error
    return blob
  }
}

async function assembleParts(on: Ground, ground: UploadGround, sent: SentFile): Promise<Blob> {
  const { upload, blob, parts } = await on.store.look(function* () {
    const { upload, blob } = yield* findAssembled(ground, sent.fileId)
    return { upload, blob, parts: upload ? yield* listUploadParts(upload.name) : NO_PARTS }
  })
  if (blob !== undefined) return blob
  if (upload === undefined) throw missing(0)
  const size = checkParts(sent, upload, parts)
  accepted(await on.store.look(() => findNoRoom(on.settings, ground.ownerId, size)))
  return await putTogether(on, ground, sent, upload)
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

async function putTogether(on: Ground, ground: UploadGround, sent: SentFile, upload: Upload): Promise<Blob> {
  const { files, store } = on
  const { name, size, sha256 } = await files.put(checkedParts(on, ground, sent, upload))
  const digest = digestOf(on, sha256)
  const blob = await store.decide(() => keepBlob(ground, { digest, name, size }, upload.name))
  // Nothing names these any more. The file is there, also if they cannot be deleted now: what stays is swept.
  await Promise.allSettled([
    files.parts.delete(upload.name),
    ...(blob.name === name ? [] : [files.delete(name)]),
  ])
  return blob
}

async function* checkedParts(
  { files, store }: Ground,
  ground: UploadGround,
  { parts: count, md5 }: SentFile,
  { name }: Upload,
): AsyncGenerator<Uint8Array> {
  const hash = md5 === undefined ? undefined : createHash('md5')
  for (let part = 0; part < count; part++) {
    const bytes = await files.parts.read(name, part)
    if (bytes === undefined) {
      await store.decide(() => loseUploadedPart(ground, name, part))
      throw missing(part)
    }
    hash?.update(bytes)
    yield bytes
  }
  if (hash !== undefined && hash.digest('hex') !== md5) throw refusal('MD5_CHECKSUM_INVALID')
}

/** The digest of bytes by which equal ones are found. Nobody can tell from it which well-known file it is of. */
export function digestOf({ store }: Pick<Ground, 'store'>, sha256: Uint8Array): Uint8Array {
  const hmac = createHmac('sha256', store.secret.derive('digests of files'))
  return Uint8Array.from(hmac.update(sha256).digest())
}

function missing(part: number) {
  return refusal('FILE_PART_X_MISSING', { x: part })
}
