import type { Stats } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SessionError } from './errors.ts'
import { errnoOf, type FileSystem, nodeFileSystem } from './file-system.ts'
import { type HeldLock, type LockParts, lock, systemLockParts } from './lock.ts'
import { replaceFile } from './replace-file.ts'
import type { SessionStorage } from './storage.ts'
import { sweepScraps } from './sweep.ts'

/** A session is a few kilobytes. */
const MAX_BYTES = 16 * 1024 * 1024
/** The bits of a mode that let others read or write. */
const OTHERS_MAY = 0o077
const OTHERS_MAY_WRITE = 0o002
/** In such a folder everybody may add files, and nobody may replace those of others. */
const STICKY = 0o1000

/** File system calls of a session file. Default: Node's; tests pass others. */
export interface FileSessionOptions {
  readonly files?: FileSystem | undefined
  readonly lockParts?: LockParts | undefined
  /** Told of permissions that let other users at the session. Default: a warning of the process. */
  readonly warn?: ((message: string) => void) | undefined
}

/**
 * A session in a file: readable by its owner only, replaced atomically, held by a lock file beside it. An empty file
 * is a new session.
 *
 * @example
 * ```ts
 * import { fileSession, TelegramClient } from '@cablegram/client'
 *
 * const client = new TelegramClient(fileSession('me.session'), { server: 'http://127.0.0.1:10081' })
 * ```
 */
export function fileSession(file: string, options: FileSessionOptions = {}): SessionStorage {
  return new FileSession(file, options)
}

class FileSession implements SessionStorage {
  readonly name: string
  readonly #files: FileSystem
  readonly #options: FileSessionOptions
  #path: string
  #lock: HeldLock | undefined

  constructor(file: string, options: FileSessionOptions) {
    this.name = file
    this.#path = file
    this.#options = options
    this.#files = options.files ?? nodeFileSystem
  }

  async open(): Promise<string | undefined> {
    return await this.#orStorageError(async () => {
      this.#path = await trueLocation(this.name, this.#files)
      await checkRegular(this.#path, this.#files)
      const parts = this.#options.lockParts ?? systemLockParts()
      const held = await lock(`${this.#path}.lock`, this.name, parts)
      try {
        await sweepScraps(this.#path, this.#files)
        const text = await this.#read()
        this.#lock = held
        return text
      } catch (error) {
        await held.release()
        throw error
      }
    })
  }

  async write(text: string): Promise<void> {
    await this.#orStorageError(async () => {
      await checkRegular(this.#path, this.#files)
      await replaceFile(this.#path, text, this.#files)
    })
  }

  async close(): Promise<void> {
    const held = this.#lock
    this.#lock = undefined
    await held?.release()
  }

  async #read(): Promise<string | undefined> {
    await this.#checkFolder()
    const stats = await statsOf(this.#path, this.#files)
    if (stats === undefined) return undefined
    if (stats.size > MAX_BYTES) throw new Error(`it has ${stats.size} bytes, which no session has`)
    await this.#keepOthersOut(stats)
    return await this.#files.readFile(this.#path, 'utf8')
  }

  async #keepOthersOut({ mode }: Stats): Promise<void> {
    if (process.platform === 'win32' || (mode & OTHERS_MAY) === 0) return
    try {
      await this.#files.chmod(this.#path, 0o600)
    } catch {
      this.#warn(
        `Other users of this machine may read the session file ${this.name}, and its permissions cannot be changed: whoever reads it is signed in to the account.`,
      )
    }
  }

  async #checkFolder(): Promise<void> {
    const folder = dirname(this.#path)
    const mode = (await statsOf(folder, this.#files))?.mode ?? 0
    if (process.platform === 'win32' || (mode & OTHERS_MAY_WRITE) === 0 || (mode & STICKY) !== 0) return
    this.#warn(
      `Every user of this machine may replace the files in ${folder}, the session ${this.name} among them. Keep it in a folder of your own, or run: chmod o-w ${folder}`,
    )
  }

  #warn(message: string): void {
    const { warn } = this.#options
    if (warn) warn(message)
    else process.emitWarning(message, 'SessionWarning')
  }

  async #orStorageError<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await action()
    } catch (error) {
      if (error instanceof SessionError) throw error
      const why = error instanceof Error ? error.message : String(error)
      const next = NEXT_STEPS[errnoOf(error) ?? '']
      const message = `The session file ${this.name} cannot be used: ${why}${next === undefined ? '' : `. ${next}`}`
      throw new SessionError('SESSION_STORAGE', message, { cause: error })
    }
  }
}

/** Next steps for errors of the file system. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  EACCES: 'Let this user read and write the file and its folder, or use a session file elsewhere.',
  EPERM: 'Let this user read and write the file and its folder, or use a session file elsewhere.',
  EROFS: 'The file system is read-only: use a session file elsewhere.',
  ENOSPC: 'The disk is full: make room. The session as it was before is still there.',
  EDQUOT: 'The disk quota is used up: make room. The session as it was before is still there.',
  ENOENT: 'Make the folder first.',
}

/** The same file under two names (a relative path, a symbolic link) has one lock. */
async function trueLocation(file: string, files: FileSystem): Promise<string> {
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
async function checkRegular(path: string, files: FileSystem): Promise<void> {
  const stats = await statsOf(path, files, 'lstat')
  if (stats === undefined || stats.isFile()) return
  throw new Error(`it is ${kindOf(stats)}, not a file`)
}

async function statsOf(
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
