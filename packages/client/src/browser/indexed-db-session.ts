import { SessionError } from '../storage/errors.ts'
import type { SessionStorage } from '../storage/storage.ts'
import { holdName } from './hold-name.ts'

const DATABASE = 'cablegram'
const STORE = 'sessions'

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
export function indexedDbSession(name: string): SessionStorage {
  return new IndexedDbSession(name)
}

class IndexedDbSession implements SessionStorage {
  readonly name: string
  #database: IDBDatabase | undefined
  #release: () => void = () => {}

  constructor(name: string) {
    this.name = name
  }

  async open(): Promise<string | undefined> {
    const release = await holdName(this.name)
    try {
      this.#database = await this.#orStorageError(openDatabase)
      const text = await this.#in('readonly', (store) => store.get(this.name))
      this.#release = release
      return typeof text === 'string' ? text : undefined
    } catch (error) {
      release()
      throw error
    }
  }

  async write(text: string): Promise<void> {
    await this.#in('readwrite', (store) => store.put(text, this.name))
  }

  close(): Promise<void> {
    this.#database?.close()
    this.#database = undefined
    this.#release()
    this.#release = () => {}
    return Promise.resolve()
  }

  #in<Result>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<Result>): Promise<Result> {
    return this.#orStorageError(async () => {
      if (!this.#database) throw new Error('it is not open')
      return await inTransaction(this.#database, mode, ask)
    })
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
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
    request.onblocked = () => reject(new Error('another tab keeps an older version of the database open'))
  })
}

/** Resolves when the transaction is complete: what it wrote is safe then. */
function inTransaction<Result>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, { durability: 'strict' })
    const request = ask(transaction.objectStore(STORE))
    transaction.oncomplete = () => resolve(request.result)
    transaction.onabort = () => reject(transaction.error ?? request.error)
  })
}
