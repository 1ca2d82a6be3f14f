import { basename, dirname, join } from 'node:path'
import type { FileSystem } from './file-system.ts'

/** A lock that is moved aside is looked at within milliseconds; an older one was left by a process that died. */
const ASIDE_MS = 60_000

/**
 * Removes what processes that died in the middle of a write have left beside a session file. Only the owner of its lock
 * may do so: no other process writes there.
 */
export async function sweepScraps(path: string, files: FileSystem): Promise<void> {
  const folder = dirname(path)
  // A folder that cannot be listed keeps its scraps; the session works all the same.
  const names = await files.readdir(folder).catch((): string[] => [])
  const name = basename(path)
  const scraps = names
    .filter((each) => each.startsWith(`${name}.`))
    .map((each) => ({ path: join(folder, each), rest: each.slice(name.length) }))
  for (const scrap of scraps) {
    const isScrap = /^\.\d+\.tmp$/.test(scrap.rest) || /^\.lock\.\d+$/.test(scrap.rest)
    if (isScrap || (isAside(scrap.rest) && (await isOld(scrap.path, `${path}.lock`, files)))) {
      await files.unlink(scrap.path).catch(() => undefined)
    }
  }
}

function isAside(rest: string): boolean {
  return /^\.lock\.[\da-f-]+\.dead$/.test(rest)
}

/** Against the lock that was just made: by the clock of the file system, whatever ours says. */
async function isOld(path: string, lock: string, files: FileSystem): Promise<boolean> {
  try {
    const [scrap, now] = [await files.stat(path), await files.stat(lock)]
    return now.ctimeMs - scrap.ctimeMs > ASIDE_MS
  } catch {
    return false
  }
}
