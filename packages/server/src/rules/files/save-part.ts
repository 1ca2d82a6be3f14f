import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { accepted, isRefused, refusal } from '../refusal.ts'
import { findBlob } from './decide-blobs.ts'
import { beginUpload, findUpload, judgePart, keepUploadedPart, type UploadGround } from './decide-uploads.ts'
import { checkPart } from './part-rules.ts'
import type { Blob, NewPart, Upload } from './words.ts'

/** An upload may be put together and begun anew while a part arrives: then the part is kept again. */
const MAX_TRIES = 3

/**
 * Keeps a part of a file, for any session of the account, in any order. A part that comes again takes the place of the first. A
 * part that comes once more after the file was put together changes nothing, unless its bytes differ: then another file begins.
 *
 * @throws {RpcError} FILE_PARTS_INVALID, FILE_PART_INVALID, FILE_PART_EMPTY, FILE_PART_TOO_BIG, FILE_PART_SIZE_INVALID,
 *   FILE_PART_SIZE_CHANGED, FLOOD_WAIT_X, AUTH_KEY_UNREGISTERED
 */
export async function savePart(on: Ground, caller: Caller, given: NewPart): Promise<void> {
  const trouble = checkPart(given, on.settings.files.maxParts)
  if (trouble !== undefined) throw refusal(trouble)
  const ground = uploadGroundOf(on, caller)
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const name = await uploadName(on, ground, given)
    if (name === undefined) return
    if (given.bytes.length > 0) await on.files.parts.put(name, given.part, given.bytes)
    const isKept = accepted(await on.store.decide(() => keepUploadedPart(ground, name, given)))
    if (isKept) return
    // No row has the upload any more: nothing else will delete these bytes before the sweep.
    await on.files.parts.delete(name)
  }
  throw refusal('FILE_PART_INVALID')
}

/**
 * The name of the upload that a part belongs to; undefined: the part is a copy of one that was put together. Nothing of a part
 * is written that is refused anyway.
 */
async function uploadName(on: Ground, ground: UploadGround, given: NewPart): Promise<string | undefined> {
  const known = await on.store.look(function* () {
    const upload = yield* findUpload(ground, given.fileId)
    if (upload === undefined) return undefined
    if (upload.isWhole) return { upload, blob: upload.digest && (yield* findBlob(upload.digest)) }
    const judged = yield* judgePart(ground, upload, given)
    return isRefused(judged) ? judged : { upload, blob: undefined }
  })
  const { upload, blob } = accepted(known) ?? {}
  if (upload?.isWhole === false) return upload.name
  if (upload !== undefined && blob !== undefined && (await isCopy(on, upload, blob, given))) return undefined
  const fresh = on.files.parts.newName()
  return accepted(await on.store.decide(() => beginUpload(ground, given.fileId, fresh)))
}

/** Tells whether a file that was put together has these bytes in this place. */
async function isCopy(
  { files }: Ground,
  { partBytes }: Upload,
  { name, size }: Blob,
  { part, bytes }: NewPart,
): Promise<boolean> {
  const offset = part * partBytes
  if (bytes.length === 0) return offset === size
  if (offset >= size || bytes.length !== Math.min(partBytes, size - offset)) return false
  return Buffer.from(await files.read(name, offset, bytes.length)).equals(bytes)
}

/** The parts that decisions about the caller's uploads are made with. @throws {RpcError} AUTH_KEY_UNREGISTERED */
export function uploadGroundOf({ settings, clock }: Ground, { state }: Caller): UploadGround {
  return { settings, ownerId: requireUserId(state), nowS: Math.floor(clock.nowMs() / 1000) }
}
