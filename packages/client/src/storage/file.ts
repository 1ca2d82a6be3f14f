import type { Stats } from 'node:fs'
import { dirname } from 'node:path'
import { fileState } from './file-state.ts'
import { type FileSystem, nodeFileSystem } from './file-system.ts'
import { type HeldLock, type LockParts, lock, systemLockParts } from './lock.ts'
import { checkRegular, orStorageError, statsOf, trueLocation } from './regular-file.ts'
import { replaceFile } from './replace-file.ts'
import { type Passphrase, sealedSession } from './sealed-session.ts'
import type { StateStorage } from './state.ts'
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
  /** Seals the session, and what the client remembers beside it, under a passphrase. Default: not sealed. */
  readonly passphrase?: Passphrase | undefined
  /** Told of permissions that let other users at the session. Default: a warning of the process. */
  readonly warn?: ((message: string) => void) | undefined
}

/**
 * A session in a file: readable by its owner only, replaced atomically, held by a lock file beside it. An empty file
 * is a new session. What the client remembers beside the session is in `<file>.state`, which may be deleted while no
 * client runs.
 *
 * @example
 * ```ts
 * import { fileSession, TelegramClient } from '@cablegram/client'
 *
 * const client = new TelegramClient(fileSession('me.session'), { server: 'http://127.0.0.1:10081' })
 * ```
 */
export function fileSession(file: string, options: FileSessionOptions = {}): SessionStorage {
  const session = new FileSession(file, options)
  return options.passphrase === undefined ? session : sealedSession(session, options.passphrase)
}

class FileSession implements SessionStorage {
  readonly name: string
  readonly state: StateStorage
  readonly #files: FileSystem
  readonly #options: FileSessionOptions
  #path: string
  #lock: HeldLock | undefined

  constructor(file: string, options: FileSessionOptions) {
    this.name = file
    this.#path = file
    this.#options = options
    this.#files = options.files ?? nodeFileSystem
    this.state = fileState(`${file}.state`, () => `${this.#heldPath()}.state`, this.#files)
  }

  async open(): Promise<string | undefined> {
    return await orStorageError(this.name, async () => {
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
    await orStorageError(this.name, async () => {
      const path = this.#heldPath()
      await checkRegular(path, this.#files)
      await replaceFile(path, text, this.#files)
    })
  }

  async close(): Promise<void> {
    const held = this.#lock
    this.#lock = undefined
    await held?.release()
  }

  /** Only the owner of the lock may write: without it the file may be another client's by now. */
  #heldPath(): string {
    if (!this.#lock) throw new Error('the session is not open')
    return this.#path
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
}
