import type { updates } from '@cablegram/tl/api'
import type { BoxState } from '../rules/messages/words.ts'
import type { HandlerContext } from './handler.ts'

/** Where what nothing ever happens in stands: secret chats, and what is numbered outside of boxes. */
export const START = { qts: 1, seq: 1 } as const

/** Where the caller's box stands. */
export async function boxState({ domain, caller, nowS }: HandlerContext): Promise<updates.State> {
  return tlState(await domain.messages.state(caller), nowS)
}

/** A state of a box as clients are told of it. */
export function tlState({ pts, unreadCount }: BoxState, nowS: number): updates.State {
  return { _: 'updates.state', ...START, pts, date: nowS, unreadCount }
}
