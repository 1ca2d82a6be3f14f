import { dirname } from 'node:path'
import { errnoOf, type FileSystem } from './file-system.ts'

/** How file systems say that they cannot make a folder durable, or that this user may not open it. */
const NO_SYNC: ReadonlySet<string> = new Set([
  'EINVAL',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'EACCES',
  'EPERM',
  'EBADF',
  'EISDIR',
])
/** How they say that a file cannot be replaced, though it may be written: a single file that is mounted. */
const NO_RENAME: ReadonlySet<string> = new Set(['EBUSY', 'EXDEV'])

/**
 * Replaces a file. After a crash at any moment it is the old one or the new one, whole. A single mounted file cannot be
 * replaced and is written in place.
 */
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  files: FileSystem,
): Promise<void> {
  if (await moveInPlace(path, content, files)) await syncFolder(dirname(path), files)
}

/**
 * As `replaceFile`, but a power failure may bring the old file back until the folder is synced.
 *
 * @returns whether the folder is to be synced: not where the file was written in place
 */
export async function moveInPlace(
  path: string,
  content: string | Uint8Array,
  files: FileSystem,
): Promise<boolean> {
  const temporary = temporaryOf(path)
  // A process that died may have left one, or somebody a trap in a folder that others may write to.
  await files.unlink(temporary).catch(() => undefined)
  try {
    await writeDurably(temporary, content, 'wx', files)
    await files.rename(temporary, path)
  } catch (error) {
    await files.unlink(temporary).catch(() => undefined)
    if (!NO_RENAME.has(errnoOf(error) ?? '')) throw error
    await writeDurably(path, content, 'r+', files)
    return false
  }
  return true
}

/** The name of the file that takes the place of `path`. */
export function temporaryOf(path: string): string {
  return `${path}.${process.pid}.tmp`
}

async function writeDurably(
  path: string,
  content: string | Uint8Array,
  flags: 'wx' | 'r+',
  files: Pick<FileSystem, 'open'>,
): Promise<void> {
  const handle = await files.open(path, flags, 0o600)
  try {
    await handle.writeFile(content)
    if (flags === 'r+') await handle.truncate(Buffer.byteLength(content))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes the rename itself durable. Windows cannot open folders and needs no such thing. */
export async function syncFolder(path: string, files: Pick<FileSystem, 'open'>): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const handle = await files.open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!NO_SYNC.has(errnoOf(error) ?? '')) throw error
  }
}
