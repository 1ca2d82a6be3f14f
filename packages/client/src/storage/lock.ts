import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { SessionError } from './errors.ts'

/** The locks this process holds: tells our own pid in a file from an earlier process's that had the same one. */
const held = new Set<string>()

/** Rounds of taking over a dead owner's lock before it is left to whoever is so quick. */
const MAX_ROUNDS = 5

/**
 * Takes the lock file at `path` for this process, over a dead owner if need be. The file holds the owner's pid and
 * appears complete (by `link`), so that a reader never sees it half written.
 *
 * @throws SessionError SESSION_IN_USE
 */
export async function lock(path: string, name: string): Promise<void> {
  if (held.has(path)) throw inUse(name, process.pid)
  held.add(path)
  const mine = `${path}.${process.pid}`
  try {
    await unlink(mine).catch(() => {})
    await writeFile(mine, `${process.pid}\n`, { mode: 0o600, flag: 'wx' })
    await take(path, mine, name)
  } catch (error) {
    held.delete(path)
    throw error
  } finally {
    await unlink(mine).catch(() => {})
  }
}

/** Gives back a lock that this process holds. */
export async function unlock(path: string): Promise<void> {
  if (!held.delete(path)) return
  await unlink(path).catch(() => {})
}

async function take(path: string, mine: string, name: string): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (await linked(mine, path)) return
    const owner = await ownerOf(path)
    if (owner !== undefined && isAlive(owner)) throw inUse(name, owner)
    await discard(path, `${mine}.dead`)
  }
  throw new SessionError('SESSION_IN_USE', `${name} is being opened by other processes at the same time`)
}

/** Two that find the same dead owner must not both win: moved aside, it is looked at again before it goes. */
async function discard(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside)
  } catch {
    return
  }
  const owner = await ownerOf(aside)
  if (owner !== undefined && isAlive(owner)) await linked(aside, path)
  await unlink(aside).catch(() => {})
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function ownerOf(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const pid = Number(text.trim())
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined
}

/** Our own pid in a lock we do not hold is that of an earlier process, as after a restart of a container. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function inUse(name: string, pid: number): SessionError {
  const message = `${name} is in use by process ${pid}. Close it there, or use another session file.`
  return new SessionError('SESSION_IN_USE', message)
}
