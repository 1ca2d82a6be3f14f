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
    this.#opening ??= this.#open()
    return this.#opening
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

  async #open(): Promise<void> {
    try {
      await this.#state.open()
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }
}
