import type { RpcError } from '@cablegram/mtproto'
import { SharedPlaces } from '../../files/places.ts'
import type { FileStore } from '../../files/port.ts'
import { type WebFile, WebFileError, type WebTrouble } from '../../files/web/port.ts'
import type { Caller } from '../../ground/caller.ts'
import { machineTimer } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import { accepted, type Refusal, refusal } from '../refusal.ts'
import { digestOf, type PutFile } from './assemble.ts'
import { cutFileName } from './cut-names.ts'
import { findNoRoom } from './decide-totals.ts'
import { uploadGroundOf } from './save-part.ts'

const MIB = 1024 * 1024
/** Longest files that are loaded, as of Telegram's bots. */
const MAX_BYTES = { photo: 5 * MIB, document: 20 * MIB } as const
/**
 * Files that the server loads at once, and those of one account among them; more wait. A host may send slowly, and a bucket takes
 * eight files at once: the others are for uploads.
 */
const MAX_AT_ONCE = 4
const MAX_OF_ACCOUNT = 2
/** Time that a call waits for its turn, before its file is loaded. */
const MAX_WAIT_MS = 10_000
/** A page is not a file that somebody wants to send: most often it says that there is none. */
const PAGE = /^(text\/html|application\/xhtml\+xml)$/
const MAX_HOST_CHARACTERS = 253
const MAX_REASON_CHARACTERS = 300
const MIME = /^[\w.+-]{1,127}\/[\w.+-]{1,127}$/

const TROUBLES: Readonly<Record<WebTrouble, Refusal>> = {
  badUrl: 'EXTERNAL_URL_INVALID',
  notLoaded: 'WEBPAGE_CURL_FAILED',
  notMedia: 'WEBPAGE_MEDIA_EMPTY',
}

/** A file that was loaded, with its name and type. */
export interface LoadedFile {
  readonly put: PutFile
  readonly name: string
  readonly mime: string
}

/**
 * Loads a file from another server, if the operator allows its host. No row names its bytes yet.
 *
 * @throws {RpcError} EXTERNAL_URL_INVALID, WEBPAGE_CURL_FAILED, WEBPAGE_MEDIA_EMPTY, FILES_TOO_MUCH
 */
export async function loadWebFile(
  on: Ground,
  caller: Caller,
  url: string,
  as: 'photo' | 'document',
): Promise<LoadedFile> {
  const { web, startTimer = machineTimer } = on
  if (web === undefined) throw webRefusal(on, url, new WebFileError('notLoaded', 'the server loads no files'))
  const { ownerId } = uploadGroundOf(on, caller)
  const waiting = new AbortController()
  const tooLate = new WebFileError('notLoaded', 'the server loads too many other files')
  const stop = startTimer(() => waiting.abort(tooLate), MAX_WAIT_MS)
  const load = (): Promise<LoadedFile> => {
    stop()
    return web.using(url, MAX_BYTES[as], (file) => keepBytes(on, caller, file))
  }
  try {
    return await placesOf(on.files).taking(ownerId, load, waiting.signal)
  } catch (error) {
    throw error instanceof WebFileError ? webRefusal(on, url, error) : error
  } finally {
    stop()
  }
}

/** The answer to a URL whose file is not taken. Clients are not told why, else the server would scan networks for them; the log is. */
export function webRefusal({ onWebFileRefused }: Ground, url: string, error: WebFileError): RpcError {
  const host = URL.canParse(url) ? new URL(url).host.slice(0, MAX_HOST_CHARACTERS) : undefined
  onWebFileRefused?.({ host, reason: reasonOf(error).slice(0, MAX_REASON_CHARACTERS) })
  return refusal(TROUBLES[error.trouble])
}

function reasonOf({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message || cause.name}` : message
}

async function keepBytes(on: Ground, caller: Caller, file: WebFile): Promise<LoadedFile> {
  const { name, mime, size = 0, bytes } = file
  if (PAGE.test(mime)) throw new WebFileError('notMedia', 'the file is a page')
  const ground = uploadGroundOf(on, caller)
  accepted(
    await on.store.look(() => findNoRoom(on.settings, ground.ownerId, { account: size, server: size })),
  )
  const { sha256, ...kept } = await on.files.put(bytes)
  const blob = { ...kept, digest: digestOf(on, sha256) }
  return {
    put: { ground, blob, fileId: undefined, uploadName: undefined, isMade: true },
    name: cutFileName(name),
    mime: MIME.test(mime) ? mime : 'application/octet-stream',
  }
}

const places = new WeakMap<FileStore, SharedPlaces>()

function placesOf(files: FileStore): SharedPlaces {
  const known = places.get(files) ?? new SharedPlaces(MAX_AT_ONCE, MAX_OF_ACCOUNT)
  places.set(files, known)
  return known
}
