import type { Stats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SessionError } from './errors.ts'
import { errnoOf, type FileSystem } from './file-system.ts'

/** Next steps for errors of the file system. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  EACCES: 'Let this user read and write the file and its folder, or use a session file elsewhere.',
  EPERM: 'Let this user read and write the file and its folder, or use a session file elsewhere.',
  EROFS: 'The file system is read-only: use a session file elsewhere.',
  ENOSPC: 'The disk is full: make room. The session as it was before is still there.',
  EDQUOT: 'The disk quota is used up: make room. The session as it was before is still there.',
  ENOENT: 'Make the folder first.',
}

/** Runs an action on a session's file; its errors name the file, the cause and the next step. */
export async function orStorageError<Result>(name: string, action: () => Promise<Result>): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof SessionError) throw error
    const why = error instanceof Error ? error.message : String(error)
    const next = NEXT_STEPS[errnoOf(error) ?? '']
    const message = `The session file ${name} cannot be used: ${why}${next === undefined ? '' : `. ${next}`}`
    throw new SessionError('SESSION_STORAGE', message, { cause: error })
  }
}

/** The same file under two names (a relative path, a symbolic link) has one lock. */
export async function trueLocation(file: string, files: FileSystem): Promise<string> {
  try {
    return await files.realpath(file)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    if ((await files.lstat(file).catch(() => undefined))?.isSymbolicLink()) {
      throw new Error('it is a symbolic link to a file that is not there')
    }
    const folder = await files.realpath(dirname(file))
    return join(folder, basename(file))
  }
}

/** Everything else would be replaced by a file, or never end when it is read. */
export async function checkRegular(path: string, files: FileSystem): Promise<void> {
  const stats = await statsOf(path, files, 'lstat')
  if (stats === undefined || stats.isFile()) return
  throw new Error(`it is ${kindOf(stats)}, not a file`)
}

/** What the file system says of a file; undefined if it is not there. */
export async function statsOf(
  path: string,
  files: FileSystem,
  how: 'stat' | 'lstat' = 'stat',
): Promise<Stats | undefined> {
  try {
    return await files[how](path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  if (stats.isFIFO()) return 'a FIFO'
  if (stats.isSocket()) return 'a socket'
  if (stats.isSymbolicLink()) return 'a symbolic link'
  return 'a device'
}
