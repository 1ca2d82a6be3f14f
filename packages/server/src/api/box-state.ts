import type { updates } from '@cablegram/tl/api'
import { stateOf } from '../rules/messages/difference.ts'
import type { BoxState } from '../rules/messages/words.ts'
import type { HandlerContext } from './handler.ts'

/** Counters where nothing has happened. The seq of a session stays so; the qts moves for bots only. */
export const START = { qts: 1, seq: 1 } as const

/** State of the caller's box. */
export async function boxState({ on, caller, nowS }: HandlerContext): Promise<updates.State> {
  return tlState(await stateOf(on, caller), nowS)
}

/** State of a box in TL. */
export function tlState(
  { pts, unreadCount, qts = START.qts }: BoxState & { readonly qts?: number },
  nowS: number,
): updates.State {
  return { _: 'updates.state', ...START, qts, pts, date: nowS, unreadCount }
}
