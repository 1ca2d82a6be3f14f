import type { Update } from '@cablegram/tl/api'
import type { Ground } from '../ground/ground.ts'
import type { SideEvent } from '../rules/messages/words.ts'
import type { PeerBook } from './peer-book.ts'

/** The owner of a box, who is told of changes in it. */
export interface BoxViewer {
  readonly on: Pick<Ground, 'store' | 'clock' | 'settings'>
  readonly viewerId: bigint
  /** Unix seconds on the wall clock. */
  readonly nowS: number
}

/** What a change without a pts is told with. Peers that its update names go into the book. */
export interface SideView extends BoxViewer {
  readonly book: PeerBook
}

/** Tells of a change without a pts, as the tables are now; nothing if there is nothing to tell any more. */
export type SideUpdate = (event: SideEvent, view: SideView) => Promise<readonly Update[]> | readonly Update[]

/** The updates that tell of changes without a pts, by their kind. */
const SIDE_UPDATES: Readonly<Record<string, SideUpdate>> = {}

/** Updates for changes without a pts. Kinds that only a newer node knows are left out. */
export async function sideUpdates(events: readonly SideEvent[], view: SideView): Promise<Update[]> {
  const updates: Update[] = []
  for (const event of events) {
    const write = Object.hasOwn(SIDE_UPDATES, event.kind) ? SIDE_UPDATES[event.kind] : undefined
    if (write !== undefined) updates.push(...(await write(event, view)))
  }
  return updates
}
