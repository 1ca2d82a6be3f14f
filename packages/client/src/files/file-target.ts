import type { FileHandle } from 'node:fs/promises'
import { open, readFile, rename, stat, unlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { UsageError } from '@cablegram/tl'
import { errnoOf, nodeFileSystem } from '../storage/file-system.ts'
import { replaceFile, syncFolder } from '../storage/replace-file.ts'
import { decodeDownloadRecord, encodeDownloadRecord } from './download-record.ts'
import type { BegunDownload, DownloadFacts, DownloadTarget } from './download-target.ts'
import { pathOf } from './path-of.ts'

/** After so many bytes they are made durable, and the record says so. */
const SAVE_BYTES = 8 * 1024 * 1024

/** Files that downloads of this process write to. */
const busy = new Set<string>()

/**
 * Opens the file that a download goes to. Until it is whole its bytes are in `<path>.part`; `<path>.part.json` says which
 * they are, so that a later download of the same file goes on.
 *
 * @throws UsageError FILE_TARGET_INVALID, FILE_TARGET_BUSY; errors of the file system
 */
export async function openTarget(target: string | URL, facts: DownloadFacts): Promise<DownloadTarget> {
  const path = pathOf(target, 'FILE_TARGET_INVALID')
  const name = resolve(path)
  if (busy.has(name)) {
    throw new UsageError('FILE_TARGET_BUSY', `Another download of this program goes to ${path}.`)
  }
  busy.add(name)
  try {
    return await FileTarget.open(name, facts, () => busy.delete(name))
  } catch (error) {
    busy.delete(name)
    throw error
  }
}

class FileTarget implements DownloadTarget {
  readonly #path: string
  readonly #facts: DownloadFacts
  readonly #handle: FileHandle
  readonly #onClosed: () => void
  readonly #done: Set<number>
  #totalBytes: number | undefined
  #unsavedBytes = 0
  #saving: Promise<void> = Promise.resolve()

  static async open(path: string, facts: DownloadFacts, onClosed: () => void): Promise<FileTarget> {
    const isFolder = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    )
    if (isFolder) throw new UsageError('FILE_TARGET_INVALID', `${path} is a folder. Give the name of a file.`)
    const begun = await begunPart(path, facts)
    if (begun) return new FileTarget(path, facts, begun.handle, begun, onClosed)
    await forget(path)
    // Not a file that somebody else puts there meanwhile.
    const handle = await open(`${path}.part`, 'wx+').catch((cause: unknown) => {
      throw unwritable(path, cause)
    })
    return new FileTarget(path, facts, handle, { done: [], totalBytes: undefined }, onClosed)
  }

  private constructor(
    path: string,
    facts: DownloadFacts,
    handle: FileHandle,
    { done, totalBytes }: BegunDownload,
    onClosed: () => void,
  ) {
    this.#path = path
    this.#facts = facts
    this.#handle = handle
    this.#done = new Set(done)
    this.#totalBytes = totalBytes
    this.#onClosed = onClosed
  }

  get done(): readonly number[] {
    return [...this.#done]
  }

  get totalBytes(): number | undefined {
    return this.#totalBytes
  }

  async write(
    part: number,
    atByte: number,
    bytes: Uint8Array,
    totalBytes: number | undefined,
  ): Promise<void> {
    // Before any wait: a write that began earlier, and ends later, knows less.
    this.#totalBytes = totalBytes
    for (let written = 0; written < bytes.length; ) {
      const left = bytes.length - written
      written += (await this.#handle.write(bytes, written, left, atByte + written)).bytesWritten
    }
    this.#done.add(part)
    this.#unsavedBytes += bytes.length
    if (this.#unsavedBytes >= SAVE_BYTES) await this.#save()
  }

  async finish(sizeBytes: number): Promise<void> {
    await this.#end(
      async () => {
        await this.#saving
        await this.#handle.truncate(sizeBytes)
        await this.#handle.sync()
      },
      async () => {
        await rename(`${this.#path}.part`, this.#path)
        await unlinkIfThere(`${this.#path}.part.json`)
        await syncFolder(dirname(this.#path), nodeFileSystem)
      },
    )
  }

  async suspend(): Promise<void> {
    const isEmpty = this.#done.size === 0
    await this.#end(
      async () => {
        if (!isEmpty) await this.#save()
      },
      async () => {
        if (isEmpty) await forget(this.#path)
      },
    )
  }

  /** Closes the file between two acts. Until both are done no other download may have the path. */
  async #end(before: () => Promise<void>, after: () => Promise<void>): Promise<void> {
    try {
      try {
        await before()
      } finally {
        await this.#handle.close()
      }
      await after()
    } finally {
      this.#onClosed()
    }
  }

  /** The bytes are durable before the record names them. */
  async #save(): Promise<void> {
    this.#unsavedBytes = 0
    const record = { ...this.#facts, totalBytes: this.#totalBytes, done: [...this.#done] }
    const before = this.#saving
    const saving = before.then(async () => {
      await this.#handle.sync()
      await replaceFile(`${this.#path}.part.json`, encodeDownloadRecord(record), nodeFileSystem)
    })
    this.#saving = saving.catch(() => undefined)
    await saving
  }
}

interface Begun extends BegunDownload {
  readonly handle: FileHandle
}

/** The part of an earlier download of the same file. */
async function begunPart(path: string, facts: DownloadFacts): Promise<Begun | undefined> {
  try {
    const record = decodeDownloadRecord(await readFile(`${path}.part.json`, 'utf8'), facts)
    if (record === undefined) return undefined
    const { done, totalBytes } = record
    return { handle: await open(`${path}.part`, 'r+'), done, totalBytes }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function forget(path: string): Promise<void> {
  await unlinkIfThere(`${path}.part.json`)
  await unlinkIfThere(`${path}.part`)
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}

/** Folders that are missing or closed are the program's to mend; the rest, such as a full disk, is told as it is. */
function unwritable(path: string, cause: unknown): unknown {
  const code = errnoOf(cause)
  const folder = dirname(resolve(path))
  const why =
    code === 'ENOENT'
      ? `The folder ${folder} does not exist: make it first.`
      : `This program may not write into the folder ${folder}.`
  const isOfFolder = code === 'ENOENT' || code === 'EACCES' || code === 'EPERM' || code === 'EROFS'
  return isOfFolder ? new UsageError('FILE_TARGET_INVALID', why, { cause }) : cause
}
