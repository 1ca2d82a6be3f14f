import { chmodSync, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Rights of the group and of all others. */
const OTHERS = 0o077
const OTHERS_WRITE = 0o022

/**
 * Takes files that hold secrets from everybody but their owner, and tells of each. A folder may stay readable, but
 * nobody else may write in it: who can, can put another database in the place of this one.
 *
 * @returns a sentence for each file that was open to others
 */
export function tightenPermissions(folder: string, files: readonly string[]): string[] {
  if (process.platform === 'win32') return []
  return [
    ...tighten(folder, OTHERS_WRITE, 'could be written by others on this machine'),
    ...files.flatMap((file) => tighten(join(folder, file), OTHERS, 'was open to others on this machine')),
  ]
}

function tighten(path: string, rights: number, problem: string): string[] {
  if (!existsSync(path)) return []
  const { mode } = statSync(path)
  if ((mode & rights) === 0) return []
  const octal = (mode & 0o777).toString(8)
  try {
    chmodSync(path, mode & 0o777 & ~rights)
  } catch {
    return [`${path} (mode ${octal}) ${problem}, and that cannot be changed here: change it by hand.`]
  }
  // Some file systems take every mode and keep none.
  const isKept = (statSync(path).mode & rights) === 0
  return [
    `${path} (mode ${octal}) ${problem}; ${isKept ? 'it is no longer' : 'this file system keeps no modes'}.`,
  ]
}
