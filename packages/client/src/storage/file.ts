import { open, readFile, realpath, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SessionError } from './errors.ts'
import { lock, unlock } from './lock.ts'
import type { SessionStorage } from './storage.ts'

/** A session in a file: readable by its owner only, replaced atomically, held by a lock file beside it. */
export function fileSession(file: string): SessionStorage {
  let path = file
  return {
    name: file,
    async open() {
      path = await trueLocation(file)
      await orStorageError(file, () => lock(`${path}.lock`, file))
      try {
        return await orStorageError(file, () => readIfThere(path))
      } catch (error) {
        await unlock(`${path}.lock`)
        throw error
      }
    },
    write: (text) => orStorageError(file, () => replaceFile(path, text)),
    close: () => unlock(`${path}.lock`),
  }
}

/** The same file under two names (a relative path, a symbolic link) has one lock. */
async function trueLocation(file: string): Promise<string> {
  try {
    return await realpath(file)
  } catch {
    const folder = await realpath(dirname(file)).catch(() => dirname(file))
    return join(folder, basename(file))
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** After a crash at any moment the file is the old one or the new one, whole. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`
  // What lies there is of a process that has died, or a trap in a folder that others may write to.
  await unlink(temporary).catch(() => {})
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
  await syncFolder(dirname(path))
}

/** Makes the rename itself durable. Windows cannot open folders and needs no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function orStorageError<Result>(file: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof SessionError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new SessionError('SESSION_STORAGE', `The session file ${file} cannot be used: ${why}`, {
      cause: error,
    })
  }
}
