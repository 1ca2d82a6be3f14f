import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { accepted, isRefused, type Refused, refusal } from '../refusal.ts'
import { findBlob } from './decide-blobs.ts'
import {
  beginUpload,
  findUpload,
  giveUpIdle,
  judgePart,
  keepUploadedPart,
  leaveUploadedPart,
  type UploadGround,
} from './decide-uploads.ts'
import { checkPart } from './part-rules.ts'
import { type AccountWrites, type PartPlace, type PartWrite, partWritesOf } from './part-writes.ts'
import type { Blob, NewPart, Upload } from './words.ts'

/** An upload may be put together and begun anew while a part arrives: then the part is kept again. */
const MAX_TRIES = 3

/**
 * Keeps a part of a file, for any session of the account, in any order. A part that comes again takes the place of the first. A
 * part that comes once more after the file was put together changes nothing, unless its bytes differ: then another file begins.
 *
 * @throws {RpcError} FILE_PARTS_INVALID, FILE_PART_INVALID, FILE_PART_EMPTY, FILE_PART_TOO_BIG, FILE_PART_SIZE_INVALID,
 *   FILE_PART_SIZE_CHANGED, FLOOD_WAIT_X, FILES_TOO_MUCH, AUTH_KEY_UNREGISTERED
 */
export async function savePart(on: Ground, caller: Caller, given: NewPart): Promise<void> {
  const trouble = checkPart(given, on.settings.files.maxParts)
  if (trouble !== undefined) throw refusal(trouble)
  const ground = uploadGroundOf(on, caller)
  await partWritesOf(on.files).ofAccount(ground.ownerId, async (writes) => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const write = await writes.begin(given, () => findPlace(on, ground, given))
      if (write === undefined || (await writePart(on, ground, given, { write, writes }))) return
    }
    throw refusal('FILE_PART_INVALID')
  })
}

/** @returns false if no row has the upload any more */
async function writePart(
  on: Ground,
  ground: UploadGround,
  given: NewPart,
  { write, writes }: { readonly write: PartWrite; readonly writes: AccountWrites },
): Promise<boolean> {
  const { name } = write
  const { parts } = on.files
  try {
    if (given.bytes.length > 0) await parts.put(name, given.part, given.bytes)
    const isKept = accepted(await on.store.decide(() => keepUploadedPart(ground, name, given)))
    // Nothing else will delete these bytes before the sweep.
    if (!isKept) await parts.delete(name)
    writes.end(write)
    return isKept
  } catch (error) {
    // The error that is thrown says why; bytes that cannot be counted now go with the upload.
    await Promise.allSettled([leavePart(on, ground, name, given)])
    writes.end(write)
    throw error
  }
}

/** Counts the bytes of a part that is not kept, or deletes the parts of an upload that is another one by now. */
async function leavePart(
  { store, files }: Ground,
  ground: UploadGround,
  name: string,
  given: NewPart,
): Promise<void> {
  const isCurrent = await store.decide(() => leaveUploadedPart(ground, name, given))
  if (!isCurrent) await files.parts.delete(name)
}

/** The place of a part; undefined: the part is a copy of one that was put together. Uploads that were given up make room for it. */
async function findPlace(on: Ground, ground: UploadGround, given: NewPart): Promise<PartPlace | undefined> {
  for (;;) {
    const place = await placeNow(on, ground, given)
    if (!isRefused(place) || place.name !== 'FLOOD_WAIT_X') return accepted(place)
    const idle = await on.store.decide(() => giveUpIdle(ground, given.fileId))
    if (idle === undefined) return accepted<undefined>(place)
    // Parts that cannot be deleted now are swept.
    await Promise.allSettled([on.files.parts.delete(idle)])
  }
}

/** Nothing of a part is written that is refused anyway. */
async function placeNow(
  on: Ground,
  ground: UploadGround,
  given: NewPart,
): Promise<PartPlace | Refused | undefined> {
  const { upload, blob, judged } = await on.store.look(function* () {
    const upload = yield* findUpload(ground, given.fileId)
    const blob = upload?.isWhole && upload.digest ? yield* findBlob(upload.digest) : undefined
    return { upload, blob, judged: yield* judgePart(ground, upload?.isWhole ? undefined : upload, given) }
  })
  if (upload !== undefined && blob !== undefined && (await isCopy(on, upload, blob, given))) return undefined
  if (isRefused(judged)) return judged
  const { room } = judged
  if (upload?.isWhole === false) return { name: upload.name, room }
  const fresh = on.files.parts.newName()
  const name = await on.store.decide(() => beginUpload(ground, given.fileId, fresh))
  return isRefused(name) ? name : { name, room }
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
