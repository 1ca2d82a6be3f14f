import { randomUUID } from 'node:crypto'
import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs'
import { SessionError } from './errors.ts'
import { errnoOf, type FileSystem, nodeFileSystem } from './file-system.ts'
import { type LockOwner, livenessOf, type Processes, systemProcesses } from './owners.ts'
import { type EndPresence, isPresent, showPresence, sweepPresence } from './presence.ts'

/** Rounds of taking over a dead owner's lock before it is left to others who are as quick. */
const MAX_ROUNDS = 5
/** A lock is written in the instant it is made; one that is still empty after this pause has no owner. */
const WRITING_MS = 50

/** System calls of a lock; tests pass others. */
export interface LockParts {
  readonly files: Pick<FileSystem, 'readFile' | 'rename' | 'stat' | 'unlink'>
  readonly processes: Processes
  /** Makes a file that must not exist yet, whole in one turn of the event loop. */
  readonly create: (path: string, text: string) => void
}

/** A lock that is held. */
export interface HeldLock {
  /** Gives it back. The lock of another owner is left alone. */
  release(): Promise<void>
}

/** A lock file as it was found. */
interface Found {
  readonly text: string
  readonly owner: LockOwner | undefined
  readonly writtenAtMs: number
}

/** Node's files and this machine's processes. */
export function systemLockParts(): LockParts {
  return {
    files: nodeFileSystem,
    processes: systemProcesses(),
    create: createFile,
  }
}

/** A file that a full disk leaves empty goes again. */
function createFile(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600)
  try {
    writeFileSync(file, text)
  } catch (error) {
    unlinkSync(path)
    throw error
  } finally {
    closeSync(file)
  }
}

/**
 * Takes the lock file at `path`, over a dead owner if need be. Its first line is the owner's pid, its second one tells
 * the owner from another process with the same pid. Nothing but making a file that is not there is asked of the file
 * system: some have no links.
 *
 * @param name what to call the session in an error
 * @throws SessionError SESSION_IN_USE
 */
export async function lock(path: string, name: string, parts: LockParts): Promise<HeldLock> {
  const mine: LockOwner = { ...parts.processes.self, id: randomUUID() }
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    if (isCreated(path, describe(mine), parts)) return await holding(path, mine, name, parts, round > 0)
    const found = await settled(path, parts)
    if (found === undefined) continue
    if (await isAlive(path, found, parts)) throw inUse(name, found.owner, parts)
    await discard(path, `${path}.${mine.id}.dead`, parts)
  }
  throw new SessionError('SESSION_IN_USE', `${name} is being opened by other processes at the same time`)
}

/** After a takeover, another process that found the same dead owner may have taken this lock for that one's. */
async function holding(
  path: string,
  mine: LockOwner,
  name: string,
  parts: LockParts,
  hasTakenOver: boolean,
): Promise<HeldLock> {
  if (hasTakenOver) await pause(WRITING_MS)
  const found = await read(path, parts)
  if (found?.owner?.id !== mine.id) throw inUse(name, found?.owner, parts)
  const endPresence = await present(path)
  return { release: () => release(path, mine, endPresence, parts) }
}

async function present(path: string): Promise<EndPresence> {
  const socket = socketOf(path)
  await sweepPresence(socket)
  return showPresence(socket)
}

async function release(
  path: string,
  mine: LockOwner,
  endPresence: EndPresence,
  parts: LockParts,
): Promise<void> {
  await endPresence()
  const found = await read(path, parts)
  if (found?.owner?.id !== mine.id) return
  // A lock that cannot be removed is no obstacle: its owner is dead soon.
  await parts.files.unlink(path).catch(() => undefined)
}

function isCreated(path: string, text: string, { create }: LockParts): boolean {
  try {
    create(path, text)
    return true
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false
    throw error
  }
}

/** A lock file as it is once nobody is writing it; undefined if it is gone. */
async function settled(path: string, parts: LockParts): Promise<Found | undefined> {
  const found = await read(path, parts)
  if (found === undefined || found.owner !== undefined) return found
  await pause(WRITING_MS)
  return await read(path, parts)
}

async function isAlive(
  path: string,
  { owner, writtenAtMs }: Found,
  { processes }: LockParts,
): Promise<boolean> {
  if (owner === undefined) return false
  const liveness = livenessOf(owner, writtenAtMs, processes)
  return liveness === 'elsewhere' ? await isPresent(socketOf(path)) : liveness === 'alive'
}

/** Two that find the same dead owner must not both win: moved aside, the lock is looked at again before it goes. */
async function discard(path: string, aside: string, parts: LockParts): Promise<void> {
  try {
    await parts.files.rename(path, aside)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  const found = await read(aside, parts)
  if (found && (await isAlive(path, found, parts))) isCreated(path, found.text, parts)
  await parts.files.unlink(aside).catch(() => undefined)
}

async function read(path: string, { files }: LockParts): Promise<Found | undefined> {
  try {
    const { mtimeMs } = await files.stat(path)
    const text = await files.readFile(path, 'utf8')
    return { text, owner: parse(text), writtenAtMs: mtimeMs }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function describe({ pid, ...others }: LockOwner): string {
  return `${pid}\n${JSON.stringify(others)}\n`
}

/** Undefined for a text that names no process. A former version wrote the pid alone. */
function parse(text: string): LockOwner | undefined {
  const [first = '', second = ''] = text.split('\n')
  const pid = Number(first)
  if (first.trim() === '' || !Number.isSafeInteger(pid) || pid <= 0) return undefined
  return { ...textsOf(second), pid }
}

function textsOf(json: string): Omit<LockOwner, 'pid'> {
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(Object.entries(value).filter(([, each]) => typeof each === 'string'))
  } catch {
    return {}
  }
}

/** Path of the socket that shows that a lock's owner is alive. */
function socketOf(path: string): string {
  return `${path}.sock`
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}

function inUse(name: string, owner: LockOwner | undefined, { processes }: LockParts): SessionError {
  const isHere = owner?.pid === processes.self.pid && owner.pidNamespace === processes.self.pidNamespace
  const by = owner === undefined ? 'another process' : isHere ? 'this process' : `process ${owner.pid}`
  const next = isHere ? 'Close the other client first' : 'Close it there'
  return new SessionError(
    'SESSION_IN_USE',
    `${name} is in use by ${by}. ${next}, or use another session file.`,
  )
}
