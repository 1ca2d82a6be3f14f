import type { FileStore } from '../../files/port.ts'
import type { FileAt, PlainPlace } from './words.ts'

/** Files of whom parts are asked for at the same time. */
const MAX_FOUND = 512
/** A sweep deletes a file an hour after nobody names it any longer. */
const LIFE_MS = 10_000

interface Found {
  readonly at: FileAt
  readonly foundAtMs: number
}

const byStore = new WeakMap<FileStore, FoundFiles>()

/** The files that were looked up last in a store of files. */
export function foundFilesOf(files: FileStore): FoundFiles {
  const known = byStore.get(files) ?? new FoundFiles()
  byStore.set(files, known)
  return known
}

/** Remembers for seconds where files lie: clients read them part by part, and a look at the rows for each costs as much as a copy. */
export class FoundFiles {
  /** The one that was found longest ago first. */
  readonly #found = new Map<string, Found>()

  /** @param nowMs by the rules' clock, which tests set at will */
  find(place: PlainPlace, nowMs: number): FileAt | undefined {
    const found = this.#found.get(keyOf(place))
    if (found === undefined) return undefined
    const ageMs = nowMs - found.foundAtMs
    if (ageMs >= 0 && ageMs < LIFE_MS) return found.at
    this.forget(place)
    return undefined
  }

  keep(place: PlainPlace, at: FileAt, nowMs: number): void {
    this.forget(place)
    this.#found.set(keyOf(place), { at, foundAtMs: nowMs })
    const [oldest] = this.#found.keys()
    if (oldest !== undefined && this.#found.size > MAX_FOUND) this.#found.delete(oldest)
  }

  forget(place: PlainPlace): void {
    this.#found.delete(keyOf(place))
  }
}

function keyOf({ of, mediaId, letter }: PlainPlace): string {
  return `${of} ${mediaId} ${letter}`
}
