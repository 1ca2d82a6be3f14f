import type { Updates } from '@cablegram/tl/api'
import type { TlObject } from './marshal/read.ts'

/** So many updates wait for a script that does not sleep. */
const MAX_WAITING = 10_000

/** Updates that wait until the script sleeps. */
export class UpdateQueue {
  #waiting: TlObject[] = []
  #onArrival: () => void = () => {}

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Too many updates become one: the script can ask for the difference, as after any other gap. */
  add(updates: Updates): void {
    for (const update of singleUpdates(updates)) this.#waiting.push(update)
    if (this.#waiting.length > MAX_WAITING) this.#waiting = [{ _: 'updatesTooLong' }]
    this.#onArrival()
  }

  take(): TlObject | undefined {
    return this.#waiting.shift()
  }

  clear(): void {
    this.#waiting = []
  }

  /** Resolves when there is one. Only the newest caller is told. */
  arrival(): Promise<void> {
    if (!this.isEmpty) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onArrival = resolve
    })
  }
}

/** The updates in a container; any other update alone. */
function singleUpdates(updates: Updates): readonly TlObject[] {
  switch (updates._) {
    case 'updates':
    case 'updatesCombined':
      return updates.updates.map(asObject)
    case 'updateShort':
      return [asObject(updates.update)]
    default:
      return [asObject(updates)]
  }
}

/** TL values are plain objects; their types have no index signature. */
function asObject(value: object): TlObject {
  return value as TlObject
}
