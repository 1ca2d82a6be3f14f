import { readFileSync, realpathSync, statSync, writeSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { Mistake } from '../state/thrown.ts'

const MAX_FILE_MIB = 16

/**
 * The code of a required name, from a file below the folder; symbolic links that lead out of it lead nowhere.
 *
 * @param name parts joined by dots, each without a slash
 * @throws Mistake for a file that is too large, or that this user may not read
 */
export function readModule(folder: string, name: string): { code: Uint8Array; file: string } | undefined {
  const parts = name.split('.')
  for (const file of [`${join(...parts)}.lua`, join(...parts, 'init.lua')]) {
    const path = realPath(join(folder, file))
    if (path === undefined || !isBelow(realpathSync(folder), path)) continue
    const stats = statSync(path)
    // A folder has no code, and reading a pipe would block the thread where no signal reaches it.
    if (!stats.isFile()) continue
    if (stats.size > MAX_FILE_MIB << 20) {
      throw new Mistake(`require: ${file} is larger than ${MAX_FILE_MIB} MiB`)
    }
    return { code: contentOf(path, file), file }
  }
  return undefined
}

function contentOf(path: string, file: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new Mistake(`require: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`)
}

const FULL_PAUSE_MS = 2

/**
 * Writes all bytes to a file of the process. A pipe may be full for a while: then it waits. A pipe without a reader takes
 * everything, as `head` wants it.
 */
export function writeAll(file: 1 | 2, bytes: Uint8Array): void {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  let at = 0
  while (at < bytes.length) {
    try {
      at += writeSync(file, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') process.exit(0)
      if (code !== 'EAGAIN') throw error
      Atomics.wait(pause, 0, 0, FULL_PAUSE_MS)
    }
  }
}
