import { LazyState } from './lazy-state.ts'
import { memoryState } from './memory-state.ts'
import { decodeSession, encodeSession, type Session } from './session.ts'
import type { StateStorage } from './state.ts'
import type { SessionStorage } from './storage.ts'

/**
 * The session of a running client: changed in memory at once, and written after. Changes that come while a write
 * is on its way are written together.
 */
export class SessionKeeper {
  /** What the client remembers beside the session; to be used while the session is open. */
  readonly state: StateStorage
  readonly #storage: SessionStorage
  readonly #onTrouble: (error: unknown) => void
  #session: Session | undefined
  #isOpen = false
  #writing: Promise<void> | undefined
  #changed = false

  /** @param onTrouble told of every write that fails; the changes are kept, and written with the next ones */
  constructor(storage: SessionStorage, onTrouble: (error: unknown) => void = () => undefined) {
    this.#storage = storage
    this.state = new LazyState(storage.state ?? memoryState())
    this.#onTrouble = onTrouble
  }

  /** Takes the storage, and reads what is there. @throws SessionError, the reason of `signal` */
  async open(signal?: AbortSignal): Promise<Session | undefined> {
    const text = await this.#storage.open(signal)
    this.#isOpen = true
    this.#changed = false
    try {
      const isNew = text === undefined || text.trim() === ''
      this.#session = isNew ? undefined : decodeSession(text, this.#storage.name)
      return this.#session
    } catch (error) {
      await this.close()
      throw error
    }
  }

  /** The session as it is now. */
  get session(): Session | undefined {
    return this.#session
  }

  /** Replaces it; written soon. Nothing changes once the storage is given back: it may be another client's by now. */
  change(session: Session): void {
    if (!this.#isOpen) return
    this.#session = session
    this.#changed = true
    this.#written().catch(() => {
      // `onTrouble` was told.
    })
  }

  /** Resolves once all changes are safe; what could not be written before is tried again. @throws SessionError SESSION_STORAGE */
  async flush(): Promise<void> {
    while (this.#changed || this.#writing) await this.#written()
  }

  /** Writes what is left, and gives the storage back, if it is ours. @throws SessionError SESSION_STORAGE */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    try {
      await this.flush()
    } finally {
      await this.#giveBack()
    }
  }

  async #giveBack(): Promise<void> {
    try {
      await this.state.close()
    } finally {
      await this.#storage.close()
    }
  }

  #written(): Promise<void> {
    this.#writing ??= this.#write()
    return this.#writing
  }

  async #write(): Promise<void> {
    // A storage that throws at once would end this before `#writing` has its promise.
    await null
    try {
      while (this.#changed && this.#session) {
        this.#changed = false
        await this.#storage.write(encodeSession(this.#session))
      }
    } catch (error) {
      this.#changed = true
      this.#onTrouble(error)
      throw error
    } finally {
      // In the same turn as the last look at `#changed`: a change in between would be nobody's to write.
      this.#writing = undefined
    }
  }
}
