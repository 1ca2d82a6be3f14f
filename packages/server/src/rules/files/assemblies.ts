import { SharedPlaces } from '../../files/places.ts'
import type { FileStore } from '../../files/port.ts'

/** Files that the server puts together at once; more wait. */
const MAX_AT_ONCE = 8
/** Files of one account among them. */
const MAX_OF_ACCOUNT = 2

const assemblies = new WeakMap<FileStore, Assemblies>()

/** The assemblies that write into a store of files. */
export function assembliesOf(files: FileStore): Assemblies {
  const known = assemblies.get(files) ?? new Assemblies()
  assemblies.set(files, known)
  return known
}

/** Files that are put together: each upload by one call at a time. Requests wait, and their number is bounded by connections. */
class Assemblies {
  readonly #places = new SharedPlaces(MAX_AT_ONCE, MAX_OF_ACCOUNT)
  /** By account and upload: the end of the last call that has asked. */
  readonly #lasts = new Map<string, Promise<unknown>>()

  /** Does work on an upload, once those that asked before have ended. */
  async inTurn<T>(ownerId: bigint, fileId: bigint, work: () => Promise<T>): Promise<T> {
    const upload = `${ownerId} ${fileId}`
    const before = this.#lasts.get(upload) ?? Promise.resolve()
    const own = before.then(() => this.#places.taking(ownerId, work))
    const last = own.catch(() => undefined)
    this.#lasts.set(upload, last)
    try {
      return await own
    } finally {
      if (this.#lasts.get(upload) === last) this.#lasts.delete(upload)
    }
  }
}
