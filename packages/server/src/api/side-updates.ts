import type { Update } from '@cablegram/tl/api'
import type { SideEvent } from '../rules/messages/words.ts'
import { BOT_SIDE_UPDATES } from './side-bots.ts'
import { CONTENT_SIDE_UPDATES } from './side-content.ts'
import { DIALOG_SIDE_UPDATES } from './side-dialogs.ts'
import { GROUP_SIDE_UPDATES } from './side-groups.ts'
import { PEOPLE_SIDE_UPDATES } from './side-people.ts'
import type { SideUpdate, SideView } from './side-view.ts'

export type { BoxViewer, SideUpdate, SideView } from './side-view.ts'

/** The updates that tell of changes without a pts, by their kind. */
const SIDE_UPDATES: Readonly<Record<string, SideUpdate>> = {
  ...BOT_SIDE_UPDATES,
  ...CONTENT_SIDE_UPDATES,
  ...DIALOG_SIDE_UPDATES,
  ...GROUP_SIDE_UPDATES,
  ...PEOPLE_SIDE_UPDATES,
}

/** Updates for changes without a pts. Kinds that only a newer node knows are left out. */
export async function sideUpdates(events: readonly SideEvent[], view: SideView): Promise<Update[]> {
  const updates: Update[] = []
  for (const event of events) {
    const write = Object.hasOwn(SIDE_UPDATES, event.kind) ? SIDE_UPDATES[event.kind] : undefined
    if (write !== undefined) updates.push(...(await write(event, view)))
  }
  return updates
}
