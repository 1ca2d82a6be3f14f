import type { DatabaseSync } from 'node:sqlite'
import { SessionError } from './errors.ts'
import { type FileSystem, nodeFileSystem } from './file-system.ts'
import { type HeldLock, lock, systemLockParts } from './lock.ts'
import { checkRegular, orStorageError, trueLocation } from './regular-file.ts'
import { type SealOptions, sealedSession } from './sealed-session.ts'
import type { StateStorage } from './state.ts'
import type { SessionStorage } from './storage.ts'

/** Marks a database as ours (`PRAGMA application_id`): "CBLG". */
export const APPLICATION_ID: number = 0x43424c47
/** The version of the tables that this build writes (`PRAGMA user_version`). */
const VERSION = 1
/** Codes of SQLite: the file is no database, or is damaged. */
const DAMAGED: ReadonlySet<number> = new Set([11, 26])

const SCHEMA = `
CREATE TABLE session (id INTEGER PRIMARY KEY CHECK (id = 1), text TEXT NOT NULL) STRICT;
CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${VERSION};`

/**
 * A session in a database of SQLite, with what the client remembers beside it in the same file. Readable by its owner
 * only, and held by a lock file beside it.
 *
 * @example
 * ```ts
 * import { sqliteSession, TelegramClient } from '@cablegram/client'
 *
 * const client = new TelegramClient(sqliteSession('me.db'), { server: 'http://127.0.0.1:10081' })
 * ```
 */
export function sqliteSession(file: string, options: SealOptions = {}): SessionStorage {
  const session = new SqliteSession(file, nodeFileSystem)
  return options.passphrase === undefined ? session : sealedSession(session, options.passphrase)
}

class SqliteSession implements SessionStorage {
  readonly name: string
  readonly state: StateStorage
  readonly #files: FileSystem
  #database: DatabaseSync | undefined
  #lock: HeldLock | undefined

  constructor(file: string, files: FileSystem) {
    this.name = file
    this.#files = files
    this.state = stateIn(file, () => this.#opened())
  }

  async open(): Promise<string | undefined> {
    return await orStorageError(this.name, async () => {
      const path = await trueLocation(this.name, this.#files)
      await checkRegular(path, this.#files)
      const held = await lock(`${path}.lock`, this.name, systemLockParts())
      try {
        await makePrivate(path, this.#files)
        this.#database = await openDatabase(path, this.name)
        this.#lock = held
        const row = this.#database.prepare('SELECT text FROM session').get()
        return typeof row?.['text'] === 'string' ? row['text'] : undefined
      } catch (error) {
        await this.#end(held)
        throw error
      }
    })
  }

  async write(text: string): Promise<void> {
    await orStorageError(this.name, async () => {
      const database = this.#opened()
      // The session is safe when this returns; the state need not survive a power failure.
      database.exec('PRAGMA synchronous = FULL')
      database.prepare('INSERT OR REPLACE INTO session (id, text) VALUES (1, ?)').run(text)
      database.exec('PRAGMA synchronous = NORMAL')
    })
  }

  async close(): Promise<void> {
    await this.#end(this.#lock)
  }

  async #end(held: HeldLock | undefined): Promise<void> {
    const database = this.#database
    this.#database = undefined
    this.#lock = undefined
    database?.close()
    await held?.release()
  }

  #opened(): DatabaseSync {
    if (!this.#database) throw new Error('it is not open')
    return this.#database
  }
}

function stateIn(name: string, opened: () => DatabaseSync): StateStorage {
  return {
    name,
    open: () => orStorageError(name, async () => void opened()),
    get: (key) =>
      orStorageError(name, async () => {
        const row = opened().prepare('SELECT value FROM state WHERE key = ?').get(key)
        return typeof row?.['value'] === 'string' ? row['value'] : undefined
      }),
    write: (changes) => orStorageError(name, async () => writeState(opened(), changes)),
    close: () => Promise.resolve(),
  }
}

function writeState(database: DatabaseSync, changes: ReadonlyMap<string, string | undefined>): void {
  const put = database.prepare('INSERT OR REPLACE INTO state (key, value) VALUES (?, ?)')
  const remove = database.prepare('DELETE FROM state WHERE key = ?')
  database.exec('BEGIN')
  try {
    for (const [key, value] of changes) {
      if (value === undefined) remove.run(key)
      else put.run(key, value)
    }
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** The file is there before SQLite makes it, which would let others read it. */
async function makePrivate(path: string, files: FileSystem): Promise<void> {
  const handle = await files.open(path, 'a', 0o600)
  await handle.close()
}

async function openDatabase(path: string, name: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(path)
  try {
    // Nobody else has the session open, so that SQLite needs no shared memory beside it.
    database.exec('PRAGMA locking_mode = EXCLUSIVE')
    if (isNew(database, name)) database.exec(`BEGIN; ${SCHEMA} COMMIT`)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    return database
  } catch (error) {
    database.close()
    throw isDamaged(error) ? damaged(name, error) : error
  }
}

/** @throws SessionError SESSION_FOREIGN, SESSION_VERSION */
function isNew(database: DatabaseSync, name: string): boolean {
  const id = database.prepare('PRAGMA application_id').get()?.['application_id']
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (id === APPLICATION_ID) {
    if (version <= VERSION) return false
    throw new SessionError('SESSION_VERSION', `${name} was written by a newer Cablegram. Update it.`)
  }
  if (database.prepare('SELECT 1 FROM sqlite_master').get() === undefined) return true
  const message = `${name} is a database of another program. It is left as it is; use another file.`
  throw new SessionError('SESSION_FOREIGN', message)
}

function isDamaged(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    DAMAGED.has(error.errcode & 0xff)
  )
}

function damaged(name: string, cause: unknown): SessionError {
  const message = `${name} is not a database of SQLite, or is damaged. It is left as it is; move it away to start anew.`
  return new SessionError('SESSION_CORRUPT', message, { cause })
}
