import { SessionError } from '../storage/errors.ts'
import { type SealOptions, sealedSession } from '../storage/sealed-session.ts'
import type { StateStorage } from '../storage/state.ts'
import type { SessionStorage } from '../storage/storage.ts'
import { holdName } from './hold-name.ts'

const DATABASE = 'cablegram'
/** Version 2 has the states. */
const VERSION = 2
const SESSIONS = 'sessions'
/** Keys are the name of the session and the key in its state. */
const STATES = 'states'

/**
 * A session in the IndexedDB of the page's origin. One tab at a time has it open; another one gets SESSION_IN_USE.
 *
 * @example
 * ```ts
 * import { indexedDbSession, TelegramClient } from '@cablegram/client'
 *
 * const client = new TelegramClient(indexedDbSession('me'), { server: 'http://127.0.0.1:10081' })
 * ```
 */
export function indexedDbSession(name: string, options: SealOptions = {}): SessionStorage {
  const session = new IndexedDbSession(name)
  return options.passphrase === undefined ? session : sealedSession(session, options.passphrase)
}

class IndexedDbSession implements SessionStorage {
  readonly name: string
  readonly state: StateStorage
  #database: IDBDatabase | undefined
  #release: () => void = () => {}

  constructor(name: string) {
    this.name = name
    this.state = {
      name,
      open: () => this.#orStorageError(async () => void this.#opened()),
      get: (key) => this.#get(STATES, [name, key]),
      write: (changes) => this.#writeState(changes),
      close: () => Promise.resolve(),
    }
  }

  async open(): Promise<string | undefined> {
    const release = await holdName(this.name)
    try {
      this.#database = await this.#orStorageError(openDatabase)
      const text = await this.#get(SESSIONS, this.name)
      this.#release = release
      return text
    } catch (error) {
      release()
      throw error
    }
  }

  async write(text: string): Promise<void> {
    await this.#write(SESSIONS, (store) => store.put(text, this.name))
  }

  close(): Promise<void> {
    this.#database?.close()
    this.#database = undefined
    this.#release()
    this.#release = () => {}
    return Promise.resolve()
  }

  #get(storeName: string, key: IDBValidKey): Promise<string | undefined> {
    return this.#orStorageError(async () => await get(this.#opened(), storeName, key))
  }

  #write(storeName: string, change: (store: IDBObjectStore) => void): Promise<void> {
    return this.#orStorageError(async () => await write(this.#opened(), storeName, change))
  }

  /** A transaction is all or nothing, and those of a store run in the order in which they were made. */
  #writeState(changes: ReadonlyMap<string, string | undefined>): Promise<void> {
    return this.#write(STATES, (store) => {
      for (const [key, value] of changes) {
        if (value === undefined) store.delete([this.name, key])
        else store.put(value, [this.name, key])
      }
    })
  }

  #opened(): IDBDatabase {
    if (!this.#database) throw new Error('it is not open')
    return this.#database
  }

  async #orStorageError<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await action()
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      const isFull = cause instanceof DOMException && cause.name === 'QuotaExceededError'
      const next = isFull ? 'Make room in the storage of this site' : 'Let this site keep data'
      const message = `The session ${this.name} cannot be kept in IndexedDB: ${why}. ${next}, or use memorySession().`
      throw new SessionError('SESSION_STORAGE', message, { cause })
    }
  }
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, VERSION)
    request.onupgradeneeded = () => {
      const stores = request.result.objectStoreNames
      for (const name of [SESSIONS, STATES]) {
        if (!stores.contains(name)) request.result.createObjectStore(name)
      }
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('another tab keeps an older version of the database open'))
  })
}

function get(database: IDBDatabase, storeName: string, key: IDBValidKey): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const request = database.transaction(storeName).objectStore(storeName).get(key)
    request.onsuccess = () => resolve(typeof request.result === 'string' ? request.result : undefined)
    request.onerror = () => reject(request.error)
  })
}

/** Resolves when the transaction is complete: what it wrote is safe then. */
function write(
  database: IDBDatabase,
  storeName: string,
  change: (store: IDBObjectStore) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(storeName, 'readwrite', { durability: 'strict' })
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
    try {
      change(transaction.objectStore(storeName))
    } catch (error) {
      transaction.abort()
      reject(error)
    }
  })
}
