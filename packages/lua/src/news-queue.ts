import type { Updates } from '@cablegram/tl/api'
import type { News } from './library/host.ts'
import type { TlObject } from './marshal/read.ts'

/** So many updates wait for a script that does not sleep. Events have a limit at the client, and timers at the script. */
const MAX_UPDATES = 10_000

/** News that wait until the script does. */
export class NewsQueue {
  #waiting: News[] = []
  #updates = 0
  #onArrival: () => void = () => {}

  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  /** Too many updates become one: the script can ask for the difference, as after any other gap. */
  addUpdates(updates: Updates): void {
    const single = singleUpdates(updates)
    for (const update of single) this.#waiting.push({ update })
    this.#updates += single.length
    if (this.#updates > MAX_UPDATES) {
      this.clearUpdates()
      this.#waiting.push({ update: { _: 'updatesTooLong' } })
      this.#updates = 1
    }
    this.#onArrival()
  }

  add(news: News): void {
    this.#waiting.push(news)
    this.#onArrival()
  }

  take(): News | undefined {
    const news = this.#waiting.shift()
    if (news !== undefined && isUpdate(news)) this.#updates -= 1
    return news
  }

  clearUpdates(): void {
    this.#waiting = this.#waiting.filter((news) => !isUpdate(news))
    this.#updates = 0
  }

  /** Resolves when there is something. Only the newest caller is told. */
  arrival(): Promise<void> {
    if (!this.isEmpty) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onArrival = resolve
    })
  }
}

function isUpdate(news: News): boolean {
  return 'update' in news
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
