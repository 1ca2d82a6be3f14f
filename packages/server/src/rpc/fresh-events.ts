import type { BoxEvent } from '../rules/messages/words.ts'

/** More of a box are read from the store. */
const MAX_OF_BOX = 100

/** Events that came with nudges of this process, until they are told: the store need not be read for them. */
export class FreshEvents {
  readonly #ofBox = new Map<bigint, Map<number, BoxEvent>>()

  /** Keeps the events that news came with. */
  add({ boxId, fresh }: { readonly boxId: bigint; readonly fresh?: readonly BoxEvent[] | undefined }): void {
    if (fresh === undefined) return
    const events = this.#ofBox.get(boxId) ?? new Map<number, BoxEvent>()
    for (const event of fresh) if (events.size < MAX_OF_BOX) events.set(event.pts, event)
    this.#ofBox.set(boxId, events)
  }

  /** The events right after a pts, one for each pts; none if the next one is not here. */
  after(boxId: bigint, pts: number): BoxEvent[] {
    const events = this.#ofBox.get(boxId)
    const following: BoxEvent[] = []
    for (let next = events?.get(pts + 1); next !== undefined; next = events?.get(next.pts + 1)) {
      following.push(next)
    }
    return following
  }

  /** Drops events up to a pts. */
  forget(boxId: bigint, pts: number): void {
    const events = this.#ofBox.get(boxId)
    if (events === undefined) return
    for (const each of events.keys()) if (each <= pts) events.delete(each)
    if (events.size === 0) this.#ofBox.delete(boxId)
  }

  clear(): void {
    this.#ofBox.clear()
  }
}
