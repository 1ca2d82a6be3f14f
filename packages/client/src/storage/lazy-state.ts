import type { StateStorage } from './state.ts'

/** A state that is opened when it is first used, and again after it was closed. */
export class LazyState implements StateStorage {
  readonly #state: StateStorage
  #opening: Promise<void> | undefined

  constructor(state: StateStorage) {
    this.#state = state
  }

  get name(): string {
    return this.#state.name
  }

  open(): Promise<void> {
    const opening = this.#opening ?? this.#open()
    this.#opening = opening
    opening.catch(() => {
      // The caller is told; the next one tries again.
      if (this.#opening === opening) this.#opening = undefined
    })
    return opening
  }

  async get(key: string): Promise<string | undefined> {
    await this.open()
    return await this.#state.get(key)
  }

  async write(changes: ReadonlyMap<string, string | undefined>): Promise<void> {
    await this.open()
    await this.#state.write(changes)
  }

  async close(): Promise<void> {
    const opening = this.#opening
    this.#opening = undefined
    const isOpen = await opening?.then(
      () => true,
      // The caller of open was told.
      () => false,
    )
    if (isOpen) await this.#state.close()
  }

  /** Async, so that a state which throws at once rejects. */
  async #open(): Promise<void> {
    await this.#state.open()
  }
}
