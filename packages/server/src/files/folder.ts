import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Random } from '@cablegram/mtproto'
import { freeBytes, UsageError } from '@cablegram/tl'
import { StoreError } from '../database/errors.ts'
import { SEAL_BYTES, type Secret } from '../database/secret.ts'
import {
  CHUNK_BYTES,
  cutChunks,
  joinPieces,
  openStretch,
  partContext,
  sealChunk,
  sealedStretch,
} from './chunks.ts'
import { type Disk, errnoOf, MACHINE_DISK, type NewFile, readOnce } from './disk.ts'
import { isName, namesIn, newName } from './names.ts'
import { OpenedFiles } from './opened-files.ts'
import { Places } from './places.ts'
import type { FileStore, KeptFile, Listed, PartStore, Pieces } from './port.ts'

/** The parts that a folder of files is opened with. */
export interface FolderOptions {
  /** It may be shared by the nodes of one server. */
  readonly folder: string
  /** Seals the files: the secret of the store. */
  readonly secret: Secret
  readonly random: Random
  /** The clock of the file system, for ages. */
  readonly nowMs: () => number
  readonly disk?: Disk | undefined
}

/** Parts are at most 512 KiB. */
const MAX_PART_BYTES = 524_288 + SEAL_BYTES
const ID_FILE = 'id'
/**
 * Files and parts that are read or written at the same time. The system has four threads for them: more would not be faster, and
 * would only take memory, two buffers each.
 */
const MAX_AT_ONCE = 8

/**
 * Opens a folder of files, and makes what is missing of it:
 *
 *     id                    the number by which nodes know the folder
 *     tmp/<name>            files that are being written
 *     <2 hex>/<name>        files that are whole, sealed in chunks
 *     parts/<upload>/<n>    parts of uploads, sealed
 *
 * @throws {UsageError} FILES_UNUSABLE, one sentence with the next step
 */
export async function openFolderFiles(options: FolderOptions): Promise<FileStore> {
  const { folder, secret, random, nowMs, disk = MACHINE_DISK } = options
  const tmp = join(folder, 'tmp')
  let id: string
  try {
    for (const each of [folder, tmp, join(folder, 'parts')]) await disk.makeFolder(each)
    id = await folderId(folder, random, disk)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(
      'FILES_UNUSABLE',
      `The folder of files ${folder} cannot be used (${why}): let this user write there, or name another one with --files.`,
      { cause: error },
    )
  }
  const opened = new OpenedFiles(disk)
  const reads = new Places(MAX_AT_ONCE)
  const pathOf = (name: string): string => join(folder, name.slice(0, 2), name)

  async function put(pieces: Pieces): Promise<KeptFile> {
    const name = newName(random)
    const draft = join(tmp, name)
    try {
      const written = await writeSealed(disk, draft, { name, secret, pieces })
      await place(draft, name)
      return { name, ...written }
    } catch (error) {
      // The error that is thrown says why; the sweep removes what is left.
      await disk.remove(draft).catch(() => undefined)
      throw storeError(error)
    }
  }

  /** Gives a whole file its name. The folder of a first file has to survive a crash, too. */
  async function place(draft: string, name: string): Promise<void> {
    const shelf = join(folder, name.slice(0, 2))
    await disk.makeFolder(shelf)
    await disk.rename(draft, pathOf(name))
    await disk.syncFolder(shelf)
    await disk.syncFolder(folder)
  }

  async function readPieces(name: string, offset: number, length: number): Promise<readonly Uint8Array[]> {
    return length <= 0 ? [] : await reads.taking(() => readStretch(name, offset, length))
  }

  async function readStretch(name: string, offset: number, length: number): Promise<Uint8Array[]> {
    const stretch = sealedStretch(offset, length)
    const found = await opened.read(pathOf(name), stretch.offset, stretch.length).catch(rethrow)
    if (found === undefined) throw new StoreError('STORE_FAILED', `the file ${name} is missing`)
    const { firstChunk } = stretch
    const asked = { offset: offset - firstChunk * CHUNK_BYTES, length }
    const pieces = openStretch(
      secret,
      name,
      { firstChunk, sealed: found.bytes, sealedBytes: found.fileBytes },
      asked,
    )
    freeBytes(found.bytes)
    return pieces
  }

  const parts = folderParts(join(folder, 'parts'), { secret, random, nowMs, disk })

  async function remove(name: string): Promise<void> {
    for (const path of [pathOf(name), join(tmp, name)]) await disk.remove(path).catch(rethrow)
    await opened.forget(pathOf(name)).catch(rethrow)
  }

  async function* list(): AsyncIterable<Listed> {
    for await (const { name: shelf } of disk.list(folder)) {
      if (shelf === 'tmp' || SHELF.test(shelf)) yield* listNames(disk, join(folder, shelf), nowMs())
    }
  }

  return {
    put,
    read: async (...asked) => joinPieces(await readPieces(...asked)),
    readPieces,
    delete: remove,
    list,
    async clear(forget) {
      const [names, uploads] = [await namesIn(list()), await namesIn(parts.list())]
      await forget?.()
      for (const name of names) await remove(name)
      for (const upload of uploads) await parts.delete(upload)
    },
    parts,
    id,
    close: () => opened.close(),
  }
}

const SHELF = /^[0-9a-f]{2}$/

interface Written {
  readonly size: number
  readonly sha256: Uint8Array
}

/** Writes a sealed file, until it would survive a crash under this path. */
async function writeSealed(
  disk: Disk,
  path: string,
  { name, secret, pieces }: { readonly name: string; readonly secret: Secret; readonly pieces: Pieces },
): Promise<Written> {
  const file = await disk.create(path)
  try {
    const hash = createHash('sha256')
    let [size, index] = [0, 0]
    for await (const chunk of cutChunks(pieces)) {
      hash.update(chunk.bytes)
      size += chunk.bytes.length
      const sealed = sealChunk(secret, name, index++, chunk)
      await file.write(sealed)
      freeBytes(sealed)
    }
    await file.sync()
    return { size, sha256: Uint8Array.from(hash.digest()) }
  } finally {
    await file.close()
  }
}

async function* listNames(disk: Disk, folder: string, nowMs: number): AsyncIterable<Listed> {
  for await (const { name, writtenAtMs } of disk.list(folder)) {
    if (isName(name)) yield { name, ageMs: nowMs - writtenAtMs }
  }
}

/** Parts of uploads: a folder for each upload, a sealed file for each part. Nothing of it is synced. */
function folderParts(
  folder: string,
  {
    secret,
    random,
    nowMs,
    disk,
  }: Pick<FolderOptions, 'secret' | 'random' | 'nowMs'> & { readonly disk: Disk },
): PartStore {
  const writes = new Places(MAX_AT_ONCE)
  return {
    newName: () => newName(random),
    async put(upload, part, bytes) {
      await writes.taking(() => putPart(upload, part, bytes))
    },
    async read(upload, part) {
      const path = join(folder, upload, String(part))
      const found = await readOnce(disk, path, 0, MAX_PART_BYTES).catch(rethrow)
      const bytes = found && secret.open(found.bytes, partContext(upload, part))
      if (found !== undefined) freeBytes(found.bytes)
      return bytes
    },
    delete: async (upload) => await disk.removeFolder(join(folder, upload)).catch(rethrow),
    list: () => listNames(disk, folder, nowMs()),
  }

  async function putPart(upload: string, part: number, bytes: Uint8Array): Promise<void> {
    const path = join(folder, upload, String(part))
    let draft: string | undefined
    try {
      const sealed = secret.seal(bytes, partContext(upload, part))
      const first = await createIn(disk, join(folder, upload), path)
      if (first === undefined) draft = `${path}.${newName(random)}`
      await writeOnce(first ?? (await disk.create(draft ?? path)), sealed)
      freeBytes(sealed)
      if (draft !== undefined) await disk.rename(draft, path)
    } catch (error) {
      // The error that is thrown says why. A first copy that fails stays: it does not open, and another copy, which was
      // acknowledged, may have taken its place meanwhile.
      if (draft !== undefined) await disk.remove(draft).catch(() => undefined)
      throw storeError(error)
    }
  }
}

/**
 * Begins a file in a folder, which is made for the first one: to look for it each time costs more. The first copy of a part needs
 * no other name until it is whole: it has no row yet, and what a crash leaves of it does not open.
 *
 * @returns undefined if the file is there
 */
async function createIn(disk: Disk, folder: string, path: string): Promise<NewFile | undefined> {
  try {
    return await createNew(disk, path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    await disk.makeFolder(folder)
    return await createNew(disk, path)
  }
}

async function createNew(disk: Disk, path: string): Promise<NewFile | undefined> {
  try {
    return await disk.create(path)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return undefined
    throw error
  }
}

async function writeOnce(file: NewFile, bytes: Uint8Array): Promise<void> {
  try {
    await file.write(bytes)
  } finally {
    await file.close()
  }
}

/** The number of the folder; the first node that opens it makes one. */
async function folderId(folder: string, random: Random, disk: Disk): Promise<string> {
  const path = join(folder, ID_FILE)
  const known = await readId(path, disk)
  if (known !== undefined) return known
  const draft = join(folder, 'tmp', newName(random))
  const file = await disk.create(draft)
  try {
    await file.write(Buffer.from(newName(random)))
    await file.sync()
  } finally {
    await file.close()
  }
  // Another node may have made one in the same moment: the first one stays.
  await disk.nameIfFree(draft, path)
  await disk.remove(draft)
  await disk.syncFolder(folder)
  const id = await readId(path, disk)
  if (id === undefined) throw new Error(`${path} is damaged`)
  return id
}

async function readId(path: string, disk: Disk): Promise<string | undefined> {
  const found = await readOnce(disk, path, 0, 32)
  const id = found && Buffer.from(found.bytes).toString()
  return id !== undefined && isName(id) ? id : undefined
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const READ_ONLY: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM'])

/** The error of a file system as one of the store. Others, such as those of the pieces, stay as they are. */
function storeError(error: unknown): unknown {
  if (error instanceof StoreError) return error
  if (!(error instanceof Error) || errnoOf(error) === '') return error
  const [why, options] = [error.message, { cause: error }]
  if (FULL.has(errnoOf(error)))
    return new StoreError('STORE_FULL', `the disk for files is full: ${why}`, options)
  if (READ_ONLY.has(errnoOf(error))) {
    return new StoreError('STORE_READ_ONLY', `the folder of files takes no writes: ${why}`, options)
  }
  return new StoreError('STORE_FAILED', `the folder of files cannot be used: ${why}`, options)
}

function rethrow(error: unknown): never {
  throw storeError(error)
}
