import type { Update } from '@cablegram/tl/api'
import type { Ground } from '../ground/ground.ts'
import { requireUserId } from '../rules/accounts/keys.ts'
import type { SideNews } from '../rules/messages/words.ts'
import type { HandlerContext } from './handler.ts'
import type { PeerBook } from './peer-book.ts'

/** The owner of a box, who is told of changes in it. */
export interface BoxViewer {
  readonly on: Pick<Ground, 'store' | 'clock' | 'settings' | 'referenceRound'>
  readonly viewerId: bigint
  /** Unix seconds on the wall clock. */
  readonly nowS: number
}

/** The caller of a handler as the owner of their box. @throws {RpcError} AUTH_KEY_UNREGISTERED */
export function viewerIn({ on, caller, nowS }: HandlerContext): BoxViewer {
  return { on, viewerId: requireUserId(caller.state), nowS }
}

/** The parts that a change without a pts is told with. Peers that its update names go into the book. */
export interface SideView extends BoxViewer {
  readonly book: PeerBook
}

/** Tells of a change without a pts, as the tables are now; nothing if there is nothing to tell any more. */
export type SideUpdate = (event: SideNews, view: SideView) => Promise<readonly Update[]> | readonly Update[]
