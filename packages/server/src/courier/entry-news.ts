import type { InboxEntry } from './port.ts'

/** Entries that were told last, so that none is told twice. */
const MAX_REMEMBERED = 1_000

/** A source of entries. */
export interface EntrySource {
  /** Calls `hearer` with each entry that comes, or with undefined if some may have come unheard. */
  hear(hearer: (entry: InboxEntry | undefined) => void): () => void
  /** Newest first. */
  since(atS: number): Promise<InboxEntry[]>
  nowS(): number
}

/** Tells a listener of each entry that comes, once. @returns the function that ends it */
export function listenToEntries(
  listener: (entry: InboxEntry) => void,
  { hear, since, nowS }: EntrySource,
): () => void {
  const told = new Set<string>()
  let sinceS = nowS()

  function tell(entry: InboxEntry): void {
    if (told.has(entry.id)) return
    told.add(entry.id)
    const [oldest] = told.size > MAX_REMEMBERED ? told : []
    if (oldest !== undefined) told.delete(oldest)
    sinceS = Math.max(sinceS, entry.sentAtS)
    listener(entry)
  }

  return hear((entry) => {
    if (entry !== undefined) tell(entry)
    else since(sinceS).then((entries) => entries.reverse().forEach(tell), ignore)
  })
}

/** The next look comes within two seconds, and the store says itself that it is in trouble. */
function ignore(): void {}
