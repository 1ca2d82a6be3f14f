import type { Update } from '@cablegram/tl/api'
import type { SideKind, SideNews } from '../rules/messages/words.ts'
import { BOT_SIDE_UPDATES } from './side-bots.ts'
import { CONTENT_SIDE_UPDATES } from './side-content.ts'
import { DIALOG_SIDE_UPDATES } from './side-dialogs.ts'
import { GROUP_SIDE_UPDATES } from './side-groups.ts'
import { PEOPLE_SIDE_UPDATES } from './side-people.ts'
import type { SideUpdate, SideView } from './side-view.ts'

export type { BoxViewer, SideUpdate, SideView } from './side-view.ts'

/** The updates that tell of changes without a pts, by their kind: the compiler names a kind that lacks one. */
const SIDE_UPDATES: Readonly<Record<SideKind, SideUpdate>> = {
  ...BOT_SIDE_UPDATES,
  ...CONTENT_SIDE_UPDATES,
  ...DIALOG_SIDE_UPDATES,
  ...GROUP_SIDE_UPDATES,
  ...PEOPLE_SIDE_UPDATES,
}

/** Updates for changes without a pts. Kinds that only a newer node knows are left out. */
export async function sideUpdates(
  events: readonly (SideNews & { readonly kind: string })[],
  view: SideView,
): Promise<Update[]> {
  const updates: Update[] = []
  for (const event of events) {
    const { kind } = event
    if (isKnown(kind)) updates.push(...(await SIDE_UPDATES[kind](event, view)))
  }
  return updates
}

function isKnown(kind: string): kind is SideKind {
  return Object.hasOwn(SIDE_UPDATES, kind)
}
