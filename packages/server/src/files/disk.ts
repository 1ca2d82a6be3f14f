import fs, { constants } from 'node:fs'
import { link, mkdir, readdir, rename, rm, stat, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'

/** A file that is being written. */
export interface NewFile {
  write(bytes: Uint8Array): Promise<void>
  /** Resolves once the bytes would survive a crash. */
  sync(): Promise<void>
  /** To be called once, after everything else: the system gives the number of the file to another one. */
  close(): Promise<void>
}

/** A stretch of a file, and the length of all of it. */
export interface DiskStretch {
  readonly bytes: Uint8Array
  readonly fileBytes: number
}

/** A file that is being read. */
export interface OpenFile {
  /** Its length when it was opened. */
  readonly fileBytes: number
  /** Bytes of the file, fewer at its end, which are the caller's alone. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** To be called once, after the last read: the system gives the number of the file to another one. */
  close(): Promise<void>
}

/** The operations of a file system that a folder of files is built on. Tests give one that crashes. */
export interface Disk {
  /** Makes a folder that only its owner may enter, if it is not there. */
  makeFolder(path: string): Promise<void>
  /** Begins a file that is not there yet, which only its owner may read. */
  create(path: string): Promise<NewFile>
  rename(from: string, to: string): Promise<void>
  /** Gives a file another name, unless that is taken. */
  nameIfFree(from: string, to: string): Promise<void>
  /** Removes a file, if it is there. */
  remove(path: string): Promise<void>
  /** Removes a folder with all that is in it, if it is there. */
  removeFolder(path: string): Promise<void>
  /** Makes the names in a folder survive a crash. */
  syncFolder(path: string): Promise<void>
  /** Opens a file to be read; undefined if it is missing. */
  open(path: string): Promise<OpenFile | undefined>
  /** The names in a folder, and when each was last written; empty if it is missing. */
  list(path: string): AsyncIterable<{ readonly name: string; readonly writtenAtMs: number }>
}

/** Errors of file systems whose folders cannot be made durable, or whose files have one name. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['EACCES', 'EINVAL', 'EISDIR', 'ENOSYS', 'ENOTSUP', 'EPERM'])

// By numbers of open files: a file handle of Node makes three promises for each operation, and these make one.
const [open, close, read, write, fstat, fchmod, fsync] = [
  promisify(fs.open),
  promisify(fs.close),
  promisify(fs.read),
  promisify(fs.write),
  promisify(fs.fstat),
  promisify(fs.fchmod),
  promisify(fs.fsync),
]

/** The disk of this machine. */
export const MACHINE_DISK: Disk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 })
  },
  async create(path) {
    const file = await open(path, 'wx', 0o600)
    return {
      async write(bytes) {
        for (let from = 0; from < bytes.length; ) {
          from += (await write(file, bytes, from)).bytesWritten
        }
      },
      async sync() {
        await fchmod(file, 0o400)
        await fsync(file)
      },
      close: () => close(file),
    }
  },
  rename,
  async nameIfFree(from, to) {
    try {
      await link(from, to)
    } catch (error) {
      if (errnoOf(error) === 'EEXIST') return
      if (!UNSUPPORTED.has(errnoOf(error))) throw error
      // The file system has no second names.
      await rename(from, to)
    }
  },
  remove: async (path) => await unlink(path).catch(unlessMissing),
  removeFolder: async (path) => await rm(path, { recursive: true, force: true }),
  async syncFolder(path) {
    if (process.platform === 'win32') return
    const folder = await open(path, constants.O_RDONLY)
    try {
      await fsync(folder)
    } catch (error) {
      if (!UNSUPPORTED.has(errnoOf(error))) throw error
    } finally {
      await close(folder)
    }
  },
  async open(path) {
    const file = await open(path, 'r').catch(unlessMissing)
    return file === undefined ? undefined : await readable(file)
  },
  async *list(path) {
    for (const name of (await readdir(path).catch(unlessMissing)) ?? []) {
      const found = await stat(`${path}/${name}`).catch(unlessMissing)
      if (found !== undefined) yield { name, writtenAtMs: found.mtimeMs }
    }
  },
}

async function readable(file: number): Promise<OpenFile> {
  try {
    const { size: fileBytes } = await fstat(file)
    return {
      fileBytes,
      async read(offset, length) {
        const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, fileBytes - offset)))
        const { bytesRead } = await read(file, bytes, 0, bytes.length, offset)
        return bytes.subarray(0, bytesRead)
      },
      close: () => close(file),
    }
  } catch (error) {
    await close(file)
    throw error
  }
}

/** Reads a stretch of a file, and closes it. */
export async function readOnce(
  disk: Pick<Disk, 'open'>,
  path: string,
  offset: number,
  length: number,
): Promise<DiskStretch | undefined> {
  const file = await disk.open(path)
  if (file === undefined) return undefined
  try {
    return { bytes: await file.read(offset, length), fileBytes: file.fileBytes }
  } finally {
    await file.close()
  }
}

function unlessMissing(error: unknown): undefined {
  if (errnoOf(error) === 'ENOENT') return undefined
  throw error
}

/** The name that the system has for an error; empty if it has none. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
