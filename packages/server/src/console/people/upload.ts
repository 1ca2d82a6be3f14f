import { randomLong } from '../../ground/random.ts'
import { forgetSent } from '../../rules/files/assemble.ts'
import { savePart } from '../../rules/files/save-part.ts'
import type { SentFile } from '../../rules/files/words.ts'
import { findAccountDc } from '../../rules/numbers/decide-home.ts'
import { homeDc } from '../../rules/numbers/phone.ts'
import { refusing } from '../acts/refusals.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'

/** A file that somebody sends, of a known size. */
export interface FileSource {
  readonly size: number
  /** Its bytes in parts of this length; the last one may be shorter. */
  parts(partBytes: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** Parts are as long as a part may be. */
const PART_BYTES = 512 * 1024
/** Clients send longer files as big ones. */
const MAX_SMALL_BYTES = 10 * 1024 * 1024
/** Clients that exchanged keys with no certain data centre are in this one. */
const ANY_DC = 2

/** Bytes in memory as a file. */
export function bytesSource(bytes: Uint8Array): FileSource {
  return {
    size: bytes.length,
    *parts(partBytes) {
      for (let at = 0; at < bytes.length; at += partBytes) yield bytes.subarray(at, at + partBytes)
    },
  }
}

/** A file whose parts the server has. */
export interface UploadedFile {
  readonly file: SentFile
  readonly isBig: boolean
}

/** Sends the parts of a file. @throws {ConsoleError} 400 FILE_EMPTY, and what {@link savePart} refuses */
export type Upload = (source: FileSource, name: string) => Promise<UploadedFile>

/**
 * Does something with files that somebody sends for it. Where it fails, their parts go: nobody tries again with them, and they
 * would keep the account from sending others for a day.
 */
export async function withUploads<T>(
  on: OnConsole,
  actor: Actor,
  work: (upload: Upload) => Promise<T>,
): Promise<T> {
  const fileIds: bigint[] = []
  try {
    return await work(async (source, name) => {
      const fileId = randomLong(on.random)
      fileIds.push(fileId)
      return await uploadAs(on, actor, fileId, { source, name })
    })
  } catch (error) {
    // The error that is thrown says why. Parts that cannot be deleted now are swept.
    await Promise.allSettled(fileIds.map((fileId) => forgetSent(on, actor.caller, fileId)))
    throw error
  }
}

/** Sends the parts of a file as somebody, as a client does: the same limits hold. */
async function uploadAs(
  on: OnConsole,
  { caller }: Actor,
  fileId: bigint,
  { source, name }: { readonly source: FileSource; readonly name: string },
): Promise<UploadedFile> {
  if (source.size === 0) throw empty()
  const isBig = source.size > MAX_SMALL_BYTES
  const totalParts = isBig ? Math.ceil(source.size / PART_BYTES) : undefined
  let parts = 0
  for await (const bytes of source.parts(PART_BYTES)) {
    await refusing(savePart(on, caller, { fileId, part: parts, bytes, totalParts }), 'upload.saveFilePart')
    parts += 1
  }
  return { file: { fileId, parts, name, md5: undefined }, isBig }
}

/** Somebody in their own data centre: the files that they send have a place. */
export async function atHome(on: OnConsole, actor: Actor): Promise<Actor> {
  const { phone } = actor.account
  const { dcs } = on.settings
  const accountDc = dcs === 1 ? undefined : await on.store.look(() => findAccountDc(phone))
  return { ...actor, caller: { ...actor.caller, dcId: homeDc(phone, dcs, accountDc) ?? ANY_DC } }
}

function empty(): ConsoleError {
  return new ConsoleError(
    400,
    'FILE_EMPTY',
    'The file has no bytes.',
    'Send a file with content, or leave it out: then a small test file is sent.',
  )
}
