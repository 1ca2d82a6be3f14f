import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { FileSystem } from './file-system.ts'
import { encodeJournal, encodeRecord, readJournal } from './journal.ts'
import { checkRegular, orStorageError, statsOf } from './regular-file.ts'
import { moveInPlace, syncFolder } from './replace-file.ts'
import { applyChanges, type StateStorage } from './state.ts'
import { sweepScraps } from './sweep.ts'

/** A larger file is not read: a client's state is some megabytes. */
const MAX_BYTES = 512 * 1024 * 1024
/** A smaller journal is not worth being written anew. */
const MIN_COMPACT_BYTES = 1024 * 1024
/** A journal is written anew when it is so many times as long as after the last time. */
const COMPACT_FACTOR = 3

/**
 * The state of a session in a file beside it: an append-only journal of checksummed records, which is written anew when it
 * has grown. A write that the end of a process or a full disk cuts off costs itself only.
 *
 * @param name what to call it in errors
 * @param heldPath the path of the file; throws unless the lock of the session is held
 */
export function fileState(name: string, heldPath: () => string, files: FileSystem): StateStorage {
  return new FileState(name, heldPath, files)
}

/** An open journal. */
interface Journal {
  readonly path: string
  readonly texts: Map<string, string>
  /** Undefined while the journal was just replaced: the next write opens the new one. */
  handle: FileHandle | undefined
  bytes: number
  compactAtBytes: number
  /** A failed write has left a part of its record at the end. */
  isTorn: boolean
  /** The journal was replaced, and the folder could not be synced: until it is, a power failure brings the old one back. */
  isFolderUnsynced: boolean
}

class FileState implements StateStorage {
  readonly name: string
  readonly #heldPath: () => string
  readonly #files: FileSystem
  #journal: Journal | undefined
  /** The last write; the next one waits for it. */
  #last: Promise<void> = Promise.resolve()

  constructor(name: string, heldPath: () => string, files: FileSystem) {
    this.name = name
    this.#heldPath = heldPath
    this.#files = files
  }

  async open(): Promise<void> {
    await orStorageError(this.name, async () => {
      const path = this.#heldPath()
      await checkRegular(path, this.#files)
      await sweepScraps(path, this.#files)
      const { texts, wholeBytes } = await this.#read(path)
      const handle = await this.#files.open(path, 'a', 0o600)
      try {
        // A torn tail, or the first line of a new journal.
        if (wholeBytes > 0) await handle.truncate(wholeBytes)
        else await this.#begin(handle)
        const { size: bytes } = await handle.stat()
        const compactAtBytes = compactionAfter(bytes)
        this.#journal = { path, texts, handle, bytes, compactAtBytes, isTorn: false, isFolderUnsynced: false }
      } catch (error) {
        await handle.close()
        throw error
      }
    })
  }

  async get(key: string): Promise<string | undefined> {
    return await orStorageError(this.name, async () => this.#opened().texts.get(key))
  }

  async write(changes: ReadonlyMap<string, string | undefined>): Promise<void> {
    // The caller may change its map before its turn has come.
    const copy = new Map(changes)
    const writing = this.#last.then(() => orStorageError(this.name, () => this.#append(copy)))
    // Each caller is told of its own failure.
    this.#last = writing.catch(() => {})
    await writing
  }

  async close(): Promise<void> {
    await this.#last
    const journal = this.#journal
    this.#journal = undefined
    if (!journal) return
    try {
      await orStorageError(this.name, () => this.#sync(journal))
    } finally {
      await journal.handle?.close()
    }
  }

  async #sync(journal: Journal): Promise<void> {
    await journal.handle?.sync()
    if (journal.isFolderUnsynced) await syncFolder(dirname(journal.path), this.#files)
  }

  #opened(): Journal {
    if (!this.#journal) throw new Error('it is not open')
    return this.#journal
  }

  async #read(path: string): Promise<{ texts: Map<string, string>; wholeBytes: number }> {
    const stats = await statsOf(path, this.#files)
    if (stats === undefined) return { texts: new Map(), wholeBytes: 0 }
    if (stats.size > MAX_BYTES) throw new Error(`it has ${stats.size} bytes, which no state has`)
    return readJournal(await this.#files.readFile(path), this.name)
  }

  async #begin(handle: FileHandle): Promise<void> {
    await handle.truncate(0)
    await handle.appendFile(encodeJournal(new Map()))
  }

  async #append(changes: ReadonlyMap<string, string | undefined>): Promise<void> {
    const journal = this.#opened()
    if (changes.size === 0) return
    journal.handle ??= await this.#files.open(journal.path, 'a', 0o600)
    if (journal.isTorn) await this.#cutTail(journal)
    const record = encodeRecord(changes)
    try {
      await journal.handle.appendFile(record)
    } catch (error) {
      journal.isTorn = true
      await this.#cutTail(journal).catch(() => {
        // Cut before the next write, or when the journal is opened again.
      })
      throw error
    }
    journal.bytes += record.length
    applyChanges(journal.texts, changes)
    if (journal.bytes > journal.compactAtBytes) await this.#compact(journal)
  }

  async #cutTail(journal: Journal): Promise<void> {
    await journal.handle?.truncate(journal.bytes)
    journal.isTorn = false
  }

  async #compact(journal: Journal): Promise<void> {
    const bytes = encodeJournal(journal.texts)
    try {
      journal.isFolderUnsynced = await moveInPlace(journal.path, bytes, this.#files)
    } catch {
      // No room for two: the change itself is safe in the old journal, which grows on until the next attempt.
      journal.compactAtBytes *= 2
      return
    }
    const replaced = journal.handle
    journal.handle = undefined
    journal.bytes = bytes.length
    journal.compactAtBytes = compactionAfter(bytes.length)
    await replaced?.close()
    if (!journal.isFolderUnsynced) return
    try {
      await syncFolder(dirname(journal.path), this.#files)
      journal.isFolderUnsynced = false
    } catch {
      // The new journal has the change. The folder is synced after the next compaction, or when the state is closed.
    }
  }
}

function compactionAfter(bytes: number): number {
  return Math.max(bytes * COMPACT_FACTOR, MIN_COMPACT_BYTES)
}
