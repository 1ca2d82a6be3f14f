import { idleTimer, type StartTimer } from '../ground/clock.ts'
import type { Disk, DiskStretch, OpenFile } from './disk.ts'

/** Files that stay open at most. Clients read a file part by part, and opening it for each costs more than the read. */
const MAX_OPEN = 128
/**
 * Time between two rounds, each of which closes what nobody has read since the one before: another node may have deleted a file,
 * and the disk gives its room back once it is closed.
 */
const ROUND_MS = 60_000

interface Opened {
  readonly file: Promise<OpenFile | undefined>
  /** Reads that are under way. */
  readers: number
  isForgotten: boolean
  /** Since the last round. */
  wasRead: boolean
}

/**
 * Reads stretches of files that never change, and keeps those open that were read last. A file is closed once it is
 * forgotten and nobody reads it, or after one or two minutes without a read.
 */
export class OpenedFiles {
  readonly #disk: Pick<Disk, 'open'>
  readonly #maxOpen: number
  readonly #startTimer: StartTimer
  #stopRound: (() => void) | undefined
  /** The one that was read longest ago first. */
  readonly #opened = new Map<string, Opened>()

  constructor(disk: Pick<Disk, 'open'>, maxOpen: number = MAX_OPEN, startTimer: StartTimer = idleTimer) {
    this.#disk = disk
    this.#maxOpen = maxOpen
    this.#startTimer = startTimer
  }

  /** Bytes of a file, fewer at its end; undefined if it is missing. */
  async read(path: string, offset: number, length: number): Promise<DiskStretch | undefined> {
    const opened = this.#take(path)
    opened.readers += 1
    try {
      const file = await opened.file
      if (file !== undefined) return { bytes: await file.read(offset, length), fileBytes: file.fileBytes }
      this.#drop(path, opened)
      return undefined
    } catch (error) {
      this.#drop(path, opened)
      throw error
    } finally {
      opened.readers -= 1
      await closeUnused(opened)
    }
  }

  /** Forgets a file that was deleted: the next read looks for it again. */
  async forget(path: string): Promise<void> {
    const opened = this.#opened.get(path)
    if (opened === undefined) return
    this.#drop(path, opened)
    await closeUnused(opened)
  }

  /** Closes the files that nobody reads, and the others once they have been read. */
  async close(): Promise<void> {
    this.#stopRound?.()
    this.#stopRound = undefined
    for (const path of [...this.#opened.keys()]) await this.forget(path)
  }

  #take(path: string): Opened {
    const opened = this.#opened.get(path) ?? {
      file: this.#disk.open(path),
      readers: 0,
      isForgotten: false,
      wasRead: true,
    }
    opened.wasRead = true
    this.#opened.delete(path)
    this.#opened.set(path, opened)
    this.#stopRound ??= this.#startTimer(() => this.#round(), ROUND_MS)
    const [oldest] = this.#opened.keys()
    // Nobody waits for this, and nobody has lost anything if it fails: the system closes the file with the process.
    if (oldest !== undefined && this.#opened.size > this.#maxOpen) this.forget(oldest).catch(() => undefined)
    return opened
  }

  #round(): void {
    this.#stopRound = undefined
    for (const [path, opened] of this.#opened) {
      // As above: nobody has lost anything if it fails.
      if (!opened.wasRead) this.forget(path).catch(() => undefined)
      opened.wasRead = false
    }
    if (this.#opened.size > 0) this.#stopRound = this.#startTimer(() => this.#round(), ROUND_MS)
  }

  #drop(path: string, opened: Opened): void {
    opened.isForgotten = true
    if (this.#opened.get(path) === opened) this.#opened.delete(path)
  }
}

async function closeUnused({ file, readers, isForgotten }: Opened): Promise<void> {
  if (!isForgotten || readers > 0) return
  // A file that could not be opened has nothing to close; its reader has the error.
  const opened = await file.catch(() => undefined)
  await opened?.close()
}
