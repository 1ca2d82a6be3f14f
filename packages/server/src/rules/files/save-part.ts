import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { accepted, isRefused, refusal } from '../refusal.ts'
import { beginUpload, findUpload, judgePart, keepUploadedPart, type UploadGround } from './decide-uploads.ts'
import { checkPart } from './part-rules.ts'
import type { NewPart } from './words.ts'

/** An upload may be put together and begun anew while a part arrives: then the part is kept again. */
const MAX_TRIES = 3

/**
 * Keeps a part of a file, for any session of the account, in any order. A part that comes again takes the place of the first.
 *
 * @throws {RpcError} FILE_PARTS_INVALID, FILE_PART_INVALID, FILE_PART_EMPTY, FILE_PART_TOO_BIG, FILE_PART_SIZE_INVALID,
 *   FILE_PART_SIZE_CHANGED, FLOOD_WAIT_X
 */
export async function savePart(on: Ground, caller: Caller, given: NewPart): Promise<void> {
  const trouble = checkPart(given, on.settings.files.maxParts)
  if (trouble !== undefined) throw refusal(trouble)
  const ground = uploadGroundOf(on, caller)
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const name = await uploadName(on, ground, given)
    if (given.bytes.length > 0) await on.files.parts.put(name, given.part, given.bytes)
    const isKept = accepted(await on.store.decide(() => keepUploadedPart(ground, name, given)))
    if (isKept) return
  }
  throw refusal('FILE_PART_INVALID')
}

/** The name of the upload that a part belongs to. Nothing of a part is written that is refused anyway. */
async function uploadName(on: Ground, ground: UploadGround, given: NewPart): Promise<string> {
  const known = await on.store.look(function* () {
    const upload = yield* findUpload(ground, given.fileId)
    if (upload === undefined || upload.digest !== undefined) return undefined
    const judged = yield* judgePart(ground, upload, given)
    return isRefused(judged) ? judged : upload.name
  })
  if (known !== undefined) return accepted(known)
  const fresh = on.files.parts.newName()
  return accepted(await on.store.decide(() => beginUpload(ground, given.fileId, fresh)))
}

/** The parts that decisions about the caller's uploads are made with. @throws {RpcError} AUTH_KEY_UNREGISTERED */
export function uploadGroundOf({ settings, clock }: Ground, { state }: Caller): UploadGround {
  return { settings, ownerId: requireUserId(state), nowS: Math.floor(clock.nowMs() / 1000) }
}
