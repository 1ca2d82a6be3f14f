import type { LogSync } from './log-sync.ts'

/** A caller who waits to hear how a write went, once that would survive a power cut. */
export interface Told {
  readonly tell: () => void
  readonly reject: (error: unknown) => void
}

/** Callers who wait for the disk. One sync serves all who are there when it begins; the others wait for the next. */
export class ToldWhenDurable {
  readonly #log: Pick<LogSync, 'sync'>
  readonly #onFailed: (error: unknown) => Error
  #waiting: Told[] = []
  #isSyncing = false

  /** @param onFailed what callers are told instead, after a sync that failed */
  constructor(log: Pick<LogSync, 'sync'>, onFailed: (error: unknown) => Error) {
    this.#log = log
    this.#onFailed = onFailed
  }

  /** True while something is committed that a power cut could still take. */
  get isBehind(): boolean {
    return this.#isSyncing
  }

  add(told: readonly Told[]): void {
    this.#waiting.push(...told)
    if (!this.#isSyncing && this.#waiting.length > 0) void this.#syncAll()
  }

  /** Everything is on the disk: the database was closed. */
  tellAll(): void {
    const told = this.#waiting
    this.#waiting = []
    for (const { tell } of told) tell()
  }

  async #syncAll(): Promise<void> {
    this.#isSyncing = true
    while (this.#waiting.length > 0) {
      const told = this.#waiting
      this.#waiting = []
      try {
        await this.#log.sync()
        for (const { tell } of told) tell()
      } catch (error) {
        const reason = this.#onFailed(error)
        for (const { reject } of told) reject(reason)
      }
    }
    this.#isSyncing = false
  }
}
